import { createHash } from "node:crypto";
import type { PodSpec, Secret, Service } from "@fairlead/kube";
import { stringify } from "yaml";
import { formatArguments } from "../flags/arguments.ts";
import { kubeconfig } from "../pki/kubeconfig.ts";
import { requirePair, requirePem } from "../pki/pki.ts";
import { allowEgress, restricted, seedConfigMap, seedImage, seedMetadata, seedSecret } from "./seed-object.ts";
import type { SeedTunnel, SeedTunnelOptions, SeedTunnelServiceOptions } from "./seed-types.ts";
import type { Tunnel } from "./tunnel.ts";

/** The version of both ends, which the tests run; any Kubernetes version works with it. */
const konnectivityVersion = "0.34.0";
const defaultKeepaliveTime = "1m";

/** Of the agents' ServiceAccount in `kube-system`; the server lets in nobody else. */
const agentServiceAccount = "system-konnectivity-agent";
/** Audience of the agents' tokens. */
export const konnectivityAudience = "system:konnectivity-server";

const egressVolume = "kube-apiserver-egress";
const egressDirectory = "/etc/kubernetes/konnectivity";
const egressFile = "egress-selector-configuration.yaml";
const socketDirectory = "/etc/kubernetes/konnectivity-server";
const socket = `${socketDirectory}/konnectivity-server.socket`;
const pkiDirectory = "/etc/kubernetes/pki";
const kubeconfigDirectory = "/etc/kubernetes/kubeconfig";
/** Where agents reach the proxy-server in the pods of kube-apiserver. */
export const konnectivityAgentPort = 8132;
const ports = { agent: konnectivityAgentPort, admin: 8133, health: 8134 } as const;

/** What a pod of kube-apiserver goes through: only one that uses the proxy-server is given an egress selector. */
export function tunnelOfPod({ volumes = [] }: PodSpec): Tunnel {
  return volumes.some(({ name }) => name === egressVolume) ? "konnectivity" : "openvpn";
}

/** With expose strategy Tunneling all names share one port, and this one is the proxy-server's. */
export function konnectivitySniHost(externalName: string): string {
  return `konnectivity-server.${externalName}`;
}

export function konnectivityService(options: SeedTunnelServiceOptions): Service {
  const { namespace, exposeStrategy, externalName } = options;
  const metadata = seedMetadata("konnectivity-server", { namespace, tunnel: "konnectivity" });
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { ...metadata, annotations: exposeAnnotations() },
    spec: {
      type: exposeStrategy === "Tunneling" ? "ClusterIP" : "NodePort",
      selector: { app: "apiserver" },
      // Agents authenticate at kube-apiserver through the pods that they connect to: those must not wait for each other.
      publishNotReadyAddresses: true,
      ports: [{ name: "secure", port: 443, targetPort: ports.agent, protocol: "TCP" }],
    },
  };

  function exposeAnnotations(): Record<string, string> {
    switch (exposeStrategy) {
      case "NodePort":
        return { "nodeport-proxy.k8s.io/expose": "NodePort" };
      case "LoadBalancer":
        return { "nodeport-proxy.k8s.io/expose-namespaced": "true" };
      case "Tunneling":
        return {
          "nodeport-proxy.k8s.io/expose": "SNI,Tunneling",
          "nodeport-proxy.k8s.io/port-mapping": JSON.stringify({ secure: konnectivitySniHost(externalName) }),
        };
    }
  }
}

/** The proxy-server beside each kube-apiserver, which talks to it by a socket that no other pod can reach. */
export function konnectivityServer(options: SeedTunnelOptions): SeedTunnel {
  const { namespace, step } = options;
  const owner = { namespace, tunnel: "konnectivity" } as const;
  const uses = step.use === "konnectivity";
  const secrets = serverSecrets(options);
  const socketMount = { name: "konnectivity-uds", mountPath: socketDirectory };
  return {
    apiServer: {
      initContainers: [],
      containers: [
        {
          name: "konnectivity-server",
          image: seedImage(`registry.k8s.io/kas-network-proxy/proxy-server:v${konnectivityVersion}`, options),
          command: ["/proxy-server"],
          args: proxyServerArguments(options),
          ports: [
            { name: "agent", containerPort: ports.agent },
            { name: "proxy-health", containerPort: ports.health },
          ],
          // No readiness probe: it answers only once an agent is connected, and agents connect to ready pods.
          livenessProbe: {
            httpGet: { path: "/healthz", port: ports.health },
            initialDelaySeconds: 30,
            timeoutSeconds: 60,
          },
          resources: options.konnectivity?.resources ?? {
            requests: { cpu: "10m", memory: "10Mi" },
            limits: { cpu: "2", memory: "200Mi" },
          },
          securityContext: restricted,
          volumeMounts: [
            socketMount,
            { name: "konnectivityproxy-tls", mountPath: pkiDirectory, readOnly: true },
            { name: "konnectivity-kubeconfig", mountPath: kubeconfigDirectory, readOnly: true },
          ],
        },
      ],
      volumes: [
        { name: "konnectivity-uds", emptyDir: {} },
        { name: "konnectivityproxy-tls", secret: { secretName: "konnectivityproxy-tls" } },
        { name: "konnectivity-kubeconfig", secret: { secretName: "konnectivity-kubeconfig" } },
        ...(uses ? [{ name: egressVolume, configMap: { name: egressVolume } }] : []),
      ],
      volumeMounts: uses ? [socketMount, { name: egressVolume, mountPath: egressDirectory, readOnly: true }] : [],
      annotations: { "checksum/konnectivity": createHash("sha256").update(JSON.stringify(secrets)).digest("hex") },
      pod: {},
      ...(uses ? { egressSelectorConfigFile: `${egressDirectory}/${egressFile}` } : {}),
    },
    objects: [
      ...secrets,
      ...(uses ? [seedConfigMap(egressVolume, owner, { [egressFile]: egressSelector() })] : []),
      allowEgress("apiserver-internal-allow", owner, {
        from: "apiserver",
        to: "apiserver",
        ports: [{ port: options.apiServerPort, protocol: "TCP" }],
      }),
    ],
  };
}

function serverSecrets({ namespace, pki, apiServerUrl }: SeedTunnelOptions): Secret[] {
  const owner = { namespace, tunnel: "konnectivity" } as const;
  return [
    seedSecret("konnectivityproxy-tls", owner, {
      "konnectivityproxy-tls.crt": requirePem(pki, "konnectivity-proxy.crt"),
      "konnectivityproxy-tls.key": requirePem(pki, "konnectivity-proxy.key"),
    }),
    seedSecret("konnectivity-kubeconfig", owner, {
      kubeconfig: kubeconfig({
        clusterName: namespace,
        userName: "konnectivity-server",
        server: apiServerUrl,
        authority: requirePem(pki, "ca.crt"),
        client: requirePair(pki, "konnectivity-server"),
      }),
    }),
  ];
}

/** Only what goes to nodes, pods and services of the cluster; etcd and webhooks with a URL are called directly. */
function egressSelector(): string {
  return stringify({
    apiVersion: "apiserver.k8s.io/v1beta1",
    kind: "EgressSelectorConfiguration",
    egressSelections: [
      { name: "cluster", connection: { proxyProtocol: "GRPC", transport: { uds: { udsName: socket } } } },
    ],
  });
}

function proxyServerArguments({ apiServerReplicas, konnectivity }: SeedTunnelOptions): string[] {
  return formatArguments({
    logtostderr: true,
    v: 3,
    "cluster-cert": `${pkiDirectory}/konnectivityproxy-tls.crt`,
    "cluster-key": `${pkiDirectory}/konnectivityproxy-tls.key`,
    "uds-name": socket,
    "delete-existing-uds-file": true,
    kubeconfig: `${kubeconfigDirectory}/kubeconfig`,
    mode: "grpc",
    "server-count": apiServerReplicas,
    "server-port": 0,
    "agent-port": ports.agent,
    "admin-port": ports.admin,
    "health-port": ports.health,
    "agent-namespace": "kube-system",
    "agent-service-account": agentServiceAccount,
    "authentication-audience": konnectivityAudience,
    "proxy-strategies": "default",
    "keepalive-time": konnectivity?.keepaliveTime || defaultKeepaliveTime,
  });
}
