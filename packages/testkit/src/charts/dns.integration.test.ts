import { describe, expect, it } from "vitest";
import { addonValues, dualStack } from "./addon-values.ts";
import { type CorefileEntry, parseCorefile } from "./corefile.ts";
import { manifestProblems } from "./manifest-problems.ts";
import { type AddonChart, addonDirectory, configEntry, pick, renderChart } from "./render-chart.ts";
import { containersOf } from "./rendered-object.ts";

function render(chart: AddonChart, overrides: Parameters<typeof addonValues>[0] = {}) {
  return renderChart(addonDirectory(chart), { values: addonValues(overrides) });
}

function directive(zone: CorefileEntry | undefined, name: string): CorefileEntry | undefined {
  return zone?.block.find(({ words }) => words[0] === name);
}

describe("CoreDNS", () => {
  it("answers at the tenth service address", async () => {
    const service = pick(await render("coredns"), "Service", "kube-dns");
    expect(service.spec).toMatchObject({ clusterIP: "10.241.0.10", ipFamilyPolicy: "SingleStack" });
    expect(service.spec?.ports?.map(({ name, port }) => `${name}:${port}`)).toEqual([
      "dns:53",
      "dns-tcp:53",
      "metrics:9153",
    ]);
  });

  it("has an address of each family in a dual-stack cluster", async () => {
    const service = pick(await render("coredns", { network: dualStack }), "Service", "kube-dns");
    expect(service.spec).toMatchObject({ ipFamilyPolicy: "PreferDualStack", ipFamilies: ["IPv4", "IPv6"] });
  });

  it("serves the cluster's domain and forwards the rest", async () => {
    const objects = await render("coredns", { network: { dnsDomain: "cluster.example" } });
    const [zone, ...others] = parseCorefile(configEntry(objects, "coredns", "Corefile"));
    expect(others).toEqual([]);
    expect(zone?.words).toEqual([".:53"]);
    expect(directive(zone, "kubernetes")?.words).toEqual(["kubernetes", "cluster.example", "in-addr.arpa", "ip6.arpa"]);
    expect(directive(zone, "forward")?.words).toEqual(["forward", ".", "/etc/resolv.conf"]);
    expect(directive(zone, "cache")?.words).toEqual(["cache", "30"]);
  });

  it("is a complete workload with the asked replicas", async () => {
    const objects = await render("coredns", { network: { coreDNSReplicas: 3 } });
    expect(manifestProblems(objects)).toEqual([]);
    expect(pick(objects, "Deployment", "coredns").spec?.replicas).toBe(3);
    expect(pick(objects, "PodDisruptionBudget", "coredns")).toBeDefined();
  });

  it.each([
    ["1.36.3", "v1.14.2"],
    ["1.35.4", "v1.13.1"],
    ["1.30.1", "v1.11.1"],
    ["1.26.15", "v1.9.3"],
    ["1.24.17", "v1.8.6"],
    ["1.37.0", "v1.14.2"],
  ])("for Kubernetes %s is %s", async (version, image) => {
    const [container] = containersOf(pick(await render("coredns", { cluster: { version } }), "Deployment", "coredns"));
    expect(container?.image).toBe(`registry.k8s.io/coredns/coredns:${image}`);
  });
});

describe("NodeLocal DNS", () => {
  it("asks kube-dns over TCP about the cluster, and the node's resolvers about the rest", async () => {
    const zones = parseCorefile(configEntry(await render("node-local-dns"), "node-local-dns", "Corefile"));
    expect(zones.map(({ words }) => words.join(" "))).toEqual([
      "cluster.local:53",
      "in-addr.arpa:53",
      "ip6.arpa:53",
      ".:53",
    ]);
    for (const zone of zones) {
      const inCluster = zone.words[0] !== ".:53";
      expect(directive(zone, "bind")?.words).toEqual(["bind", "169.254.20.10"]);
      expect(directive(zone, "forward")).toEqual({
        words: ["forward", ".", inCluster ? "10.241.0.10" : "/etc/resolv.conf"],
        block: inCluster ? [{ words: ["force_tcp"], block: [] }] : [],
      });
    }
    expect(directive(zones[0], "health")?.words).toEqual(["health", "169.254.20.10:8080"]);
  });

  it("is a complete workload that listens on the link-local address", async () => {
    const objects = await render("node-local-dns", { overwriteRegistry: "mirror.example.com" });
    expect(manifestProblems(objects)).toEqual([]);
    const [container] = containersOf(pick(objects, "DaemonSet", "node-local-dns"));
    expect(container?.args?.slice(0, 2)).toEqual(["-localip", "169.254.20.10"]);
    expect(container?.image).toBe("mirror.example.com/dns/k8s-dns-node-cache:1.25.0");
  });

  it("refuses the address of kube-dns as its own", async () => {
    const refused = render("node-local-dns", { network: { dnsResolverIP: "10.241.0.10" } });
    await expect(refused).rejects.toThrow(/network\.dnsResolverIP: 10\.241\.0\.10 is the address of kube-dns/);
  });
});
