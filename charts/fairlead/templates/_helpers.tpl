{{/* fairlead.namespace: where KubermaticConfiguration and Seeds are, and so Fairlead itself. */}}
{{- define "fairlead.namespace" -}}
{{- if ne .Release.Namespace "kubermatic" -}}
{{- fail "Fairlead belongs into the namespace kubermatic, beside its KubermaticConfiguration: install it with --namespace kubermatic" -}}
{{- end -}}
kubermatic
{{- end -}}

{{/* fairlead.selector: labels that never change. */}}
{{- define "fairlead.selector" -}}
app.kubernetes.io/name: fairlead
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "fairlead.labels" -}}
{{ include "fairlead.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- define "fairlead.tokenSecret" -}}
{{- .Values.adminToken.existingSecret | default "fairlead-admin-token" -}}
{{- end -}}
