import { kubermaticConfigurationType } from "@fairlead/resources";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TestApi } from "./testing/test-api.ts";

let api: TestApi;

beforeAll(async () => {
  api = await TestApi.start();
});
afterAll(() => api?.stop());

describe("catalogues", () => {
  test("datacenters, by name, without their credentials", async () => {
    const response = await api.get("/api/v1/dc");
    const datacenters = response.json<{ metadata: { name: string } }[]>();
    expect(datacenters.map(({ metadata }) => metadata.name)).toEqual([
      "aws-eu",
      "hetzner-fsn",
      "kubevirt-dc",
      "local",
      "openstack-v6",
      "vsphere-dc",
    ]);
    expect(response.body).not.toMatch(/s3cret|infraManagementUser/);
    expect((await api.get("/api/v1/dc/local")).json()).toEqual({
      metadata: { name: "local" },
      spec: {
        seed: "embedded",
        country: "DE",
        location: "Here",
        provider: "bringyourown",
        bringyourown: {},
        node: {},
        enforceAuditLogging: false,
        enforcePodSecurityPolicy: false,
        ipv6Enabled: true,
      },
    });
    expect((await api.get("/api/v1/dc/nope")).statusCode).toBe(404);
  });

  test.each([
    ["local", true],
    ["aws-eu", true],
    ["openstack-v6", true],
    ["vsphere-dc", false],
    ["kubevirt-dc", false],
  ])("datacenter %s has IPv6: %s", async (name, ipv6Enabled) => {
    expect((await api.get(`/api/v1/dc/${name}`)).json()).toMatchObject({ spec: { ipv6Enabled } });
  });

  test("seeds and their datacenters", async () => {
    expect((await api.get("/api/v1/seed")).json()).toEqual(["embedded"]);
    expect((await api.get("/api/v1/seed/embedded/dc")).json()).toHaveLength(6);
    expect((await api.get("/api/v1/seed/nope/dc")).statusCode).toBe(404);
  });

  test("Kubernetes versions, oldest first, with the default", async () => {
    const versions = [{ version: "1.35.4" }, { version: "1.36.3", default: true }];
    expect((await api.get("/api/v2/providers/aws/versions?type=kubernetes")).json()).toEqual(versions);
    expect((await api.get("/api/v1/upgrades/cluster")).json()).toEqual(versions);
    const ofNodes = async (version: string) =>
      (await api.get(`/api/v1/upgrades/node?control_plane_version=${version}`)).json();
    expect(await ofNodes("1.36.3")).toEqual(versions);
    expect(await ofNodes("1.36.2")).toEqual([{ version: "1.35.4" }]);
    expect(await ofNodes("1.39.0")).toEqual([{ version: "1.36.3", default: true }]);
    expect(await ofNodes("newest")).toMatchObject({ error: { code: 400 } });
    expect((await api.get("/api/v2/providers/nope/versions")).statusCode).toBe(400);
    expect((await api.get("/api/v2/providers/aws/versions?type=foo")).statusCode).toBe(400);
  });

  test("CNI versions follow the catalogue that the configuration names", async () => {
    const versions = async (type: string) => (await api.get(`/api/v2/cni/${type}/versions`)).json();
    expect(await versions("none")).toEqual({ cniPluginType: "none", versions: [""] });
    expect((await versions("canal")).versions).toContain("v3.31");
    const ref = { name: "fairlead", namespace: "kubermatic" };
    const choose = (catalogue: string | null) =>
      api.management.mergePatch(kubermaticConfigurationType, ref, { spec: { userCluster: { cni: { catalogue } } } });
    const soon = { timeout: 60_000 }; // the configuration is read at most once a second
    try {
      await choose("2.22");
      const canal = { cniPluginType: "canal", versions: ["v3.22", "v3.23", "v3.24"] };
      await expect.poll(() => versions("canal"), soon).toEqual(canal);
      expect(await versions("cilium")).toEqual({ cniPluginType: "cilium", versions: ["1.13.8", "v1.11", "v1.12"] });
      await choose("9.9");
      const message = expect.stringContaining("spec.userCluster.cni.catalogue");
      await expect.poll(() => versions("canal"), soon).toEqual({ error: { code: 500, message } });
    } finally {
      await choose(null);
    }
    await expect.poll(async () => (await versions("canal")).versions, soon).toContain("v3.31");
  });

  test("an unknown CNI is 400 and names those there are", async () => {
    const response = await api.get("/api/v2/cni/foo/versions");
    expect([response.statusCode, response.json()]).toEqual([
      400,
      { error: { code: 400, message: 'CNI plugin type "foo" not supported. Supported types: [canal cilium none]' } },
    ]);
  });

  test("network defaults, as the rules have them for the provider", async () => {
    const standard = {
      ipv4: {
        podsCidr: "172.25.0.0/16",
        servicesCidr: "10.240.16.0/20",
        nodeCidrMaskSize: 24,
        nodePortsAllowedIPRange: "0.0.0.0/0",
      },
      ipv6: {
        podsCidr: "fd01::/48",
        servicesCidr: "fd02::/120",
        nodeCidrMaskSize: 64,
        nodePortsAllowedIPRange: "::/0",
      },
      proxyMode: "ipvs",
      nodeLocalDNSCacheEnabled: true,
      clusterExposeStrategy: "NodePort",
      tunnelingAgentIP: "100.64.30.10",
    };
    const defaults = (provider: string, dc: string) =>
      api.get(`/api/v2/providers/${provider}/dc/${dc}/networkdefaults`);
    expect((await defaults("bringyourown", "local")).json()).toEqual(standard);
    expect((await defaults("hetzner", "hetzner-fsn")).json()).toEqual({ ...standard, proxyMode: "iptables" });
    expect((await defaults("kubevirt", "kubevirt-dc")).json()).toEqual({
      ...standard,
      ipv4: { ...standard.ipv4, podsCidr: "172.26.0.0/16", servicesCidr: "10.241.0.0/20" },
    });
    expect((await defaults("nope", "local")).statusCode).toBe(400);
    expect((await defaults("aws", "nope")).statusCode).toBe(404);
    expect((await defaults("aws", "local")).statusCode).toBe(400);
  });

  test("the version", async () => {
    expect((await api.get("/api/v1/version")).json()).toEqual({ api: "0.0.0-test" });
  });
});
