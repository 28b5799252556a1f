import { createHash } from "node:crypto";
import type { Container, Deployment, KubeObject, Service, Volume } from "@fairlead/kube";
import { kubeconfig } from "../pki/kubeconfig.ts";
import { requirePair, requirePem } from "../pki/pki.ts";
import { userClusterVpnClient } from "./certificates.ts";
import {
  nodeAccessNetwork,
  nodeDnatScript,
  openVpnClientConfig,
  openVpnClientRoutes,
  openVpnDirectory,
  openVpnImage,
  openVpnPort,
  openVpnRoutes,
  openVpnServerConfig,
  vpnNetwork,
} from "./openvpn-config.ts";
import { allowEgress, seedConfigMap, seedImage, seedMetadata, seedSecret } from "./seed-object.ts";
import type { SeedTunnel, SeedTunnelOptions, SeedTunnelServiceOptions } from "./seed-types.ts";

const dnatKubeconfigDirectory = "/etc/kubernetes/node-dnat";

export function openVpnService({ namespace, exposeStrategy }: SeedTunnelServiceOptions): Service {
  const metadata = seedMetadata("openvpn-server", { namespace, tunnel: "openvpn" });
  const annotations = {
    NodePort: { "nodeport-proxy.k8s.io/expose": "NodePort" },
    LoadBalancer: { "nodeport-proxy.k8s.io/expose-namespaced": "true" },
    Tunneling: { "nodeport-proxy.k8s.io/expose": "Tunneling" },
  };
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { ...metadata, annotations: annotations[exposeStrategy] },
    spec: {
      type: exposeStrategy === "Tunneling" ? "ClusterIP" : "NodePort",
      selector: { app: "openvpn-server" },
      ports: [{ name: "secure", port: openVpnPort, targetPort: openVpnPort, protocol: "TCP" }],
    },
  };
}

/** The OpenVPN server, and what kube-apiserver's pod needs to be one of its clients. */
export function openVpnServer(options: SeedTunnelOptions): SeedTunnel {
  const { namespace, dnsResolverIp } = options;
  const owner = { namespace, tunnel: "openvpn" } as const;
  const server = serverFiles(options);
  const client = clientFiles(options);
  return {
    apiServer: {
      ...vpnClientParts(options),
      volumeMounts: [],
      annotations: { "checksum/openvpn": checksum(client) },
      // Webhooks may name services of the user cluster; without the resolver's address the seed's own DNS has to do.
      pod:
        dnsResolverIp === undefined
          ? {}
          : {
              dnsPolicy: "None",
              dnsConfig: { nameservers: [dnsResolverIp], searches: [`${namespace}.svc.cluster.local`] },
            },
    },
    objects: [
      ...server,
      ...client,
      allowEgress("openvpn-server-allow", owner, {
        from: "apiserver",
        to: "openvpn-server",
        ports: [{ port: openVpnPort, protocol: "TCP" }],
      }),
      serverDeployment(options, checksum(server)),
    ],
  };
}

function serverFiles({ namespace, pki, network }: SeedTunnelOptions): KubeObject[] {
  const owner = { namespace, tunnel: "openvpn" } as const;
  const routes = openVpnRoutes(network);
  return [
    seedSecret("openvpn-server-certificates", owner, {
      "ca.crt": requirePem(pki, "openvpn-ca.crt"),
      "server.crt": requirePem(pki, "openvpn-server.crt"),
      "server.key": requirePem(pki, "openvpn-server.key"),
    }),
    seedConfigMap("openvpn-server", owner, { "server.conf": openVpnServerConfig(routes) }),
    // Only these two names are let in.
    seedConfigMap("openvpn-client-configs", owner, {
      [userClusterVpnClient]: openVpnClientRoutes(routes),
      "internal-client": "",
    }),
  ];
}

/** What `vpnClientParts` mount. */
function clientFiles({ namespace, pki, apiServerUrl }: SeedTunnelOptions): KubeObject[] {
  const owner = { namespace, tunnel: "openvpn" } as const;
  return [
    seedSecret("openvpn-internal-client-certificates", owner, {
      "ca.crt": requirePem(pki, "openvpn-ca.crt"),
      "client.crt": requirePem(pki, "openvpn-internal-client.crt"),
      "client.key": requirePem(pki, "openvpn-internal-client.key"),
    }),
    seedSecret("node-dnat-kubeconfig", owner, {
      kubeconfig: kubeconfig({
        clusterName: namespace,
        userName: "node-dnat",
        server: apiServerUrl,
        authority: requirePem(pki, "ca.crt"),
        client: requirePair(pki, "node-dnat"),
      }),
    }),
    seedConfigMap("openvpn-internal-client", owner, {
      "client.conf": openVpnClientConfig({ host: `openvpn-server.${namespace}.svc.cluster.local`, port: openVpnPort }),
      "node-dnat.sh": nodeDnatScript,
    }),
  ];
}

/** Of the files that a client in a pod of the control plane mounts. */
export function vpnClientChecksum(options: SeedTunnelOptions): string {
  return checksum(clientFiles(options));
}

/** Makes a pod of the control plane a client: its other containers reach nodes, pods and services. */
export function vpnClientParts(options: Pick<SeedTunnelOptions, "overwriteRegistry">) {
  const containers: Container[] = [
    {
      name: "openvpn-client",
      image: seedImage(openVpnImage, options),
      command: ["/usr/sbin/openvpn"],
      args: ["--config", `${openVpnDirectory}/config/client.conf`],
      readinessProbe: vpnProbe,
      resources: vpnResources,
      securityContext: createsTunDevice,
      volumeMounts: [
        { name: "openvpn-internal-client", mountPath: `${openVpnDirectory}/config`, readOnly: true },
        { name: "openvpn-internal-client-certificates", mountPath: `${openVpnDirectory}/pki`, readOnly: true },
      ],
    },
    {
      name: "node-dnat",
      image: seedImage(openVpnImage, options),
      command: ["/bin/bash", `${openVpnDirectory}/config/node-dnat.sh`, "OUTPUT"],
      env: [
        { name: "NODE_ACCESS_NETWORK", value: nodeAccessNetwork },
        { name: "KUBECONFIG", value: `${dnatKubeconfigDirectory}/kubeconfig` },
      ],
      resources: vpnResources,
      securityContext: {
        runAsUser: 0,
        runAsNonRoot: false,
        allowPrivilegeEscalation: false,
        capabilities: { drop: ["ALL"], add: ["NET_ADMIN", "NET_RAW"] },
        seccompProfile: { type: "RuntimeDefault" },
      },
      volumeMounts: [
        { name: "openvpn-internal-client", mountPath: `${openVpnDirectory}/config`, readOnly: true },
        { name: "node-dnat-kubeconfig", mountPath: dnatKubeconfigDirectory, readOnly: true },
      ],
    },
  ];
  const volumes: Volume[] = [
    { name: "openvpn-internal-client", configMap: { name: "openvpn-internal-client" } },
    {
      name: "openvpn-internal-client-certificates",
      secret: { secretName: "openvpn-internal-client-certificates" },
    },
    { name: "node-dnat-kubeconfig", secret: { secretName: "node-dnat-kubeconfig" } },
  ];
  return { initContainers: [], containers, volumes };
}

/** Restarts pods when files change that neither OpenVPN nor the script reads again. */
function checksum(objects: readonly KubeObject[]): string {
  return createHash("sha256").update(JSON.stringify(objects)).digest("hex");
}

const vpnResources = { requests: { cpu: "5m", memory: "10Mi" }, limits: { memory: "64Mi" } };

/** Opening /dev/net/tun is more than NET_ADMIN: container runtimes let in only privileged containers. */
const createsTunDevice = { privileged: true, runAsUser: 0, runAsNonRoot: false };

const vpnProbe = {
  exec: { command: ["ping", "-c", "1", "-W", "2", vpnNetwork.server] },
  periodSeconds: 10,
  timeoutSeconds: 5,
};

function serverDeployment(options: SeedTunnelOptions, configChecksum: string): Deployment {
  const labels = { app: "openvpn-server" };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: seedMetadata("openvpn-server", { namespace: options.namespace, tunnel: "openvpn" }),
    spec: {
      // One: clients of two servers would not see each other.
      replicas: 1,
      strategy: { type: "Recreate" },
      selector: { matchLabels: labels },
      template: {
        metadata: { labels, annotations: { "checksum/config": configChecksum } },
        spec: {
          automountServiceAccountToken: false,
          containers: [
            {
              name: "openvpn-server",
              image: seedImage(openVpnImage, options),
              command: ["/usr/sbin/openvpn"],
              args: ["--config", `${openVpnDirectory}/config/server.conf`],
              ports: [{ name: "openvpn", containerPort: openVpnPort }],
              readinessProbe: { tcpSocket: { port: openVpnPort }, periodSeconds: 5 },
              livenessProbe: { tcpSocket: { port: openVpnPort }, initialDelaySeconds: 15 },
              resources: vpnResources,
              securityContext: createsTunDevice,
              volumeMounts: [
                { name: "config", mountPath: `${openVpnDirectory}/config`, readOnly: true },
                { name: "clients", mountPath: `${openVpnDirectory}/clients`, readOnly: true },
                { name: "certificates", mountPath: `${openVpnDirectory}/pki`, readOnly: true },
              ],
            },
          ],
          volumes: [
            { name: "config", configMap: { name: "openvpn-server" } },
            { name: "clients", configMap: { name: "openvpn-client-configs" } },
            { name: "certificates", secret: { secretName: "openvpn-server-certificates" } },
          ],
        },
      },
    },
  };
}
