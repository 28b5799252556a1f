import type { KubeObject, Service } from "@fairlead/kube";
import { beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { PkiFiles } from "../pki/pki.ts";
import { openVpnClientRoutes, openVpnServerConfig } from "./openvpn-config.ts";
import { seedTunnel, seedTunnelEndpoints, seedTunnelServices } from "./seed-tunnel.ts";
import type { ExposeStrategy, SeedTunnelOptions } from "./seed-types.ts";
import { seedTunnelOptions, tunnelPki } from "./tunnel.fixture.ts";
import type { TunnelStep } from "./tunnel.ts";

let pki: PkiFiles;
beforeAll(async () => {
  pki = await tunnelPki();
});

const konnectivity: TunnelStep = { use: "konnectivity" };
const openvpn: TunnelStep = { use: "openvpn" };

function render(step: TunnelStep, overrides: Partial<SeedTunnelOptions> = {}) {
  return seedTunnel(seedTunnelOptions(pki, step, overrides));
}

function names(objects: readonly KubeObject[]): string[] {
  return objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
}

function dataOf(objects: readonly KubeObject[], name: string, key: string): string {
  const object = objects.find(({ metadata, kind }) => metadata.name === name && /ConfigMap|Secret/.test(kind ?? ""));
  const text = (object as { data?: Record<string, string> } | undefined)?.data?.[key];
  if (text === undefined) throw new Error(`no ${key} in ${name}`);
  return object?.kind === "Secret" ? Buffer.from(text, "base64").toString("utf8") : text;
}

describe("Konnectivity", () => {
  test("kube-apiserver reaches the proxy-server beside it by a socket", () => {
    const { apiServer, objects } = render(konnectivity);
    const { egressSelections } = parse(
      dataOf(objects, "kube-apiserver-egress", "egress-selector-configuration.yaml"),
    ) as { egressSelections: { connection: { transport: { uds: { udsName: string } } } }[] };
    const socket = egressSelections[0]?.connection.transport.uds.udsName ?? "";
    expect(apiServer.egressSelectorConfigFile).toBe("/etc/kubernetes/konnectivity/egress-selector-configuration.yaml");
    expect(apiServer.containers[0]?.args).toContain(`--uds-name=${socket}`);
    const directories = (mounts: readonly { name: string; mountPath: string }[] = []) =>
      mounts.filter(({ name }) => name === "konnectivity-uds").map(({ mountPath }) => mountPath);
    expect(directories(apiServer.volumeMounts)).toEqual([socket.slice(0, socket.lastIndexOf("/"))]);
    expect(directories(apiServer.containers[0]?.volumeMounts)).toEqual(directories(apiServer.volumeMounts));
  });

  test("agents are let in by their token, and know how many servers there are", () => {
    const [server] = render(konnectivity, { konnectivity: { keepaliveTime: "30s" } }).apiServer.containers;
    expect(server?.args).toEqual(
      expect.arrayContaining([
        "--server-count=2",
        "--agent-port=8132",
        "--agent-namespace=kube-system",
        "--agent-service-account=system-konnectivity-agent",
        "--authentication-audience=system:konnectivity-server",
        "--keepalive-time=30s",
      ]),
    );
  });

  test("brings all that it mounts", () => {
    const { apiServer, objects } = render(konnectivity);
    expect(names(objects)).toEqual([
      "Secret/konnectivityproxy-tls",
      "Secret/konnectivity-kubeconfig",
      "ConfigMap/kube-apiserver-egress",
      "NetworkPolicy/apiserver-internal-allow",
    ]);
    expect(missingVolumes(apiServer, objects)).toEqual([]);
    expect(dataOf(objects, "konnectivity-kubeconfig", "kubeconfig")).toContain(
      "https://apiserver-external.cluster-abc.svc.cluster.local:443",
    );
  });

  test("beside OpenVPN it is served, and kube-apiserver does not go through it yet", () => {
    const { apiServer, objects } = render({ use: "openvpn", alongside: "konnectivity" });
    expect(apiServer).not.toHaveProperty("egressSelectorConfigFile");
    expect(apiServer.containers.map(({ name }) => name)).toEqual([
      "konnectivity-server",
      "openvpn-client",
      "node-dnat",
    ]);
    expect(names(objects)).not.toContain("ConfigMap/kube-apiserver-egress");
    expect(apiServer.volumeMounts).toEqual([]);
    expect(missingVolumes(apiServer, objects)).toEqual([]);
  });
});

describe("OpenVPN", () => {
  test("kube-apiserver's pod is a client, asks the resolver for names, and has no egress selector", () => {
    const { apiServer, objects } = render(openvpn);
    expect(apiServer).not.toHaveProperty("egressSelectorConfigFile");
    expect(apiServer.containers.map(({ name }) => name)).toEqual(["openvpn-client", "node-dnat"]);
    expect(apiServer.pod).toEqual({
      dnsPolicy: "None",
      dnsConfig: { nameservers: ["10.96.0.53"], searches: ["cluster-abc.svc.cluster.local"] },
    });
    expect(missingVolumes(apiServer, objects)).toEqual([]);
  });

  test("server, resolver and metrics-server with what they need, workloads last", () => {
    const listed = names(render(openvpn).objects);
    for (const name of ["openvpn-server", "dns-resolver", "metrics-server"]) {
      expect(listed).toContain(`Deployment/${name}`);
      expect(listed).toContain(`NetworkPolicy/${name}-allow`);
    }
    expect(listed).toContain("PodDisruptionBudget/dns-resolver");
    expect(listed).toContain("PodDisruptionBudget/metrics-server");
  });

  test("names of the user cluster come from its DNS, those of this control plane from the seed's", () => {
    const corefile = dataOf(render(openvpn).objects, "dns-resolver", "Corefile");
    const zones = [...corefile.matchAll(/^(\S+):53 \{\n\s+errors\n\s+forward \. (\S+)$/gm)].map((m) => [m[1], m[2]]);
    expect(zones).toEqual([
      ["cluster-abc.svc.cluster.local", "/etc/resolv.conf"],
      ["cluster.local", "10.240.16.10"],
      [".", "/etc/resolv.conf"],
    ]);
  });

  test("carries the IPv4 ranges and the nodes, with the masks that OpenVPN wants", () => {
    const network = {
      podCidrs: ["172.25.0.0/16", "fd01::/48"],
      serviceCidrs: ["10.240.16.0/20", "fd02::/120"],
      dnsDomain: "cluster.local",
      dnsServiceIp: "10.240.16.10",
    };
    const { objects } = render(openvpn, { network });
    expect(dataOf(objects, "openvpn-client-configs", "user-cluster-client")).toBe(
      "iroute 172.25.0.0 255.255.0.0\niroute 10.240.16.0 255.255.240.0\niroute 10.254.0.0 255.255.0.0\n",
    );
    expect(dataOf(objects, "openvpn-server", "server.conf")).toContain('push "route 10.240.16.0 255.255.240.0"\n');
  });

  test.each([
    ["10.0.0.0/8", "255.0.0.0"],
    ["10.0.0.0/9", "255.128.0.0"],
    ["192.168.1.0/31", "255.255.255.254"],
    ["192.168.1.1/32", "255.255.255.255"],
    ["0.0.0.0/0", "0.0.0.0"],
  ])("mask of %s", (cidr, mask) => {
    expect(openVpnClientRoutes([cidr])).toBe(`iroute ${cidr.split("/")[0]} ${mask}\n`);
    expect(openVpnServerConfig([cidr])).toContain(`push "route ${cidr.split("/")[0]} ${mask}"`);
  });

  test("another certificate restarts what does not read it again", async () => {
    const renewed = { ...pki, "openvpn-internal-client.crt": "renewed" };
    const annotations = (files: PkiFiles) => seedTunnel(seedTunnelOptions(files, openvpn)).apiServer.annotations;
    expect(annotations(pki)).toEqual(annotations({ ...pki }));
    expect(annotations(renewed)).not.toEqual(annotations(pki));
  });
});

test("another registry replaces the host of each image", () => {
  const { apiServer } = render({ use: "konnectivity", alongside: "openvpn" }, { overwriteRegistry: "mirror.test/x" });
  expect(apiServer.containers.map(({ image }) => image)).toEqual([
    "mirror.test/x/kas-network-proxy/proxy-server:v0.34.0",
    "mirror.test/x/kubermatic/openvpn:v2.5.2-r0",
    "mirror.test/x/kubermatic/openvpn:v2.5.2-r0",
  ]);
});

describe("endpoints", () => {
  const both: TunnelStep = { use: "openvpn", alongside: "konnectivity" };
  const stored = (strategy: ExposeStrategy, nodePort?: number) =>
    seedTunnelServices(seedTunnelOptions(pki, both, { exposeStrategy: strategy })).map(
      (service): Service => ({
        ...service,
        spec: {
          ...service.spec,
          ports: (service.spec?.ports ?? []).map((port) => (nodePort === undefined ? port : { ...port, nodePort })),
        },
      }),
    );

  test.each<[ExposeStrategy, string, Record<string, unknown>]>([
    [
      "NodePort",
      "NodePort",
      {
        konnectivity: { host: "abc.seed.example.com", port: 31000 },
        openvpn: { host: "abc.seed.example.com", port: 31000 },
      },
    ],
    [
      "LoadBalancer",
      "NodePort",
      {
        konnectivity: { host: "abc.seed.example.com", port: 31000 },
        openvpn: { host: "abc.seed.example.com", port: 31000 },
      },
    ],
    [
      "Tunneling",
      "ClusterIP",
      {
        konnectivity: { host: "konnectivity-server.abc.seed.example.com", port: 6443 },
        openvpn: { host: "100.64.30.10", port: 1194 },
      },
    ],
  ])("%s", (strategy, type, expected) => {
    const services = stored(strategy, 31000);
    expect(services.filter(({ metadata }) => metadata.name?.endsWith("-server")).map(({ spec }) => spec?.type)).toEqual(
      [type, type, undefined],
    );
    expect(seedTunnelEndpoints(seedTunnelOptions(pki, both, { exposeStrategy: strategy }), services)).toEqual(expected);
  });

  test("none before the seed has chosen node ports", () => {
    expect(seedTunnelEndpoints(seedTunnelOptions(pki, both), stored("NodePort"))).toEqual({});
  });
});

/** Volumes that a container mounts and the pod lacks, and Secrets or ConfigMaps that a volume names and nobody brings. */
function missingVolumes(parts: ReturnType<typeof seedTunnel>["apiServer"], objects: readonly KubeObject[]): string[] {
  const volumes = new Map(parts.volumes.map((volume) => [volume.name, volume]));
  const mounts = [...parts.containers.flatMap(({ volumeMounts = [] }) => volumeMounts), ...parts.volumeMounts];
  const listed = new Set(names(objects));
  const sources = parts.volumes.flatMap(({ secret, configMap }) => [
    ...(secret ? [`Secret/${secret.secretName}`] : []),
    ...(configMap ? [`ConfigMap/${configMap.name}`] : []),
  ]);
  return [
    ...mounts.filter(({ name }) => !volumes.has(name)).map(({ name }) => name),
    ...sources.filter((source) => !listed.has(source)),
  ];
}
