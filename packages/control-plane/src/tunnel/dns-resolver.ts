import type { Deployment, KubeObject, Service } from "@fairlead/kube";
import { vpnClientChecksum, vpnClientParts } from "./openvpn-server.ts";
import { allowEgress, restricted, seedConfigMap, seedImage, seedMetadata } from "./seed-object.ts";
import type { SeedTunnelOptions, SeedTunnelServiceOptions } from "./seed-types.ts";

const name = "dns-resolver";
const labels = { app: name };
const dnsPorts = [
  { port: 53, protocol: "UDP" },
  { port: 53, protocol: "TCP" },
] as const;
const image = "registry.k8s.io/coredns/coredns:v1.14.2";

export function dnsResolverService({ namespace }: SeedTunnelServiceOptions): Service {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: seedMetadata(name, { namespace, tunnel: "openvpn" }),
    spec: {
      selector: labels,
      ports: dnsPorts.map(({ port, protocol }) => ({ name: `dns-${protocol.toLowerCase()}`, port, protocol })),
    },
  };
}

/** DNS for the pods of a control plane: names of the user cluster come from its own DNS, through OpenVPN. */
export function dnsResolver(options: SeedTunnelOptions): KubeObject[] {
  const { namespace } = options;
  const owner = { namespace, tunnel: "openvpn" } as const;
  const corefile = resolverCorefile(options);
  const vpn = vpnClientParts(options);
  const deployment: Deployment = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: seedMetadata(name, owner),
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: {
        metadata: {
          labels,
          annotations: { "checksum/openvpn": vpnClientChecksum(options) },
        },
        spec: {
          automountServiceAccountToken: false,
          // Of the seed: it resolves what is not the user cluster's.
          dnsPolicy: "ClusterFirst",
          initContainers: vpn.initContainers,
          containers: [
            {
              name: "coredns",
              image: seedImage(image, options),
              args: ["-conf", "/etc/coredns/Corefile"],
              ports: [
                { name: "dns-udp", containerPort: 53, protocol: "UDP" },
                { name: "dns-tcp", containerPort: 53, protocol: "TCP" },
              ],
              livenessProbe: { httpGet: { path: "/health", port: 8080 }, initialDelaySeconds: 5 },
              readinessProbe: { httpGet: { path: "/ready", port: 8181 } },
              resources: { requests: { cpu: "5m", memory: "20Mi" }, limits: { memory: "128Mi" } },
              securityContext: {
                ...restricted,
                capabilities: { drop: ["ALL"], add: ["NET_BIND_SERVICE"] },
              },
              volumeMounts: [{ name: "corefile", mountPath: "/etc/coredns", readOnly: true }],
            },
            ...vpn.containers,
          ],
          volumes: [{ name: "corefile", configMap: { name } }, ...vpn.volumes],
        },
      },
    },
  };
  return [
    seedConfigMap(name, owner, { Corefile: corefile }),
    allowEgress("dns-resolver-allow", owner, { from: "apiserver", to: name, ports: dnsPorts }),
    deployment,
    disruptionBudget(name, options),
  ];
}

/** At least one of a component's two pods stays. */
export function disruptionBudget(app: string, { namespace }: Pick<SeedTunnelOptions, "namespace">): KubeObject {
  return {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: seedMetadata(app, { namespace, tunnel: "openvpn" }),
    spec: { maxUnavailable: 1, selector: { matchLabels: { app } } },
  } as KubeObject;
}

/** The longest zone that fits wins: the seed's own services, then the user cluster, then everything else. */
function resolverCorefile({ namespace, network }: SeedTunnelOptions): string {
  const zone = (names: string, forwardTo: string, extra = "") => `${names}:53 {
    errors
    forward . ${forwardTo}
    cache 30
    reload
${extra}}
`;
  return [
    zone(`${namespace}.svc.cluster.local`, "/etc/resolv.conf"),
    zone(network.dnsDomain, network.dnsServiceIp),
    zone(".", "/etc/resolv.conf", "    health :8080\n    ready :8181\n"),
  ].join("");
}
