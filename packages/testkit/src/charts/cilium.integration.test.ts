import { describe, expect, it } from "vitest";
import { manifestProblems } from "./manifest-problems.ts";
import { applicationDirectory, chartVersions, configEntry, pick, renderApplication } from "./render-chart.ts";
import { containersOf, podTemplateOf, type RenderedObject } from "./rendered-object.ts";

/** The definition's defaults together with what Fairlead manages, in the shape of each generation. */
const generations = {
  "1.13.8": {
    off: "disabled",
    on: "strict",
    ipv4: { clusterPoolIPv4PodCIDR: "172.26.0.0/16", clusterPoolIPv4MaskSize: "24" },
    ipv6: { clusterPoolIPv6PodCIDR: "fd01::/48", clusterPoolIPv6MaskSize: "64" },
    routing: { tunnel: "vxlan" },
  },
  "1.19.4": {
    off: "false",
    on: "true",
    ipv4: { clusterPoolIPv4PodCIDRList: ["172.26.0.0/16"], clusterPoolIPv4MaskSize: 24 },
    ipv6: { clusterPoolIPv6PodCIDRList: ["fd01::/48"], clusterPoolIPv6MaskSize: 64 },
    routing: { "routing-mode": "tunnel", "tunnel-protocol": "vxlan" },
  },
} as const;
type Version = keyof typeof generations;

interface Variant {
  ebpf?: boolean;
  dual?: boolean;
  hubble?: boolean;
}

function values(version: Version, { ebpf = false, dual = false, hubble = true }: Variant): Record<string, unknown> {
  const generation = generations[version];
  return {
    kubeProxyReplacement: ebpf ? generation.on : generation.off,
    ...(ebpf
      ? { k8sServiceHost: "abcdefghij.example.com", k8sServicePort: 31443, nodePort: { range: "30000,31777" } }
      : {}),
    cni: { exclusive: false },
    ipam: { operator: { ...generation.ipv4, ...(dual ? generation.ipv6 : {}) } },
    ...(dual ? { ipv6: { enabled: true } } : {}),
    operator: { replicas: 1, securityContext: { seccompProfile: { type: "RuntimeDefault" } } },
    hubble: hubble
      ? { relay: { enabled: true }, ui: { enabled: true }, tls: { auto: { method: "cronJob" } } }
      : { enabled: false },
  };
}

function render(version: Version, variant: Variant = {}, more: object = {}): Promise<RenderedObject[]> {
  return renderApplication("cilium", version, { values: { ...values(version, variant), ...more } });
}

function config(objects: readonly RenderedObject[]): Record<string, string> {
  return pick(objects, "ConfigMap", "cilium-config").data ?? {};
}

function environments(objects: readonly RenderedObject[], kind: string, name: string): (string | undefined)[] {
  return containersOf(pick(objects, kind, name)).map(
    ({ env }) => env?.find((variable) => variable.name === "KUBERNETES_SERVICE_HOST")?.value,
  );
}

const versions: Version[] = ["1.13.8", "1.19.4"];

describe.each(versions)("Cilium stand-in %s", (version) => {
  const generation = generations[version];

  it("gives pods the cluster's range and leaves services to kube-proxy", async () => {
    const objects = await render(version);
    expect(config(objects)).toMatchObject({
      ...generation.routing,
      ipam: "cluster-pool",
      "cluster-pool-ipv4-cidr": "172.26.0.0/16",
      "cluster-pool-ipv4-mask-size": "24",
      "enable-ipv6": "false",
      "kube-proxy-replacement": generation.off,
      "cni-exclusive": "false",
    });
    expect(config(objects)).not.toHaveProperty("cluster-pool-ipv6-cidr");
    expect(environments(objects, "DaemonSet", "cilium").filter(Boolean)).toEqual([]);
  });

  it("replaces kube-proxy, and reaches the API server by its own address", async () => {
    const objects = await render(version, { ebpf: true });
    expect(config(objects)).toMatchObject({
      "kube-proxy-replacement": generation.on,
      "node-port-range": "30000,31777",
    });
    expect(environments(objects, "DaemonSet", "cilium")).toContain("abcdefghij.example.com");
    expect(environments(objects, "Deployment", "cilium-operator")).toEqual(["abcdefghij.example.com"]);
  });

  it("says what is missing when kube-proxy is replaced without an address", async () => {
    await expect(render(version, {}, { kubeProxyReplacement: generation.on })).rejects.toThrow(
      `k8sServiceHost: required with kubeProxyReplacement "${generation.on}"`,
    );
  });

  it("gives pods addresses of both families", async () => {
    expect(config(await render(version, { dual: true }))).toMatchObject({
      "enable-ipv6": "true",
      "cluster-pool-ipv6-cidr": "fd01::/48",
      "cluster-pool-ipv6-mask-size": "64",
    });
  });

  it.each([{}, { ebpf: true }, { dual: true }, { ebpf: true, dual: true }, { hubble: false }])(
    "consists of complete workloads: %j",
    async (variant) => {
      expect(manifestProblems(await render(version, variant))).toEqual([]);
    },
  );

  it("mounts the node's CNI directory, which tells that the node's network is ready", async () => {
    const pod = podTemplateOf(pick(await render(version), "DaemonSet", "cilium"))?.spec;
    expect(pod?.hostNetwork).toBe(true);
    expect(pod?.volumes?.flatMap(({ hostPath }) => hostPath?.path ?? [])).toContain("/etc/cni/net.d");
  });

  it("shows Hubble at port 80, with certificates that are made in the cluster", async () => {
    const objects = await render(version);
    expect(pick(objects, "Service", "hubble-ui").spec?.ports).toMatchObject([{ port: 80 }]);
    expect(pick(objects, "CronJob", "hubble-generate-certs").spec?.schedule).toBe("0 0 1 */4 *");
    expect(objects.filter(({ kind }) => kind === "Job")).toHaveLength(1);
    expect(objects.filter(({ kind }) => kind === "Secret")).toEqual([]);
  });

  it("has no trace of Hubble when it is off", async () => {
    const objects = await render(version, { hubble: false });
    expect(objects.filter(({ metadata }) => metadata.name?.includes("hubble"))).toEqual([]);
    expect(config(objects)["enable-hubble"]).toBe("false");
  });

  it("takes images from other repositories", async () => {
    const image = (repository: string) => ({
      image: { repository: `mirror.example.com/cilium/${repository}`, useDigest: false },
    });
    const objects = await render(version, {}, { ...image("cilium"), operator: { replicas: 1, ...image("operator") } });
    const of = (kind: string, name: string) =>
      new Set(containersOf(pick(objects, kind, name)).map((container) => container.image));
    expect(of("DaemonSet", "cilium")).toEqual(new Set([`mirror.example.com/cilium/cilium:v${version}`]));
    expect(of("Deployment", "cilium-operator")).toEqual(
      new Set([`mirror.example.com/cilium/operator-generic:v${version}`]),
    );
  });

  it("hands extraConfig on as it is written", async () => {
    const extraConfig = { "exclude-local-address": "169.254.20.10/32", "bpf-map-size": 5_000_000, debug: true };
    expect(config(await render(version, {}, { extraConfig }))).toMatchObject({
      "exclude-local-address": "169.254.20.10/32",
      "bpf-map-size": "5000000",
      debug: "true",
    });
  });

  it.each([
    ["/ipv6/enabled", { ipv6: { enabled: "true" } }],
    ["/hubble/enabled", { hubble: { enabled: 1 } }],
    ["/kubeProxyReplacement", { kubeProxyReplacement: "on" }],
    ["/operator/replicas", { operator: { replicas: "1" } }],
    ["/ipam/mode", { ipam: { mode: "pool" } }],
    ["/hubble/tls/auto/method", { hubble: { tls: { auto: { method: "certmanager" } } } }],
  ])("refuses a wrong %s", async (path, wrong) => {
    await expect(render(version, {}, wrong)).rejects.toThrow(`at '${path}'`);
  });
});

describe("Cilium stand-in", () => {
  it("keeps the values of the two generations apart", async () => {
    await expect(render("1.13.8", {}, { kubeProxyReplacement: "true" })).rejects.toThrow("at '/kubeProxyReplacement'");
    await expect(render("1.19.4", {}, { kubeProxyReplacement: "strict" })).rejects.toThrow(
      "at '/kubeProxyReplacement'",
    );
  });

  it("runs Envoy apart from the agent if asked, with a configuration that is JSON", async () => {
    const objects = await render("1.19.4", {}, { envoy: { enabled: true } });
    expect(manifestProblems(objects)).toEqual([]);
    expect(config(objects)["external-envoy-proxy"]).toBe("true");
    const bootstrap = JSON.parse(configEntry(objects, "cilium-envoy-config", "bootstrap-config.json"));
    expect(bootstrap.dynamicResources.cdsConfig).toEqual(bootstrap.dynamicResources.ldsConfig);
  });

  it("renders with its defaults in every version", async () => {
    for (const { version } of await chartVersions(applicationDirectory("cilium"))) {
      const objects = await renderApplication("cilium", version, { values: {} });
      const [agent] = containersOf(pick(objects, "DaemonSet", "cilium"));
      expect(agent?.image).toBe(`quay.io/cilium/cilium:v${version}`);
    }
  });
});
