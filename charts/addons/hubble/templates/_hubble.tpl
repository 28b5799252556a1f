{{/*
hubble.release: the facts of Hubble for the cluster's Cilium version as YAML: tags of images (relay, certgen, ui), features.
*/}}
{{- define "hubble.release" -}}
{{- $data := .Files.Get "files/versions.yaml" | fromYaml -}}
{{- $version := .Values.cni.version -}}
{{- if or (ne .Values.cni.type "cilium") (not (hasKey $data.versions $version)) -}}
{{- fail (printf "cni: Hubble is an add-on for Cilium %s, and this is %s %s" (keys $data.versions | sortAlpha | join " and ") .Values.cni.type $version) -}}
{{- end -}}
{{- $features := list -}}
{{- range $name, $since := $data.features -}}
{{- if semverCompare (printf ">=%s" $since) $version -}}{{- $features = append $features $name -}}{{- end -}}
{{- end -}}
{{- merge (dict "features" $features) (get $data.versions $version) | toYaml -}}
{{- end -}}

{{/* hubble.locked: container security context of everything that needs no privilege. */}}
{{- define "hubble.locked" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
capabilities:
  drop: [ALL]
{{- end -}}

{{- define "hubble.relayConfig" -}}
cluster-name: default
peer-service: hubble-peer.{{ .Release.Namespace }}.svc.{{ .Values.network.dnsDomain }}:443
listen-address: :4245
disable-server-tls: true
tls-client-cert-file: /var/lib/hubble-relay/tls/client.crt
tls-client-key-file: /var/lib/hubble-relay/tls/client.key
tls-hubble-server-ca-files: /var/lib/hubble-relay/tls/hubble-server-ca.crt
{{- end -}}

{{- define "hubble.nginx" -}}
server {
  listen 8081;
  {{- if .Values.network.dualStack }}
  listen [::]:8081;
  {{- end }}
  root /app;
  index index.html;
  client_max_body_size 1G;

  location = /healthz {
    access_log off;
    return 200 'ok';
  }
  # gRPC-web calls of the page.
  location /api {
    proxy_http_version 1.1;
    proxy_pass_request_headers on;
    proxy_pass http://127.0.0.1:8090;
  }
  location / {
    try_files $uri $uri/ /index.html;
  }
}
{{- end -}}

{{/* hubble.certgen: specification of the job that makes the certificates. */}}
{{- define "hubble.certgen" -}}
{{- $release := include "hubble.release" . | fromYaml -}}
template:
  metadata:
    labels:
      k8s-app: hubble-generate-certs
      {{- include "fairlead.labels" . | nindent 6 }}
  spec:
    restartPolicy: OnFailure
    # Cilium's agents want their certificates before there is a pod network.
    hostNetwork: true
    nodeSelector:
      kubernetes.io/os: linux
    priorityClassName: system-cluster-critical
    serviceAccountName: hubble-generate-certs
    securityContext:
      seccompProfile:
        type: RuntimeDefault
    tolerations:
      {{- include "fairlead.tolerateEverything" . | nindent 6 }}
    containers:
      - name: certgen
        image: {{ include "fairlead.image" (list . (printf "quay.io/cilium/certgen:%s" $release.certgen)) }}
        imagePullPolicy: IfNotPresent
        command: [/usr/bin/cilium-certgen]
        args:
          - --cilium-namespace={{ .Release.Namespace }}
          {{- if has "shared-ca" $release.features }}
          - --ca-generate
          - --ca-reuse-secret
          {{- else }}
          - --hubble-ca-generate
          - --hubble-ca-reuse-secret
          {{- end }}
          - --hubble-server-cert-generate
          - --hubble-server-cert-common-name=*.default.hubble-grpc.cilium.io
          # Three years; the CronJob renews every four months.
          - --hubble-server-cert-validity-duration=94608000s
          - --hubble-relay-client-cert-generate
          - --hubble-relay-client-cert-validity-duration=94608000s
        resources:
          requests: { cpu: 10m, memory: 32Mi }
        securityContext:
          {{- include "hubble.locked" . | nindent 10 }}
{{- end -}}
