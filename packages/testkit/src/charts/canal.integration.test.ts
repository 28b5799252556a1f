import { describe, expect, it } from "vitest";
import { addonValues, dualStack } from "./addon-values.ts";
import { manifestProblems } from "./manifest-problems.ts";
import { addonDirectory, configEntry, pick, renderChart } from "./render-chart.ts";
import { type Container, containersOf, podTemplateOf, type RenderedObject } from "./rendered-object.ts";

const directory = addonDirectory("canal");

function render(version: string, overrides: Parameters<typeof addonValues>[0] = {}): Promise<RenderedObject[]> {
  return renderChart(directory, { values: addonValues({ ...overrides, cni: { version } }) });
}

/** What install-cni writes on a node. */
function cniConfig(objects: readonly RenderedObject[]): { plugins: { type: string; ipam?: unknown; mtu?: number }[] } {
  return JSON.parse(configEntry(objects, "canal-config", "cni_network_config").replace("__CNI_MTU__", "1450"));
}

function container(objects: readonly RenderedObject[], name: string): Container {
  const found = containersOf(pick(objects, "DaemonSet", "canal")).find((candidate) => candidate.name === name);
  if (!found) throw new Error(`DaemonSet canal: no container ${name}`);
  return found;
}

function environment(from: Container): Record<string, string | undefined> {
  return Object.fromEntries((from.env ?? []).map(({ name, value }) => [name, value]));
}

const images = {
  "v3.24": ["quay.io/calico/cni:v3.24.5", "quay.io/calico/node:v3.24.5", "quay.io/coreos/flannel:v0.15.1"],
  "v3.31": ["quay.io/calico/cni:v3.31.3", "quay.io/calico/node:v3.31.3", "docker.io/flannel/flannel:v0.24.4"],
};

describe.each(["v3.24", "v3.31"] as const)("Canal %s", (version) => {
  it("gives pods addresses of the node's IPv4 range and tunnels the pods range", async () => {
    const objects = await render(version);
    expect(JSON.parse(configEntry(objects, "canal-config", "net-conf.json"))).toEqual({
      Network: "172.26.0.0/16",
      Backend: { Type: "vxlan" },
    });
    const { plugins } = cniConfig(objects);
    expect(plugins.map(({ type }) => type)).toEqual(["calico", "portmap", "bandwidth"]);
    expect(plugins[0]).toMatchObject({ ipam: { type: "host-local", subnet: "usePodCidr" }, mtu: 1450 });
    const env = environment(container(objects, "calico-node"));
    expect(env).toMatchObject({ CALICO_IPV4POOL_CIDR: "172.26.0.0/16", FELIX_IPV6SUPPORT: "false", IP: "" });
    expect(env).not.toHaveProperty("IP6");
  });

  it("does the same for both families of a dual-stack cluster", async () => {
    const objects = await render(version, { network: dualStack });
    expect(JSON.parse(configEntry(objects, "canal-config", "net-conf.json"))).toEqual({
      Network: "172.26.0.0/16",
      EnableIPv6: true,
      IPv6Network: "fd01::/48",
      Backend: { Type: "vxlan" },
    });
    expect(cniConfig(objects).plugins[0]?.ipam).toEqual({
      type: "host-local",
      ranges: [[{ subnet: "usePodCidr" }], [{ subnet: "usePodCidrIPv6" }]],
    });
    expect(environment(container(objects, "calico-node"))).toMatchObject({
      CALICO_IPV6POOL_CIDR: "fd01::/48",
      FELIX_IPV6SUPPORT: "true",
      IP6: "autodetect",
    });
  });

  it("consists of complete workloads with exactly the rights they use", async () => {
    const objects = await render(version);
    expect(manifestProblems(objects)).toEqual([]);
    expect(pick(objects, "Deployment", "calico-kube-controllers").spec?.replicas).toBe(1);
    expect(pick(objects, "PodDisruptionBudget", "calico-kube-controllers")).toBeDefined();
  });

  it("mounts the node's CNI directories, which tells that the node's network is ready", async () => {
    const pod = podTemplateOf(pick(await render(version), "DaemonSet", "canal"))?.spec;
    expect(pod?.hostNetwork).toBe(true);
    const hostPaths = pod?.volumes?.flatMap(({ hostPath }) => hostPath?.path ?? []);
    expect(hostPaths).toEqual(expect.arrayContaining(["/etc/cni/net.d", "/opt/cni/bin"]));
  });

  it("runs the images of that version, from another registry if asked", async () => {
    const used = (objects: RenderedObject[]) =>
      ["install-cni", "calico-node", "kube-flannel"].map((name) => container(objects, name).image);
    expect(used(await render(version))).toEqual(images[version]);
    expect(used(await render(version, { overwriteRegistry: "registry.example.com:5000/mirror" }))).toEqual(
      images[version].map((image) => image.replace(/^[^/]+/, "registry.example.com:5000/mirror")),
    );
  });

  it("restarts the pods when the configuration changes", async () => {
    const checksum = (objects: RenderedObject[]) =>
      podTemplateOf(pick(objects, "DaemonSet", "canal"))?.metadata?.annotations?.["checksum/config"];
    const before = checksum(await render(version));
    expect(before).toMatch(/^[0-9a-f]{64}$/);
    expect(checksum(await render(version, { network: { podCIDRs: ["172.27.0.0/16"] } }))).not.toBe(before);
    expect(checksum(await render(version, { network: { coreDNSReplicas: 3 } }))).toBe(before);
  });
});

describe("Canal versions", () => {
  it.each(["v3.8", "v3.19", "v3.20", "v3.21", "v3.22", "v3.23", "v3.25", "v3.26", "v3.27", "v3.28", "v3.29", "v3.30"])(
    "%s renders to complete workloads",
    async (version) => {
      const objects = await render(version);
      expect(manifestProblems(objects)).toEqual([]);
      expect(container(objects, "calico-node").image).toContain(`${version}.`);
      expect(cniConfig(objects).plugins[0]?.type).toBe("calico");
    },
  );

  it("differ in their custom resources", async () => {
    const crds = async (version: string) =>
      (await render(version))
        .filter(({ kind }) => kind === "CustomResourceDefinition")
        .map(({ metadata }) => metadata.name);
    const [old, current] = [await crds("v3.24"), await crds("v3.31")];
    expect(old).toHaveLength(17);
    expect(current).toHaveLength(24);
    expect(current).toEqual(expect.arrayContaining(old));
    expect(old).not.toContain("tiers.crd.projectcalico.org");
    expect(current).toContain("adminnetworkpolicies.policy.networking.k8s.io");
  });

  it("are named when an unknown one is asked for", async () => {
    await expect(render("v3.32")).rejects.toThrow(/cni\.version: Canal "v3\.32" is not known, expected one of v3\.19,/);
  });
});
