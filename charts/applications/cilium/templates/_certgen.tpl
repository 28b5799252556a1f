{{/* cilium.certgen: specification of the job that makes Hubble's certificates. */}}
{{- define "cilium.certgen" -}}
{{- $seconds := mul .Values.hubble.tls.auto.certValidityDuration 86400 -}}
template:
  metadata:
    labels:
      k8s-app: hubble-generate-certs
      {{- include "cilium.labels" . | nindent 6 }}
  spec:
    restartPolicy: OnFailure
    nodeSelector:
      kubernetes.io/os: linux
    priorityClassName: system-cluster-critical
    serviceAccountName: hubble-generate-certs
    securityContext:
      {{- toYaml .Values.certgen.podSecurityContext | nindent 6 }}
    tolerations:
      - key: CriticalAddonsOnly
        operator: Exists
      - key: node-role.kubernetes.io/control-plane
        effect: NoSchedule
    containers:
      - name: certgen
        image: {{ include "cilium.image" (list . .Values.certgen.image) }}
        imagePullPolicy: {{ .Values.certgen.image.pullPolicy }}
        command: [/usr/bin/cilium-certgen]
        args:
          - --cilium-namespace={{ .Release.Namespace }}
          - --ca-generate
          - --ca-reuse-secret
          - --ca-secret-namespace={{ .Release.Namespace }}
          - --ca-secret-name=cilium-ca
          - --ca-common-name=Cilium CA
          - --hubble-server-cert-generate
          - --hubble-server-cert-common-name=*.{{ .Values.cluster.name | replace "." "-" }}.hubble-grpc.cilium.io
          - --hubble-server-cert-validity-duration={{ $seconds }}s
          - --hubble-server-cert-secret-name=hubble-server-certs
          - --hubble-relay-client-cert-generate
          - --hubble-relay-client-cert-common-name=*.hubble-relay.cilium.io
          - --hubble-relay-client-cert-validity-duration={{ $seconds }}s
          - --hubble-relay-client-cert-secret-name=hubble-relay-client-certs
        resources:
          {{- toYaml .Values.certgen.resources | nindent 10 }}
        securityContext:
          {{- include "cilium.locked" . | nindent 10 }}
{{- end -}}
