import { describe, expect, test } from "vitest";
import { allowedVersions } from "../catalogue/catalogue.ts";
import { catalogueNames, loadCatalogue } from "../catalogue/load.ts";
import { defaultClusterSpec } from "../defaults/default-cluster-spec.ts";
import { type JsonObject, valueAt } from "../json.ts";
import { contextFor, minimalSpec, withFields } from "../testing/fixtures.ts";
import { prepareUpdate } from "./prepare-update.ts";
import { validateUpdate } from "./validate-update.ts";

const context = contextFor();

function stored(fields: Record<string, unknown> = {}): JsonObject {
  return defaultClusterSpec(withFields(minimalSpec(), fields), context).spec;
}

const prepare = (old: JsonObject, next: JsonObject, known = context) =>
  prepareUpdate<JsonObject>({ spec: old }, { spec: next }, known);

describe("what a write leaves open", () => {
  const own = {
    cniPlugin: { type: "cilium", version: "1.18.10" },
    exposeStrategy: "Tunneling",
    "clusterNetwork.pods.cidrBlocks": ["10.4.0.0/16"],
    "clusterNetwork.services.cidrBlocks": ["10.96.0.0/16"],
    "clusterNetwork.proxyMode": "iptables",
    "clusterNetwork.konnectivityEnabled": true,
    "clusterNetwork.nodeLocalDNSCacheEnabled": false,
    "clusterNetwork.dnsDomain": "corp.example",
    "clusterNetwork.tunnelingAgentIP": "192.168.30.10",
    "componentsOverride.apiserver.nodePortRange": "31000-31999",
  };

  test("stays as it is, whatever the catalogue, the seed or a template say today", () => {
    const old = stored(own);
    const changed = contextFor("bringyourown", {
      catalogue: loadCatalogue("2.22"),
      seedDefaults: { exposeStrategy: "LoadBalancer" },
      template: { clusterNetwork: { dnsDomain: "template.example" }, features: { a: true } },
    });
    const { spec, origins } = prepare(old, minimalSpec(), changed);
    expect(spec).toEqual(old);
    expect(validateUpdate({ spec: old }, { spec }, changed).errors).toEqual([]);
    expect(origins.find(({ field }) => field === "spec.clusterNetwork.dnsDomain")).toMatchObject({
      value: "corp.example",
      source: "stored",
    });
  });

  test.each([undefined, null, { type: "cilium" }, { type: "cilium", version: "" }])(
    "so does the CNI with cniPlugin %j",
    (cniPlugin) => {
      const { spec } = prepare(stored(own), withFields(minimalSpec(), { cniPlugin }));
      expect(spec.cniPlugin).toEqual({ type: "cilium", version: "1.18.10" });
    },
  );

  test.each([{}, { type: "" }, { version: "1.19.4" }])(
    "but not its type beside settings that name none: %j",
    (cniPlugin) => {
      const old = stored(own);
      const { spec } = prepare(old, withFields(minimalSpec(), { cniPlugin }));
      const { errors } = validateUpdate({ spec: old }, { spec }, context);
      expect(errors.map(({ code }) => code)).toEqual(["cni-type-unknown", "proxy-mode-change", "cni-type-change"]);
    },
  );

  test("but not a version of another type, nor the proxy mode that went with it", () => {
    const next = withFields(minimalSpec(), { cniPlugin: { type: "canal" } });
    const { spec } = prepare(stored({ ...own, "clusterNetwork.proxyMode": "ebpf" }), next);
    expect(spec.cniPlugin).toEqual({ type: "canal", version: "v3.31" });
    expect(valueAt(spec, ["clusterNetwork", "proxyMode"])).toBe("ipvs");
  });

  test("nor what no longer applies", () => {
    const next = withFields(minimalSpec(), { exposeStrategy: "NodePort" });
    const { spec } = prepare(stored(own), next);
    expect(valueAt(spec, ["clusterNetwork", "tunnelingAgentIP"])).toBeUndefined();
    const iptables = withFields(minimalSpec(), { "clusterNetwork.proxyMode": "iptables" });
    expect(valueAt(prepare(stored(), iptables).spec, ["clusterNetwork", "ipvs"])).toBeUndefined();
  });

  test("is filled by seed and rules where nothing is stored", () => {
    const known = contextFor("bringyourown", { seedDefaults: { exposeStrategy: "LoadBalancer" } });
    const { spec } = prepare(minimalSpec(), minimalSpec(), known);
    expect(spec).toMatchObject({ exposeStrategy: "LoadBalancer", cniPlugin: { type: "canal", version: "v3.31" } });
  });

  test("an explicit value wins, false and 0 included", () => {
    const next = withFields(stored(own), {
      "clusterNetwork.konnectivityEnabled": false,
      "clusterNetwork.nodeCidrMaskSizeIPv4": 0,
    });
    expect(prepare(stored(own), next).spec).toEqual(next);
  });
});

describe("forced upgrades", () => {
  const known = contextFor("bringyourown", { catalogue: loadCatalogue("2.22") });
  const versionOf = (spec: JsonObject) => valueAt(spec, ["cniPlugin", "version"]);
  const at = (kubernetes: string, version: string): JsonObject =>
    withFields(stored(), { version: kubernetes, cniPlugin: { type: "canal", version } });

  test.each([
    ["v3.8", "1.21.0", "1.22.0", "v3.24"],
    ["v3.8", "1.20.0", "1.21.0", "v3.8"],
    ["v3.8", "1.23.0", "1.24.0", "v3.24"],
    ["v3.19", "1.22.0", "1.23.0", "v3.22"],
    ["v3.21", "1.22.0", "1.22.9", "v3.21"],
    ["v3.21", "1.23.0", "1.23.1", "v3.22"],
    ["v3.22", "1.22.0", "1.23.0", "v3.22"],
  ])("%s from Kubernetes %s to %s: %s", (version, from, to, expected) => {
    const { spec, origins } = prepare(at(from, version), { ...at(from, version), version: to }, known);
    expect(versionOf(spec)).toBe(expected);
    const origin = origins.find(({ field }) => field === "spec.cniPlugin.version");
    expect(origin?.rule).toBe(expected === version ? "cni-version-default" : "cni-forced-upgrade");
    expect(origin?.value).toBe(expected);
  });

  test("leave a cluster alone that does not move to a newer Kubernetes", () => {
    const old = at("1.25.0", "v3.20");
    const changes = [
      { humanReadableName: "d" },
      { version: "1.24.0" },
      { version: "x" },
      { "cniPlugin.version": "v3.21" },
    ];
    for (const change of changes) {
      const { spec } = prepare(old, withFields(old, change), known);
      expect(versionOf(spec)).toBe(change["cniPlugin.version"] ?? "v3.20");
    }
  });

  test("go over what the same write asks for", () => {
    const { spec } = prepare(at("1.22.0", "v3.20"), at("1.23.0", "v3.21"), known);
    expect(versionOf(spec)).toBe("v3.22");
  });

  test.each(catalogueNames)(
    "of catalogue %s are legal themselves, from every version and to every Kubernetes",
    (name) => {
      const minors = Array.from({ length: 20 }, (_, index) => `1.${17 + index}.0`);
      const all = contextFor("bringyourown", { catalogue: loadCatalogue(name), kubernetesVersions: minors });
      let forced = 0;
      for (const type of ["canal", "cilium"]) {
        for (const { version } of allowedVersions(all.catalogue, type)) {
          for (const [index, to] of minors.slice(1).entries()) {
            const cniPlugin = { type, version };
            const old = withFields(stored({ cniPlugin: { type } }), { version: minors[index], cniPlugin });
            const { spec } = prepare(old, { ...old, version: to }, all);
            if (versionOf(spec) !== version) forced++;
            expect(validateUpdate({ spec: old }, { spec }, all).errors).toEqual([]);
          }
        }
      }
      expect(forced).toBeGreaterThan(0);
    },
  );
});

test.each([null, 5, "x", [], {}, { cniPlugin: 5 }, { version: [] }])("any JSON is taken: %j", (json) => {
  for (const old of [stored(), json]) {
    const { spec } = prepareUpdate<unknown>({ spec: old }, { spec: json }, context);
    expect(validateUpdate({ spec: old }, { spec }, context).errors).toBeDefined();
  }
});
