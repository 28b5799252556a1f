import { describe, expect, it } from "vitest";
import { addonValues, dualStack } from "./addon-values.ts";
import { addonDirectory, pick, renderChart } from "./render-chart.ts";
import { containersOf, podTemplateOf, type RenderedObject } from "./rendered-object.ts";

function render(chart: "cilium" | "hubble", version: string, overrides: Parameters<typeof addonValues>[0] = {}) {
  const values = addonValues({ ...overrides, cni: { type: "cilium", version } });
  return renderChart(addonDirectory(chart), { values, kubeVersion: values.cluster.version });
}

function configOf(objects: readonly RenderedObject[]): Record<string, string> {
  return pick(objects, "ConfigMap", "cilium-config").data ?? {};
}

function agentEnvironment(objects: readonly RenderedObject[]): Record<string, string | undefined> {
  const agent = containersOf(pick(objects, "DaemonSet", "cilium")).find(({ name }) => name === "cilium-agent");
  return Object.fromEntries((agent?.env ?? []).map(({ name, value }) => [name, value]));
}

const expected = {
  "v1.11": { tag: "v1.11.16", certgen: "v0.1.5", ca: "--hubble-ca-generate", privileged: true },
  "v1.12": { tag: "v1.12.9", certgen: "v0.1.8", ca: "--ca-generate", privileged: undefined },
};

describe.each(["v1.11", "v1.12"] as const)("Cilium %s as add-on", (version) => {
  it("takes ranges and masks from the cluster, and leaves kube-proxy its work", async () => {
    const objects = await render("cilium", version, { network: { nodeCIDRMaskSizeIPv4: 25 } });
    expect(configOf(objects)).toMatchObject({
      ipam: "cluster-pool",
      "cluster-pool-ipv4-cidr": "172.26.0.0/16",
      "cluster-pool-ipv4-mask-size": "25",
      "enable-ipv6": "false",
      "kube-proxy-replacement": "disabled",
      "exclude-local-address": "169.254.20.10/32",
    });
    expect(configOf(objects)).not.toHaveProperty("cluster-pool-ipv6-cidr");
    expect(configOf(objects)).not.toHaveProperty("node-port-range");
    expect(agentEnvironment(objects)).not.toHaveProperty("KUBERNETES_SERVICE_HOST");
  });

  it("replaces kube-proxy in ebpf mode, and finds the API server without it", async () => {
    const objects = await render("cilium", version, { network: { proxyMode: "ebpf", nodePortRange: "31000-32000" } });
    expect(configOf(objects)).toMatchObject({
      "kube-proxy-replacement": "strict",
      "kube-proxy-replacement-healthz-bind-address": "",
      "node-port-range": "31000,32000",
    });
    expect(agentEnvironment(objects)).toMatchObject({
      KUBERNETES_SERVICE_HOST: "abcdefghij.example.com",
      KUBERNETES_SERVICE_PORT: "31443",
    });
  });

  it("refuses ebpf mode without an address", async () => {
    const apiServer = { host: "", port: 6443, url: "" };
    await expect(render("cilium", version, { network: { proxyMode: "ebpf" }, cluster: { apiServer } })).rejects.toThrow(
      "cluster.apiServer.host: without kube-proxy Cilium needs",
    );
  });

  it("hands out addresses of both families in a dual-stack cluster", async () => {
    expect(configOf(await render("cilium", version, { network: dualStack }))).toMatchObject({
      "enable-ipv6": "true",
      "cluster-pool-ipv6-cidr": "fd01::/48",
      "cluster-pool-ipv6-mask-size": "64",
    });
  });

  it("runs that version's images with that version's rights", async () => {
    const objects = await render("cilium", version);
    const { tag, privileged } = expected[version];
    const agent = containersOf(pick(objects, "DaemonSet", "cilium")).find(({ name }) => name === "cilium-agent");
    expect(agent?.image).toBe(`quay.io/cilium/cilium:${tag}`);
    expect(agent?.securityContext?.privileged).toBe(privileged);
    const [operator] = containersOf(pick(objects, "Deployment", "cilium-operator"));
    expect(operator?.image).toBe(`quay.io/cilium/operator-generic:${tag}`);
  });

  it("restarts agent and operator when the configuration changes", async () => {
    const checksums = async (podCIDRs: string[]) => {
      const objects = await render("cilium", version, { network: { podCIDRs } });
      return [pick(objects, "DaemonSet", "cilium"), pick(objects, "Deployment", "cilium-operator")].map(
        (workload) => podTemplateOf(workload)?.metadata?.annotations?.["checksum/config"],
      );
    };
    const [before, same, after] = [
      await checksums(["172.26.0.0/16"]),
      await checksums(["172.26.0.0/16"]),
      await checksums(["172.27.0.0/16"]),
    ];
    expect(same).toEqual(before);
    expect(after[0]).not.toBe(before[0]);
    expect(after[1]).not.toBe(before[1]);
  });

  it("has Hubble as add-on of its own, with certificates made in the cluster", async () => {
    const objects = await render("hubble", version, { network: { dnsDomain: "cluster.example" } });
    const { tag, certgen, ca } = expected[version];
    const jobs = objects.filter(({ kind }) => kind === "Job" || kind === "CronJob");
    expect(jobs).toHaveLength(2);
    for (const job of jobs) {
      expect(containersOf(job)[0]?.image).toBe(`quay.io/cilium/certgen:${certgen}`);
      expect(containersOf(job)[0]?.args).toContain(ca);
    }
    const [relay] = containersOf(pick(objects, "Deployment", "hubble-relay"));
    expect(relay?.image).toBe(`quay.io/cilium/hubble-relay:${tag}`);
    expect(pick(objects, "ConfigMap", "hubble-relay-config").data?.["config.yaml"]).toContain(
      "peer-service: hubble-peer.kube-system.svc.cluster.example:443",
    );
    expect(pick(objects, "Service", "hubble-ui").spec?.ports).toMatchObject([{ port: 80 }]);
    expect(objects.some(({ kind }) => kind === "Secret")).toBe(false);
  });

  it("shows no page if none is wanted", async () => {
    const objects = await render("hubble", version, { hubble: { ui: false } });
    expect(objects.some(({ metadata }) => metadata.name === "hubble-ui")).toBe(false);
  });
});

describe("versions that are no add-on", () => {
  it.each([
    ["cilium", "1.13.8", /Cilium "1\.13\.8" is not an add-on, expected one of v1\.11, v1\.12/],
    ["hubble", "1.13.8", /Hubble is an add-on for Cilium v1\.11 and v1\.12, and this is cilium 1\.13\.8/],
  ] as const)("%s %s is refused", async (chart, version, message) => {
    await expect(render(chart, version)).rejects.toThrow(message);
  });

  it.each(["1.29.15", "1.36.3"])("AppArmor is told as Kubernetes %s wants it", async (version) => {
    const template = podTemplateOf(
      pick(await render("cilium", "v1.12", { cluster: { version } }), "DaemonSet", "cilium"),
    );
    const annotation = "container.apparmor.security.beta.kubernetes.io/cilium-agent";
    const field = JSON.stringify(template?.spec).includes('"appArmorProfile":{"type":"Unconfined"}');
    expect([template?.metadata?.annotations?.[annotation], field]).toEqual(
      version === "1.36.3" ? [undefined, true] : ["unconfined", false],
    );
  });
});
