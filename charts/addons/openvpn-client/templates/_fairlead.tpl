{{/*
What all add-on charts share. The file is the same in each of them (packages/testkit/src/charts checks it): a library
chart would have to be vendored into each chart before it could be rendered.
*/}}

{{/* fairlead.image: an image reference, its registry host replaced by overwriteRegistry. Takes (list $ "registry/path:tag"). */}}
{{- define "fairlead.image" -}}
{{- $root := index . 0 -}}
{{- $image := index . 1 -}}
{{- if $root.Values.overwriteRegistry -}}
{{- printf "%s/%s" $root.Values.overwriteRegistry (splitn "/" 2 $image)._1 -}}
{{- else -}}
{{- $image -}}
{{- end -}}
{{- end -}}

{{/* fairlead.labels: labels of every object, never part of a selector. */}}
{{- define "fairlead.labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/part-of: fairlead
app.kubernetes.io/managed-by: fairlead
{{- end -}}

{{/* fairlead.checksum: hash of a rendered template, so that pods restart when their configuration changes. Takes (list $ "file.yaml"). */}}
{{- define "fairlead.checksum" -}}
{{- $root := index . 0 -}}
{{- include (printf "%s/%s" $root.Template.BasePath (index . 1)) $root | sha256sum -}}
{{- end -}}

{{/* fairlead.tolerateEverything: for what each node needs before anything else can run on it. */}}
{{- define "fairlead.tolerateEverything" -}}
- operator: Exists
{{- end -}}

{{/* fairlead.tolerateControlPlane: for cluster services that may also run on control-plane nodes. */}}
{{- define "fairlead.tolerateControlPlane" -}}
- key: CriticalAddonsOnly
  operator: Exists
- key: node-role.kubernetes.io/control-plane
  effect: NoSchedule
- key: node-role.kubernetes.io/master
  effect: NoSchedule
{{- end -}}
