{{/* nodeLocalDNS.zone: the part of a zone's block that all zones share. Takes the root context. */}}
{{- define "nodeLocalDNS.zone" -}}
errors
reload
loop
bind {{ .Values.network.dnsResolverIP }}
prometheus :9253
{{- end -}}
