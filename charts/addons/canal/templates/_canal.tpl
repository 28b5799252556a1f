{{/*
canal.release: the facts of the asked Canal version as YAML:
  calico, calicoTag, flannel: images
  features: names of the behaviours it has
  crds: its custom resources
*/}}
{{- define "canal.release" -}}
{{- $data := .Files.Get "files/versions.yaml" | fromYaml -}}
{{- $version := .Values.cni.version -}}
{{- if ne .Values.cni.type "canal" -}}
{{- fail (printf "cni.type: %q is not canal, the CNI that this chart installs" .Values.cni.type) -}}
{{- end -}}
{{- if not (hasKey $data.versions $version) -}}
{{- fail (printf "cni.version: Canal %q is not known, expected one of %s" $version (keys $data.versions | sortAlpha | join ", ")) -}}
{{- end -}}
{{- $release := get $data.versions $version -}}
{{- $features := list -}}
{{- range $name, $since := $data.features -}}
{{- if semverCompare (printf ">=%s" $since) $version -}}{{- $features = append $features $name -}}{{- end -}}
{{- end -}}
{{- range $name, $until := $data.retired -}}
{{- if semverCompare (printf "<=%s" $until) $version -}}{{- $features = append $features $name -}}{{- end -}}
{{- end -}}
{{- $crds := list -}}
{{- range $data.crds -}}
{{- if semverCompare (printf ">=%s" (.since | default "v0.0.0")) $version -}}{{- $crds = append $crds . -}}{{- end -}}
{{- end -}}
{{- merge (dict "features" $features "crds" $crds) $release | toYaml -}}
{{- end -}}

{{/* canal.plurals: the Calico custom resources of this version, out of a list of names, as JSON. Takes (list $release "a" "b" …). */}}
{{- define "canal.plurals" -}}
{{- $wanted := rest . -}}
{{- $plurals := list -}}
{{- range (first .).crds -}}
{{- if has .plural $wanted -}}{{- $plurals = append $plurals .plural -}}{{- end -}}
{{- end -}}
{{- toJson $plurals -}}
{{- end -}}

{{/* canal.apiServerEnv: lets an administrator point Calico at another address of the API server. */}}
{{- define "canal.apiServerEnv" -}}
- configMapRef:
    name: kubernetes-services-endpoint
    optional: true
{{- end -}}

{{/* canal.cniServiceAccountEnv: the account whose tokens the CNI plugin uses. */}}
{{- define "canal.cniServiceAccountEnv" -}}
{{- if has "token-request" .features -}}
- name: CALICO_CNI_SERVICE_ACCOUNT
  valueFrom:
    fieldRef:
      fieldPath: spec.serviceAccountName
{{- end -}}
{{- end -}}
