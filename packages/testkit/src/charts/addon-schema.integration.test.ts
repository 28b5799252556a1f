import { describe, expect, it } from "vitest";
import { addonValues, dualStack } from "./addon-values.ts";
import { addonDirectory, renderChart } from "./render-chart.ts";

/** All add-on charts share one schema, so one chart stands for all. */
function render(values: object) {
  return renderChart(addonDirectory("coredns"), { values });
}

describe("the schema of the add-on charts", () => {
  it("accepts what the controllers write", async () => {
    await expect(render(addonValues())).resolves.not.toEqual([]);
    await expect(render(addonValues({ network: dualStack }))).resolves.not.toEqual([]);
    await expect(render(addonValues({ cni: { type: "none", version: "" } }))).resolves.not.toEqual([]);
  });

  const { network } = addonValues();
  it.each([
    ["/network/strictArp", { network: { strictArp: "true" } }],
    ["/network/coreDNSReplicas", { network: { coreDNSReplicas: "2" } }],
    ["/network/podCIDRs", { network: { podCIDRs: "172.25.0.0/16" } }],
    ["/network/podCIDRs/1", { network: { podCIDRs: ["172.25.0.0/16", "172.26.0.0/16"] } }],
    ["/network/proxyMode", { network: { proxyMode: "userspace" } }],
    ["/network/dnsDomain", { network: { dnsDomain: "Cluster_Local" } }],
    ["/network", { network: { ipfamily: "IPv4" } }],
    ["/network", { network: { ...network, dualStack: true } }],
    ["/network", { network: { ...network, ...dualStack, podCIDRs: ["172.25.0.0/16"] } }],
    ["/cluster/version", { cluster: { version: "v1.36.3" } }],
    ["/cluster/apiServer/port", { cluster: { apiServer: { port: 0 } } }],
    ["/cluster/apiServer/url", { cluster: { apiServer: { url: "http://example.com" } } }],
    ["/cni/type", { cni: { type: "calico" } }],
    ["/overwriteRegistry", { overwriteRegistry: "https://registry.example.com/" }],
    ["/overwriteRegistry", { overwriteRegistry: 'a"\n---\nkind: Secret' }],
    ["/cluster/id", { cluster: { id: '{{ lookup "v1" "Secret" "kube-system" "" }}' } }],
    ["/cluster/apiServer/host", { cluster: { apiServer: { host: "a\n---\nkind: Secret" } } }],
    ["/cluster/apiServer/url", { cluster: { apiServer: { url: 'https://a"}}{{' } } }],
    ["/cluster/tunnel/openvpn/host", { cluster: { tunnel: { openvpn: { host: "a 1\nup /bin/sh" } } } }],
    ["/cni/version", { cni: { version: "$(id)" } }],
  ])("refuses a wrong %s", async (path, values) => {
    await expect(render(values)).rejects.toThrow(`at '${path}'`);
  });
});
