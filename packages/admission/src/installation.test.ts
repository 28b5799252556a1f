import type { KubermaticConfiguration, Seed } from "@fairlead/resources";
import { describe, expect, test } from "vitest";
import {
  ConfigurationError,
  catalogueOf,
  defaultKubernetesVersion,
  findDatacenter,
  kubernetesVersions,
  ruleContext,
} from "./installation.ts";

const seed: Seed = {
  metadata: { name: "embedded", namespace: "kubermatic" },
  spec: {
    datacenters: {
      local: { spec: { bringyourown: {} } },
      "openstack-dc": { spec: { openstack: {} } },
      "openstack-v6": { spec: { openstack: { ipv6Enabled: true } } },
      "gcp-dc": { spec: { gcp: { region: "europe-west3" } } },
      nowhere: { spec: {} },
    },
  },
};

function configuration(spec: KubermaticConfiguration["spec"]): KubermaticConfiguration {
  return { metadata: { name: "fairlead", namespace: "kubermatic" }, spec };
}

describe("catalogueOf", () => {
  test("is current unless the configuration says otherwise", () => {
    expect(catalogueOf({ seeds: [] }).name).toBe("current");
    expect(
      catalogueOf({ seeds: [], configuration: configuration({ userCluster: { cni: { catalogue: "2.22" } } }) }).name,
    ).toBe("2.22");
  });
  test("an unknown one is named together with those that there are", () => {
    const installation = { seeds: [], configuration: configuration({ userCluster: { cni: { catalogue: "2.19" } } }) };
    expect(() => catalogueOf(installation)).toThrow(ConfigurationError);
    expect(() => catalogueOf(installation)).toThrow(
      /spec\.userCluster\.cni\.catalogue.*"2\.19".*"2\.20", "2\.21", "2\.22", "current"/,
    );
  });
});

describe("a catalogue with an overlay", () => {
  const withOverlay = (overlay: Record<string, unknown>) => ({
    seeds: [],
    configuration: configuration({ userCluster: { cni: { catalogue: "2.22", overlay } } }),
  });
  const removed = withOverlay({ canal: { removedVersions: ["v3.19"] } });

  test("announces, deprecates and removes", () => {
    const installation = withOverlay({
      canal: { removedVersions: ["v3.19"] },
      cilium: {
        versions: [
          { version: "1.13.8", phase: "deprecated", advisories: ["CVE-2026-0001"] },
          { version: "1.13.14", delivery: "application" },
        ],
      },
    });
    const { types } = catalogueOf(installation);
    expect(types.get("canal")?.versions.has("v3.19")).toBe(false);
    expect(types.get("cilium")?.defaultVersion).toBe("1.13.14");
    expect(types.get("cilium")?.versions.get("1.13.8")).toMatchObject({
      phase: "deprecated",
      advisories: ["CVE-2026-0001"],
    });
    expect(catalogueOf(installation)).toBe(catalogueOf(installation));
  });
  test("keeps what a cluster uses, with all that was known of it", () => {
    const used = [{ type: "canal", version: "v3.19" }];
    expect(catalogueOf(removed, used).types.get("canal")?.versions.get("v3.19")).toMatchObject({
      phase: "deprecated",
      delivery: "addon",
      kubernetes: { from: "1.19", to: "1.21" },
    });
  });
  test("that is wrong is refused with the path of its mistake", () => {
    const wrong = withOverlay({ canal: { versions: [{ version: "v3.25" }] } });
    expect(() => catalogueOf(wrong)).toThrow(ConfigurationError);
    expect(() => catalogueOf(wrong)).toThrow(
      "spec.userCluster.cni.overlay.canal.versions[0].delivery: expected addon or application",
    );
  });
});

test("Kubernetes versions lose their v, and the default falls back to the last one on offer", () => {
  const installation = { seeds: [], configuration: configuration({ versions: { versions: ["v1.35.4", "1.36.3"] } }) };
  expect(kubernetesVersions(installation)).toEqual(["1.35.4", "1.36.3"]);
  expect(defaultKubernetesVersion(installation)).toBe("1.36.3");
  expect(defaultKubernetesVersion({ seeds: [] })).toBeUndefined();
});

describe("findDatacenter", () => {
  test("knows the region", () => {
    expect(findDatacenter({ seeds: [seed] }, "gcp-dc")?.datacenter.region).toBe("europe-west3");
    expect(findDatacenter({ seeds: [seed] }, "local")?.datacenter).not.toHaveProperty("region");
  });
  test("knows provider and IPv6", () => {
    expect(findDatacenter({ seeds: [seed] }, "local")?.datacenter).toEqual({
      name: "local",
      provider: "bringyourown",
      ipv6Enabled: true,
    });
    expect(findDatacenter({ seeds: [seed] }, "openstack-dc")?.datacenter.ipv6Enabled).toBe(false);
    expect(findDatacenter({ seeds: [seed] }, "openstack-v6")?.datacenter.ipv6Enabled).toBe(true);
  });
  test.each(["unknown", "", "nowhere", "constructor"])("there is none for %j", (name) => {
    expect(findDatacenter({ seeds: [seed] }, name)).toBeUndefined();
  });
});

describe("ruleContext", () => {
  test("the seed's settings win over those of the whole installation", () => {
    const installation = {
      configuration: configuration({ exposeStrategy: "LoadBalancer", userCluster: { nodePortRange: "31000-31999" } }),
      seeds: [seed],
    };
    expect(ruleContext(installation, "local").seedDefaults).toEqual({
      exposeStrategy: "LoadBalancer",
      componentsOverride: { apiserver: { nodePortRange: "31000-31999" } },
    });
    const own = {
      ...seed,
      spec: {
        ...seed.spec,
        exposeStrategy: "Tunneling" as const,
        defaultComponentSettings: { apiserver: { nodePortRange: "30000-30100", replicas: 2 } },
      },
    };
    expect(ruleContext({ ...installation, seeds: [own] }, "local").seedDefaults).toEqual({
      exposeStrategy: "Tunneling",
      componentsOverride: { apiserver: { nodePortRange: "30000-30100", replicas: 2 } },
    });
  });
  test("an unknown datacenter is left for the rules to refuse", () => {
    expect(ruleContext({ seeds: [seed] }, "unknown").datacenter).toBeUndefined();
  });
});
