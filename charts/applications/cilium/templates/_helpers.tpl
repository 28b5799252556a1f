{{/* cilium.listValues: "true" for Cilium 1.14 and newer, whose values name ranges as lists and the routing mode apart from the tunnel protocol. */}}
{{- define "cilium.listValues" -}}
{{- if semverCompare ">=1.14.0-0" .Chart.Version }}true{{ end -}}
{{- end -}}

{{/* cilium.replacesKubeProxy: "true" if no kube-proxy is expected in the cluster. */}}
{{- define "cilium.replacesKubeProxy" -}}
{{- if has (toString .Values.kubeProxyReplacement) (list "strict" "true") }}true{{ end -}}
{{- end -}}

{{/* cilium.clusterPool: the pods ranges of one family, separated by spaces. Takes (list $ "IPv4"). */}}
{{- define "cilium.clusterPool" -}}
{{- $pools := (index . 0).Values.ipam.operator -}}
{{- $list := get $pools (printf "clusterPool%sPodCIDRList" (index . 1)) -}}
{{- $single := get $pools (printf "clusterPool%sPodCIDR" (index . 1)) -}}
{{- join " " ($list | default (list $single)) -}}
{{- end -}}

{{/* cilium.image: image reference. Takes (list $ $imageValues) or (list $ $imageValues "-suffix"). */}}
{{- define "cilium.image" -}}
{{- $root := index . 0 -}}
{{- $image := index . 1 -}}
{{- $suffix := "" -}}
{{- if gt (len .) 2 -}}{{- $suffix = index . 2 -}}{{- end -}}
{{- $digest := $image.genericDigest | default $image.digest -}}
{{- printf "%s%s:%s" $image.repository $suffix ($image.tag | default (printf "v%s" $root.Chart.AppVersion)) -}}
{{- if and $image.useDigest $digest -}}@{{ $digest }}{{- end -}}
{{- end -}}

{{/* cilium.labels: labels of every object, never part of a selector. */}}
{{- define "cilium.labels" -}}
app.kubernetes.io/part-of: cilium
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
fairlead.dev/stand-in: "true"
{{- end -}}

{{/* cilium.checksum: hash of a rendered template, so that pods restart when their configuration changes. Takes (list $ "file.yaml"). */}}
{{- define "cilium.checksum" -}}
{{- $root := index . 0 -}}
{{- include (printf "%s/%s" $root.Template.BasePath (index . 1)) $root | sha256sum -}}
{{- end -}}

{{/* cilium.apiServerEnv: the address of the API server for clients that cannot wait for Services to work. */}}
{{- define "cilium.apiServerEnv" -}}
{{- if .Values.k8sServiceHost }}
- name: KUBERNETES_SERVICE_HOST
  value: {{ .Values.k8sServiceHost | quote }}
- name: KUBERNETES_SERVICE_PORT
  value: {{ .Values.k8sServicePort | default 443 | toString | quote }}
{{- end }}
{{- end -}}

{{/* cilium.nodeEnv: who and where a pod of Cilium is. */}}
{{- define "cilium.nodeEnv" -}}
- name: K8S_NODE_NAME
  valueFrom:
    fieldRef:
      fieldPath: spec.nodeName
- name: CILIUM_K8S_NAMESPACE
  valueFrom:
    fieldRef:
      fieldPath: metadata.namespace
{{- end -}}

{{/* cilium.locked: container security context of everything that needs no privilege. */}}
{{- define "cilium.locked" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
capabilities:
  drop: [ALL]
{{- end -}}
