import type { KubeObject } from "@fairlead/kube";
import { apiServerArguments } from "../../flags/api-server.ts";
import { probeAuthentication } from "../../flags/probe-authentication.ts";
import { type PkiFiles, requirePair, requirePem } from "../../pki/pki.ts";
import { admissionConfiguration, webhookKubeconfig } from "../../pki/webhook-client.ts";
import type { ControlPlaneAddress } from "../../provider.ts";
import type { ApiServerParts } from "../../tunnel/seed-types.ts";
import { API_SERVER_PORT } from "../address.ts";
import type { SeedClusterSpec } from "../seed-spec.ts";
import { deployment } from "./deployment.ts";
import { etcdEndpoints } from "./etcd.ts";
import { disruptionBudget, type Placed, podTemplate, probe, secret } from "./pod.ts";

const filesPath = "/etc/kubernetes/apiserver";
/** Longer than it takes until no load balancer and no kube-proxy sends anything new. */
const shutdownDelaySeconds = 15;
const terminationGracePeriodSeconds = 75;

const pemFiles = [
  "ca.crt",
  "front-proxy-ca.crt",
  "etcd-ca.crt",
  "sa.pub",
  "sa.key",
  "apiserver.crt",
  "apiserver.key",
  "front-proxy-client.crt",
  "front-proxy-client.key",
  "etcd-client.crt",
  "etcd-client.key",
  "kubelet-client.crt",
  "kubelet-client.key",
];

export interface ApiServerOptions {
  address: ControlPlaneAddress;
  pki: PkiFiles;
  /** What the tunnel adds. */
  additions: ApiServerParts;
}

/** Serves more than one pod at any time, also while it is replaced. */
export function apiServer(placed: Placed, spec: SeedClusterSpec, options: ApiServerOptions): KubeObject[] {
  const { address, pki, additions } = options;
  const path = (file: string) => `${filesPath}/${file}`;
  const pair = (name: string) => ({ cert: path(`${name}.crt`), key: path(`${name}.key`) });
  const authentication = probeAuthentication(spec.version);
  const files = secret(placed, "kube-apiserver", {
    ...Object.fromEntries(pemFiles.map((file) => [file, requirePem(pki, file)])),
    "webhook-client.kubeconfig": webhookKubeconfig(requirePair(pki, "webhook-client")),
    "admission.yaml": admissionConfiguration(path("webhook-client.kubeconfig")),
    ...(authentication === undefined ? {} : { "authentication.yaml": authentication }),
  });
  const args = apiServerArguments(spec, {
    bindAddress: "0.0.0.0",
    advertiseAddress: "$(POD_IP)",
    securePort: API_SERVER_PORT,
    url: address.url,
    externalHostname: address.host,
    pki: {
      clientCaFile: path("ca.crt"),
      serving: pair("apiserver"),
      serviceAccount: { publicKey: path("sa.pub"), privateKey: path("sa.key") },
      frontProxyCaFile: path("front-proxy-ca.crt"),
      frontProxyClient: pair("front-proxy-client"),
      kubeletClient: pair("kubelet-client"),
    },
    etcd: {
      endpoints: etcdEndpoints(placed, spec.etcd.replicas),
      prefix: "/registry/",
      caFile: path("etcd-ca.crt"),
      client: pair("etcd-client"),
    },
    admissionConfigFile: path("admission.yaml"),
    shutdownDelaySeconds,
    ...(authentication === undefined ? {} : { authenticationConfigFile: path("authentication.yaml") }),
    ...(additions.egressSelectorConfigFile === undefined
      ? {}
      : { egressSelectorConfigFile: additions.egressSelectorConfigFile }),
  });
  // Without the possibility to answer them without credentials, probes can only see whether somebody listens.
  const check = (url: string) =>
    authentication === undefined
      ? { tcpSocket: { port: "https" } }
      : { httpGet: { path: url, port: "https", scheme: "HTTPS" } };
  const template = podTemplate(placed, {
    component: "apiserver",
    version: spec.version,
    workload: spec.apiServer,
    files: { secret: files, mountPath: filesPath, restarts: true },
    container: {
      name: "kube-apiserver",
      image: `registry.k8s.io/kube-apiserver:v${spec.version}`,
      command: ["kube-apiserver"],
      args,
      env: [{ name: "POD_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } }],
      ports: [{ name: "https", containerPort: API_SERVER_PORT }],
      startupProbe: probe(check("/livez"), { limit: 30 }),
      livenessProbe: probe(check("/livez"), { limit: 8 }),
      readinessProbe: probe(check("/readyz"), { limit: 3, periodSeconds: 2 }),
    },
    terminationGracePeriodSeconds,
    additions,
  });
  return [
    files,
    deployment(placed, { component: "apiserver", version: spec.version, replicas: spec.apiServer.replicas, template }),
    disruptionBudget(placed, "apiserver"),
  ];
}
