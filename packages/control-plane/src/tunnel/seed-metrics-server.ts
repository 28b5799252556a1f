import type { Deployment, KubeObject, Service } from "@fairlead/kube";
import { formatArguments } from "../flags/arguments.ts";
import { kubeconfig } from "../pki/kubeconfig.ts";
import { requirePair, requirePem } from "../pki/pki.ts";
import { disruptionBudget } from "./dns-resolver.ts";
import { vpnClientChecksum, vpnClientParts } from "./openvpn-server.ts";
import { allowEgress, restricted, seedImage, seedMetadata, seedSecret } from "./seed-object.ts";
import type { SeedTunnelOptions, SeedTunnelServiceOptions } from "./seed-types.ts";

const name = "metrics-server";
const labels = { app: name };
const port = 10250;
const image = "registry.k8s.io/metrics-server/metrics-server:v0.7.2";
const kubeconfigFile = "/etc/kubernetes/kubeconfig/kubeconfig";
const pkiDirectory = "/etc/kubernetes/pki";

export function seedMetricsServerService({ namespace }: SeedTunnelServiceOptions): Service {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: seedMetadata(name, { namespace, tunnel: "openvpn" }),
    spec: { selector: labels, ports: [{ name: "https", port: 443, targetPort: port, protocol: "TCP" }] },
  };
}

/** metrics-server beside the control plane, since only from there OpenVPN reaches all kubelets. */
export function seedMetricsServer(options: SeedTunnelOptions): KubeObject[] {
  const { namespace, pki } = options;
  const owner = { namespace, tunnel: "openvpn" } as const;
  const vpn = vpnClientParts(options);
  const deployment: Deployment = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: seedMetadata(name, owner),
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels, annotations: { "checksum/openvpn": vpnClientChecksum(options) } },
        spec: {
          automountServiceAccountToken: false,
          initContainers: vpn.initContainers,
          containers: [
            {
              name,
              image: seedImage(image, options),
              args: metricsServerArguments(),
              ports: [{ name: "https", containerPort: port }],
              livenessProbe: { httpGet: { path: "/livez", port, scheme: "HTTPS" }, periodSeconds: 10 },
              readinessProbe: { httpGet: { path: "/readyz", port, scheme: "HTTPS" }, periodSeconds: 10 },
              resources: { requests: { cpu: "100m", memory: "200Mi" }, limits: { memory: "512Mi" } },
              securityContext: { ...restricted, runAsNonRoot: true, runAsUser: 1000 },
              volumeMounts: [
                { name: "kubeconfig", mountPath: "/etc/kubernetes/kubeconfig", readOnly: true },
                { name: "serving-cert", mountPath: pkiDirectory, readOnly: true },
              ],
            },
            ...vpn.containers,
          ],
          volumes: [
            { name: "kubeconfig", secret: { secretName: "metrics-server-kubeconfig" } },
            { name: "serving-cert", secret: { secretName: "metrics-server-serving-cert" } },
            ...vpn.volumes,
          ],
        },
      },
    },
  };
  return [
    seedSecret("metrics-server-kubeconfig", owner, {
      kubeconfig: kubeconfig({
        clusterName: namespace,
        userName: name,
        server: options.apiServerUrl,
        authority: requirePem(pki, "ca.crt"),
        client: requirePair(pki, "metrics-server"),
      }),
    }),
    seedSecret("metrics-server-serving-cert", owner, {
      "tls.crt": requirePem(pki, "metrics-server-serving.crt"),
      "tls.key": requirePem(pki, "metrics-server-serving.key"),
    }),
    allowEgress("metrics-server-allow", owner, { from: "apiserver", to: name, ports: [{ port, protocol: "TCP" }] }),
    deployment,
    disruptionBudget(name, options),
  ];
}

function metricsServerArguments(): string[] {
  return formatArguments({
    kubeconfig: kubeconfigFile,
    "authentication-kubeconfig": kubeconfigFile,
    "authorization-kubeconfig": kubeconfigFile,
    "secure-port": port,
    "tls-cert-file": `${pkiDirectory}/tls.crt`,
    "tls-private-key-file": `${pkiDirectory}/tls.key`,
    "kubelet-preferred-address-types": ["InternalIP"],
    // Kubelets sign their certificates themselves unless somebody approves their requests.
    "kubelet-insecure-tls": true,
    "metric-resolution": "15s",
  });
}
