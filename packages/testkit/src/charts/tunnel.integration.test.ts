import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { addonValues, dualStack } from "./addon-values.ts";
import { manifestProblems } from "./manifest-problems.ts";
import { type AddonChart, addonDirectory, configEntry, pick, renderChart } from "./render-chart.ts";
import { containersOf, podTemplateOf } from "./rendered-object.ts";

function render(chart: AddonChart, overrides: Parameters<typeof addonValues>[0] = {}) {
  return renderChart(addonDirectory(chart), { values: addonValues(overrides) });
}

function withoutHost(tunnel: "konnectivity" | "openvpn") {
  const { cluster } = addonValues();
  return { cluster: { tunnel: { ...cluster.tunnel, [tunnel]: { ...cluster.tunnel[tunnel], host: "" } } } };
}

describe.each(["konnectivity-agent", "openvpn-client", "metrics-server"] as const)("%s", (chart) => {
  it("is a complete workload with a network policy, and keeps no key", async () => {
    const objects = await render(chart);
    expect(manifestProblems(objects)).toEqual([]);
    expect(objects.map(({ kind }) => kind)).toContain("NetworkPolicy");
    expect(objects.map(({ kind }) => kind)).not.toContain("Secret");
  });
});

describe("Konnectivity's agents", () => {
  it("are two, connect to this cluster's proxy-server and prove who they are by a token that is good for nothing else", async () => {
    const deployment = pick(await render("konnectivity-agent"), "Deployment", "konnectivity-agent");
    expect(deployment.spec?.replicas).toBe(2);
    const [agent] = containersOf(deployment);
    expect(agent?.args).toEqual(
      expect.arrayContaining([
        "--proxy-server-host=abcdefghij.example.com",
        "--proxy-server-port=31132",
        "--keepalive-time=1m",
        "--sync-forever=true",
        "--service-account-token-path=/var/run/secrets/tokens/system-konnectivity-agent-token",
      ]),
    );
    expect(podTemplateOf(deployment)?.spec?.volumes?.find(({ name }) => name === "token")?.projected).toEqual({
      sources: [
        {
          serviceAccountToken: {
            path: "system-konnectivity-agent-token",
            audience: "system:konnectivity-server",
            expirationSeconds: 3600,
          },
        },
      ],
    });
  });

  it("are ready once they are connected", async () => {
    const [agent] = containersOf(pick(await render("konnectivity-agent"), "Deployment", "konnectivity-agent"));
    expect(agent?.readinessProbe?.httpGet?.path).toBe("/readyz");
  });

  it("are refused without the address of a server", async () => {
    await expect(render("konnectivity-agent", withoutHost("konnectivity"))).rejects.toThrow(
      "cluster.tunnel.konnectivity.host",
    );
  });
});

describe("OpenVPN's client", () => {
  it("connects to this cluster's server, and there is only one", async () => {
    const objects = await render("openvpn-client");
    expect(configEntry(objects, "openvpn-client", "client.conf")).toContain("remote abcdefghij.example.com 31194\n");
    expect(pick(objects, "Deployment", "openvpn-client").spec).toMatchObject({
      replicas: 1,
      strategy: { type: "Recreate" },
    });
  });

  it("translates the addresses of nodes by the control plane's own script", async () => {
    const script = join(import.meta.dirname, "../../../control-plane/src/tunnel/node-dnat.sh");
    const rendered = configEntry(await render("openvpn-client"), "openvpn-client", "node-dnat.sh");
    expect(rendered.trim()).toBe((await readFile(script, "utf8")).trim());
  });

  it("is refused without the address of a server", async () => {
    await expect(render("openvpn-client", withoutHost("openvpn"))).rejects.toThrow("cluster.tunnel.openvpn.host");
  });
});

describe("metrics-server", () => {
  it("is behind its Service, on two pods, and registers nothing", async () => {
    const objects = await render("metrics-server");
    expect(pick(objects, "Deployment", "metrics-server").spec?.replicas).toBe(2);
    expect(pick(objects, "Service", "metrics-server").spec?.ipFamilyPolicy).toBe("SingleStack");
    expect(objects.map(({ kind }) => kind)).not.toContain("APIService");
  });

  it("has an address of each family in a dual-stack cluster", async () => {
    const objects = await render("metrics-server", { network: dualStack });
    expect(pick(objects, "Service", "metrics-server").spec?.ipFamilies).toEqual(["IPv4", "IPv6"]);
  });
});
