{{/*
cilium.release: the facts of the asked Cilium version as YAML:
  tag: of the images
  features: names of the behaviours it has
  crds: plural names of its custom resources
*/}}
{{- define "cilium.release" -}}
{{- $data := .Files.Get "files/versions.yaml" | fromYaml -}}
{{- $version := .Values.cni.version -}}
{{- if ne .Values.cni.type "cilium" -}}
{{- fail (printf "cni.type: %q is not cilium, the CNI that this chart installs" .Values.cni.type) -}}
{{- end -}}
{{- if not (hasKey $data.versions $version) -}}
{{- fail (printf "cni.version: Cilium %q is not an add-on, expected one of %s" $version (keys $data.versions | sortAlpha | join ", ")) -}}
{{- end -}}
{{- $features := list -}}
{{- range $name, $since := $data.features -}}
{{- if semverCompare (printf ">=%s" $since) $version -}}{{- $features = append $features $name -}}{{- end -}}
{{- end -}}
{{- $crds := list -}}
{{- range $data.crds -}}
{{- if semverCompare (printf ">=%s" (.since | default "v0.0.0")) $version -}}{{- $crds = append $crds .plural -}}{{- end -}}
{{- end -}}
{{- merge (dict "features" $features "crds" $crds) (get $data.versions $version) | toYaml -}}
{{- end -}}

{{/* cilium.replacesKubeProxy: "true" if no kube-proxy runs in the cluster. */}}
{{- define "cilium.replacesKubeProxy" -}}
{{- if eq .Values.network.proxyMode "ebpf" }}true{{ end -}}
{{- end -}}

{{/* cilium.env: who and where a pod of Cilium is, and the API server's address if there is no kube-proxy to lead there. */}}
{{- define "cilium.env" -}}
- name: K8S_NODE_NAME
  valueFrom:
    fieldRef:
      fieldPath: spec.nodeName
- name: CILIUM_K8S_NAMESPACE
  valueFrom:
    fieldRef:
      fieldPath: metadata.namespace
{{- include "cilium.apiServerEnv" . }}
{{- end -}}

{{- define "cilium.apiServerEnv" -}}
{{- if include "cilium.replacesKubeProxy" . }}
- name: KUBERNETES_SERVICE_HOST
  value: {{ required "cluster.apiServer.host: without kube-proxy Cilium needs the external host name of the API server" .Values.cluster.apiServer.host | quote }}
- name: KUBERNETES_SERVICE_PORT
  value: {{ .Values.cluster.apiServer.port | toString | quote }}
{{- end }}
{{- end -}}

{{/* cilium.security: security context of a container that needs these capabilities of its node. Takes (list $ "A" "B" …). */}}
{{- define "cilium.security" -}}
{{- $root := first . -}}
{{- $release := include "cilium.release" $root | fromYaml -}}
{{- if has "unprivileged" $release.features -}}
seLinuxOptions:
  type: spc_t
  level: s0
{{- if include "cilium.appArmorField" $root }}
appArmorProfile:
  type: Unconfined
{{- end }}
capabilities:
  drop: [ALL]
  add: {{ rest . | sortAlpha | toJson }}
{{- else -}}
privileged: true
{{- end -}}
{{- end -}}

{{/* cilium.appArmorField: "true" if AppArmor is told by a field; before, by annotations. */}}
{{- define "cilium.appArmorField" -}}
{{- if semverCompare ">=1.30.0-0" .Values.cluster.version }}true{{ end -}}
{{- end -}}
