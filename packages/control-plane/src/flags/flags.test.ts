import type { ClusterSpec } from "@fairlead/resources";
import { describe, expect, test } from "vitest";
import { parse as parseYaml } from "yaml";
import { dualStackNetwork, testCluster } from "../cluster.fixture.ts";
import { controlPlaneSpec } from "../spec.ts";
import { type ApiServerPlacement, apiServerArguments } from "./api-server.ts";
import { type ControllerManagerPlacement, controllerManagerArguments } from "./controller-manager.ts";
import { etcdArguments } from "./etcd.ts";
import { probeAuthentication } from "./probe-authentication.ts";
import { schedulerArguments } from "./scheduler.ts";

const pair = (name: string) => ({ cert: `/p/${name}.crt`, key: `/p/${name}.key` });

const apiServerPlacement: ApiServerPlacement = {
  bindAddress: "127.0.0.1",
  advertiseAddress: "127.0.0.1",
  securePort: 6443,
  url: "https://127.0.0.1:6443",
  pki: {
    clientCaFile: "/p/ca.crt",
    serving: pair("apiserver"),
    serviceAccount: { publicKey: "/p/sa.pub", privateKey: "/p/sa.key" },
    frontProxyCaFile: "/p/front-proxy-ca.crt",
    frontProxyClient: pair("front-proxy-client"),
  },
  etcd: {
    endpoints: ["https://127.0.0.1:2379"],
    prefix: "/clusters/abc/",
    caFile: "/p/etcd-ca.crt",
    client: pair("etcd-client"),
  },
  admissionConfigFile: "/p/admission.yaml",
};

const controllerManagerPlacement: ControllerManagerPlacement = {
  bindAddress: "127.0.0.1",
  securePort: 10257,
  serving: pair("controller-manager"),
  kubeconfig: "/p/kcm.kubeconfig",
  leaderElect: false,
  rootCaFile: "/p/ca.crt",
  signing: pair("ca"),
  serviceAccountPrivateKey: "/p/sa.key",
};

/** `--name=value` arguments as an object; a flag given twice fails the test. */
function parse(args: string[]): Record<string, string> {
  const flags: Record<string, string> = {};
  for (const argument of args) {
    const [, name = "", value = ""] = /^--([a-z0-9-]+)=(.*)$/.exec(argument) ?? [];
    expect(name, argument).not.toBe("");
    expect(flags, `flag ${name} is given twice`).not.toHaveProperty(name);
    flags[name] = value;
  }
  return flags;
}

function apiServer(spec: Partial<ClusterSpec> = {}): Record<string, string> {
  return parse(apiServerArguments(controlPlaneSpec(testCluster({ spec })), apiServerPlacement));
}

function controllerManager(spec: Partial<ClusterSpec> = {}): Record<string, string> {
  const derived = controlPlaneSpec(testCluster({ spec }));
  return parse(controllerManagerArguments({ network: "cluster", ...derived }, controllerManagerPlacement));
}

const ipamFlags = [
  "allocate-node-cidrs",
  "cluster-cidr",
  "service-cluster-ip-range",
  "node-cidr-mask-size",
  "node-cidr-mask-size-ipv4",
  "node-cidr-mask-size-ipv6",
  "configure-cloud-routes",
];

const kubevirt: Partial<ClusterSpec> = {
  cloud: { dc: "kubevirt", providerName: "kubevirt", kubevirt: {} },
  clusterNetwork: {
    pods: { cidrBlocks: ["172.26.0.0/16"] },
    services: { cidrBlocks: ["10.241.0.0/20"] },
  },
};

describe("kube-controller-manager's node IPAM", () => {
  const singleStack = {
    "allocate-node-cidrs": "true",
    "cluster-cidr": "172.25.0.0/16",
    "service-cluster-ip-range": "10.240.16.0/20",
    "node-cidr-mask-size": "24",
  };
  const rows: [string, Partial<ClusterSpec>, Record<string, string>][] = [
    ["Canal IPv4", {}, singleStack],
    ["None keeps it on", { cniPlugin: { type: "none" } }, singleStack],
    [
      "Canal dual stack: one mask a family",
      { clusterNetwork: dualStackNetwork },
      {
        "allocate-node-cidrs": "true",
        "cluster-cidr": "172.25.0.0/16,fd01::/48",
        "service-cluster-ip-range": "10.240.16.0/20,fd02::/120",
        "node-cidr-mask-size-ipv4": "25",
        "node-cidr-mask-size-ipv6": "64",
      },
    ],
    [
      "KubeVirt's ranges, mask left to the default",
      kubevirt,
      {
        "allocate-node-cidrs": "true",
        "cluster-cidr": "172.26.0.0/16",
        "service-cluster-ip-range": "10.241.0.0/20",
        "node-cidr-mask-size": "24",
      },
    ],
    ["Cilium does it itself", { cniPlugin: { type: "cilium", version: "1.13.8" } }, {}],
    ["Cilium dual stack", { cniPlugin: { type: "cilium", version: "1.13.8" }, clusterNetwork: dualStackNetwork }, {}],
    [
      "GCP routes pods itself",
      { cloud: { dc: "gcp", providerName: "gcp", gcp: {} } },
      { ...singleStack, "configure-cloud-routes": "true" },
    ],
    [
      "AWS must not try to",
      { cloud: { dc: "aws", providerName: "aws", aws: {} } },
      { ...singleStack, "configure-cloud-routes": "false" },
    ],
  ];
  test.each(rows)("%s", (_, spec, expected) => {
    const flags = controllerManager(spec);
    const ipam = Object.fromEntries(Object.entries(flags).filter(([name]) => ipamFlags.includes(name)));
    expect(ipam).toEqual(expected);
  });

  test("the management API hands out no network and runs only the controllers asked for", () => {
    const flags = parse(
      controllerManagerArguments(
        { clusterId: "management", network: "none" },
        { ...controllerManagerPlacement, controllers: ["namespace-controller", "garbage-collector-controller"] },
      ),
    );
    for (const name of ipamFlags) expect(flags).not.toHaveProperty(name);
    expect(flags.controllers).toBe("namespace-controller,garbage-collector-controller");
  });
});

describe("kube-apiserver", () => {
  test("hands out service IPs and node ports of the ranges asked for", () => {
    expect(apiServer({ clusterNetwork: dualStackNetwork })).toMatchObject({
      "service-cluster-ip-range": "10.240.16.0/20,fd02::/120",
      "service-node-port-range": "30000-32767",
    });
    expect(
      apiServer({ componentsOverride: { apiserver: { nodePortRange: "31000-31999" } } })["service-node-port-range"],
    ).toBe("31000-31999");
  });

  test("accepts tokens of the konnectivity agent only with Konnectivity", () => {
    expect(apiServer()["api-audiences"]).toBe("https://127.0.0.1:6443");
    const clusterNetwork = { ...testCluster().spec.clusterNetwork, konnectivityEnabled: true };
    expect(apiServer({ clusterNetwork })["api-audiences"]).toBe("https://127.0.0.1:6443,system:konnectivity-server");
  });

  test("knows the agents while they get ready, and reaches nodes as before until they are", () => {
    const spec = controlPlaneSpec(testCluster(), { use: "openvpn", alongside: "konnectivity" });
    const flags = parse(apiServerArguments(spec, apiServerPlacement));
    expect(flags["api-audiences"]).toContain("system:konnectivity-server");
    expect(flags["kubelet-preferred-address-types"]).toBe("ExternalIP,InternalIP");
  });

  const addressRows: [string, Partial<ClusterSpec>, string][] = [
    ["OpenVPN", {}, "ExternalIP,InternalIP"],
    [
      "Konnectivity",
      { clusterNetwork: { ...testCluster().spec.clusterNetwork, konnectivityEnabled: true } },
      "InternalIP,ExternalIP",
    ],
    ["GCP", { cloud: { dc: "gcp", providerName: "gcp", gcp: {} } }, "InternalIP"],
    ["Hetzner", { cloud: { dc: "h", providerName: "hetzner", hetzner: {} } }, "ExternalIP,InternalIP"],
    [
      "Hetzner dual stack",
      { cloud: { dc: "h", providerName: "hetzner", hetzner: {} }, clusterNetwork: dualStackNetwork },
      "InternalIP,ExternalIP",
    ],
  ];
  test.each(addressRows)("kubelet addresses: %s", (_, spec, expected) => {
    expect(apiServer(spec)["kubelet-preferred-address-types"]).toBe(expected);
  });

  test("stays on loopback, writes no Endpoints, has no egress selector and refuses strangers", () => {
    const flags = apiServer();
    expect(flags).toMatchObject({
      "bind-address": "127.0.0.1",
      "advertise-address": "127.0.0.1",
      "endpoint-reconciler-type": "none",
      "etcd-prefix": "/clusters/abc/",
      "anonymous-auth": "false",
      "authorization-mode": "Node,RBAC",
      "allow-privileged": "true",
    });
    expect(flags).not.toHaveProperty("egress-selector-config-file");
    expect(flags).not.toHaveProperty("external-hostname");
  });

  test("answers probes without credentials where a placement says how, and takes its time to end", () => {
    const args = apiServerArguments(controlPlaneSpec(testCluster()), {
      ...apiServerPlacement,
      authenticationConfigFile: "/p/authentication.yaml",
      shutdownDelaySeconds: 15,
    });
    const flags = parse(args);
    expect(flags).toMatchObject({
      "authentication-config": "/p/authentication.yaml",
      "shutdown-delay-duration": "15s",
    });
    // The two exclude each other.
    expect(flags).not.toHaveProperty("anonymous-auth");
  });

  test.each([
    ["1.31.9", undefined],
    ["1.32.0", "apiserver.config.k8s.io/v1beta1"],
    ["1.34.0", "apiserver.config.k8s.io/v1"],
    ["1.36.3", "apiserver.config.k8s.io/v1"],
  ])("the file that opens the probes' paths, for %s: %s", (version, apiVersion) => {
    const text = probeAuthentication(version);
    const file: unknown = text === undefined ? undefined : parseYaml(text);
    const conditions = [{ path: "/livez" }, { path: "/readyz" }, { path: "/healthz" }];
    expect(file).toEqual(
      apiVersion && { apiVersion, kind: "AuthenticationConfiguration", anonymous: { enabled: true, conditions } },
    );
  });

  test("gets the egress selector of a placement that runs a proxy server", () => {
    const args = apiServerArguments(controlPlaneSpec(testCluster()), {
      ...apiServerPlacement,
      externalHostname: "abc.example.com",
      egressSelectorConfigFile: "/etc/kubernetes/konnectivity/egress-selector-configuration.yaml",
    });
    expect(parse(args)).toMatchObject({
      "external-hostname": "abc.example.com",
      "egress-selector-config-file": "/etc/kubernetes/konnectivity/egress-selector-configuration.yaml",
    });
  });
});

test("kube-scheduler is told where its API server is, and nothing of the network", () => {
  const flags = parse(schedulerArguments({ ...controllerManagerPlacement, kubeconfig: "/p/scheduler.kubeconfig" }));
  expect(flags.kubeconfig).toBe("/p/scheduler.kubeconfig");
  expect(Object.keys(flags).filter((name) => name.includes("cidr") || name.includes("range"))).toEqual([]);
});

test("etcd asks everybody for a certificate", () => {
  const flags = parse(
    etcdArguments({
      name: "clusters",
      dataDir: "/data/etcd",
      clientUrl: "https://127.0.0.1:2379",
      peerUrl: "https://127.0.0.1:0",
      caFile: "/p/ca.crt",
      server: pair("server"),
      quotaBytes: 8 * 1024 ** 3,
    }),
  );
  expect(flags).toMatchObject({
    "client-cert-auth": "true",
    "peer-client-cert-auth": "true",
    "trusted-ca-file": "/p/ca.crt",
    "listen-client-urls": "https://127.0.0.1:2379",
    "quota-backend-bytes": "8589934592",
  });
});

test("a member of several is found under another address than it listens on", () => {
  const flags = parse(
    etcdArguments({
      name: "etcd-0",
      dataDir: "/data",
      clientUrl: "https://etcd-0.etcd:2379",
      peerUrl: "https://etcd-0.etcd:2380",
      listen: { clientUrl: "https://0.0.0.0:2379", peerUrl: "https://0.0.0.0:2380" },
      members: { "etcd-0": "https://etcd-0.etcd:2380", "etcd-1": "https://etcd-1.etcd:2380" },
      metricsUrl: "http://0.0.0.0:2381",
      caFile: "/p/ca.crt",
      server: pair("server"),
      quotaBytes: 1,
    }),
  );
  expect(flags).toMatchObject({
    "listen-client-urls": "https://0.0.0.0:2379",
    "advertise-client-urls": "https://etcd-0.etcd:2379",
    "initial-advertise-peer-urls": "https://etcd-0.etcd:2380",
    "initial-cluster": "etcd-0=https://etcd-0.etcd:2380,etcd-1=https://etcd-1.etcd:2380",
    "listen-metrics-urls": "http://0.0.0.0:2381",
  });
});
