import { createHash } from "node:crypto";
import type { ConfigMap, DaemonSet, KubeObject } from "@fairlead/kube";
import { clusterNamespace } from "@fairlead/resources";
import { stringify } from "yaml";
import type { ControlPlaneAddress } from "../provider.ts";
import { openVpnPort } from "../tunnel/openvpn-config.ts";
import { seedImage } from "../tunnel/seed-object.ts";
import { serves } from "../tunnel/tunnel.ts";
import { API_SERVER_PORT, API_SERVER_SERVICE } from "./address.ts";
import type { SeedClusterSpec } from "./seed-spec.ts";

const name = "envoy-agent";
const namespace = "kube-system";
const networkInterface = "envoyagent";
/** Where the seed's proxy takes HTTP/2 CONNECT. */
const connectPort = 8088;
const adminPort = 9902;

/**
 * With expose strategy Tunneling: on each node, what listens on the agent address and leads to the control plane through
 * the one port of the seed that is open.
 */
export function envoyAgent(
  spec: SeedClusterSpec,
  { address, overwriteRegistry }: { address: ControlPlaneAddress; overwriteRegistry: string },
): KubeObject[] {
  const config = stringify(envoyConfiguration(spec, address));
  const configMap: ConfigMap = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace },
    data: { "envoy.yaml": config },
  };
  const labels = { app: name };
  const checksum = createHash("sha256").update(config).digest("hex");
  const daemonSet: DaemonSet = {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { name, namespace, labels },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels, annotations: { "fairlead.dev/files": checksum } },
        spec: {
          automountServiceAccountToken: false,
          hostNetwork: true,
          priorityClassName: "system-node-critical",
          tolerations: [{ operator: "Exists" }],
          securityContext: { seccompProfile: { type: "RuntimeDefault" } },
          initContainers: [
            {
              name: "create-interface",
              image: seedImage("docker.io/library/busybox:1.37", { overwriteRegistry }),
              command: ["sh", "-ec", createInterface(spec.tunnelingAgentIp)],
              resources: { requests: { cpu: "10m", memory: "8Mi" } },
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                runAsUser: 0,
                capabilities: { drop: ["ALL"], add: ["NET_ADMIN"] },
              },
            },
          ],
          containers: [
            {
              name,
              image: seedImage("docker.io/envoyproxy/envoy:v1.33.0", { overwriteRegistry }),
              command: ["envoy"],
              args: ["--config-path", "/etc/envoy/envoy.yaml"],
              resources: { requests: { cpu: "50m", memory: "32Mi" } },
              volumeMounts: [{ name: "config", mountPath: "/etc/envoy", readOnly: true }],
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                runAsNonRoot: true,
                runAsUser: 101,
                capabilities: { drop: ["ALL"] },
              },
            },
          ],
          volumes: [{ name: "config", configMap: { name } }],
        },
      },
    },
  };
  return [configMap, daemonSet];
}

function createInterface(ip: string): string {
  const width = ip.includes(":") ? 128 : 32;
  return `ip link show ${networkInterface} || ip link add ${networkInterface} type dummy
ip link set ${networkInterface} up
ip addr replace ${ip}/${width} dev ${networkInterface}
`;
}

function envoyConfiguration(spec: SeedClusterSpec, address: ControlPlaneAddress): unknown {
  const inSeed = (service: string, port: number) =>
    `${service}.${clusterNamespace(spec.clusterId)}.svc.cluster.local:${port}`;
  const listener = (title: string, port: number, target: string) => ({
    name: title,
    address: { socket_address: { address: spec.tunnelingAgentIp, port_value: port } },
    filter_chains: [
      {
        filters: [
          {
            name: "tcp",
            typed_config: {
              "@type": "type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy",
              stat_prefix: title,
              cluster: "seed",
              tunneling_config: { hostname: target },
            },
          },
        ],
      },
    ],
  });
  return {
    admin: { address: { socket_address: { address: "127.0.0.1", port_value: adminPort } } },
    static_resources: {
      listeners: [
        listener("apiserver", API_SERVER_PORT, inSeed(API_SERVER_SERVICE, 443)),
        ...(serves(spec.tunnel, "openvpn")
          ? [listener("openvpn", openVpnPort, inSeed("openvpn-server", openVpnPort))]
          : []),
      ],
      clusters: [
        {
          name: "seed",
          connect_timeout: "10s",
          type: "LOGICAL_DNS",
          typed_extension_protocol_options: {
            "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
              "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
              explicit_http_config: { http2_protocol_options: {} },
            },
          },
          load_assignment: {
            cluster_name: "seed",
            endpoints: [
              {
                lb_endpoints: [
                  { endpoint: { address: { socket_address: { address: address.host, port_value: connectPort } } } },
                ],
              },
            ],
          },
        },
      ],
    },
  };
}
