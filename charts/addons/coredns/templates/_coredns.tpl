{{/* coredns.image: CoreDNS for the cluster's Kubernetes version. */}}
{{- define "coredns.image" -}}
{{- range .Files.Get "files/versions.yaml" | fromYamlArray -}}
{{- if semverCompare (printf ">=%s.0-0" .kubernetes) $.Values.cluster.version -}}
{{- include "fairlead.image" (list $ (printf "registry.k8s.io/coredns/coredns:%s" .coredns)) -}}
{{- break -}}
{{- end -}}
{{- end -}}
{{- end -}}
