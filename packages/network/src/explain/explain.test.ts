import { describe, expect, test } from "vitest";
import { loadCatalogue } from "../catalogue/load.ts";
import { overlayCatalogue } from "../catalogue/overlay.ts";
import { defaultClusterSpec } from "../defaults/default-cluster-spec.ts";
import type { JsonObject } from "../json.ts";
import { ruleBook } from "../rule-book.ts";
import { contextFor, minimalSpec, withFields } from "../testing/fixtures.ts";
import type { RuleContext } from "../types.ts";
import { validateUpdate } from "../update/validate-update.ts";
import { forbidden, invalid } from "../validation/rule.ts";
import { validateCreate } from "../validation/validate-create.ts";
import { explainCluster } from "./cluster.ts";
import { explainVersions } from "./versions.ts";

const page = contextFor("bringyourown", { catalogue: loadCatalogue("2.22"), kubernetesVersions: ["1.25.16"] });

function stored(fields: Record<string, unknown> = {}, context: RuleContext = page): JsonObject {
  return defaultClusterSpec(withFields({ ...minimalSpec(), version: "1.25.16" }, fields), context).spec;
}

function explain(spec: JsonObject, path: string, context: RuleContext = page) {
  return explainCluster({ spec }, context).find(({ field }) => field === `spec.${path}`);
}

describe("a field", () => {
  test("of a rule's, a provider's, a seed's, a template's and the cluster's own", () => {
    const context = contextFor("hetzner", {
      seedDefaults: { exposeStrategy: "LoadBalancer" },
      template: { clusterNetwork: { nodeCidrMaskSizeIPv4: 25 } },
    });
    const { spec } = defaultClusterSpec(
      withFields(minimalSpec("hetzner"), { "clusterNetwork.dnsDomain": "a.b", "clusterNetwork.coreDNSReplicas": 4 }),
      context,
    );
    const sources = Object.fromEntries(explainCluster({ spec }, context).map(({ field, source }) => [field, source]));
    expect(sources).toMatchObject({
      "spec.clusterNetwork.pods.cidrBlocks": "rule",
      "spec.clusterNetwork.proxyMode": "provider",
      "spec.exposeStrategy": "seed",
      "spec.clusterNetwork.nodeCidrMaskSizeIPv4": "template",
      "spec.clusterNetwork.dnsDomain": "request",
      "spec.clusterNetwork.coreDNSReplicas": "request",
    });
  });

  test("that differs from what the rule gives says what that would be", () => {
    expect(explain(stored({ "clusterNetwork.proxyMode": "iptables" }), "clusterNetwork.proxyMode")).toMatchObject({
      value: "iptables",
      source: "request",
      rule: "proxy-mode-default",
      reason: expect.stringContaining('left open, it would be "ipvs"'),
    });
  });

  test("that a template sets otherwise is the cluster's own choice", () => {
    const context = { ...page, template: { clusterNetwork: { konnectivityEnabled: true } } };
    const spec = stored({ "clusterNetwork.konnectivityEnabled": false });
    expect(explain(spec, "clusterNetwork.konnectivityEnabled", context)?.source).toBe("request");
  });

  test("has its value even where the cluster does not hold it", () => {
    expect(explain(minimalSpec(), "clusterNetwork.dnsDomain")).toMatchObject({
      value: "cluster.local",
      source: "rule",
    });
  });

  test("names what holds for changes of it, and the label that unlocks", () => {
    const labels = { "unsafe-cni-migration": "" };
    const limits = explainCluster({ spec: stored(), labels }, page).find(({ field }) => field.endsWith("proxyMode"));
    expect(limits?.limits).toEqual([
      {
        code: "proxy-mode-change",
        summary: expect.any(String),
        unlockedBy: "unsafe-cni-migration",
        unlocked: true,
      },
    ]);
    expect(explain(stored(), "clusterNetwork.ipvs.strictArp")?.limits).toEqual([]);
  });
});

describe("versions", () => {
  const at = (version: string, context: RuleContext = page) =>
    new Map(
      explainVersions({ spec: stored({ cniPlugin: { type: "canal", version } }) }, context).map((entry) => [
        entry.version,
        entry,
      ]),
    );
  const steps = (entry?: { steps: readonly { version: string }[] }) => entry?.steps.map(({ version }) => version);

  test("say which are there, reachable, by which steps and what would make them legal", () => {
    const versions = at("v3.22");
    expect([...versions.keys()]).toEqual(["v3.8", "v3.19", "v3.20", "v3.21", "v3.22", "v3.23", "v3.24"]);
    expect(versions.get("v3.22")).toMatchObject({ current: true, reachable: true, steps: [], phase: "supported" });
    expect(versions.get("v3.23")).toMatchObject({ allowed: true, code: "within-one-minor", remedies: [] });
    expect(versions.get("v3.24")).toMatchObject({ allowed: false, reachable: true, code: "cni-version-step" });
    expect(steps(versions.get("v3.24"))).toEqual(["v3.23", "v3.24"]);
    expect(versions.get("v3.24")?.remedies[0]).toContain("v3.23, then v3.24");
    expect(versions.get("v3.8")).toMatchObject({ allowed: false, reachable: false, steps: [] });
    expect(versions.get("v3.8")?.remedies).toEqual([expect.stringContaining("unsafe-cni-upgrade")]);
  });

  test("offer the direct way out of a deprecated one beside the steps", () => {
    const entry = at("v3.20").get("v3.24");
    expect(entry).toMatchObject({ allowed: true, direct: { version: "v3.24" } });
    expect(steps(entry)?.length).toBeGreaterThan(1);
  });

  test("are judged by all rules, not the CNI's alone", () => {
    const dual = stored({
      "clusterNetwork.ipFamily": "IPv4+IPv6",
      cniPlugin: { type: "canal", version: "v3.23" },
    });
    const versions = new Map(explainVersions({ spec: dual }, page).map((entry) => [entry.version, entry]));
    expect(versions.get("v3.22")).toMatchObject({ allowed: true });
    expect(versions.get("v3.21")).toMatchObject({ allowed: false, reachable: false, steps: [] });
    expect(versions.get("v3.21")?.remedies).toEqual(["spec.cniPlugin: dual stack needs Canal v3.22 or newer"]);
  });

  test("carry advisories and warnings", () => {
    const spec = stored({ cniPlugin: { type: "cilium", version: "1.13.8" } });
    const vulnerable = explainVersions({ spec }, page).find(({ version }) => version === "1.13.0");
    expect(vulnerable).toMatchObject({ phase: "deprecated", advisories: ["CVE-2023-34242"], leastKernel: "4.9.17" });
    expect(vulnerable?.warnings.map(({ code }) => code)).toEqual(["cni-version-deprecated"]);
  });

  test("of a cluster without a known CNI there are none", () => {
    expect(explainVersions({ spec: {} }, page)).toEqual([]);
    expect(explainVersions({ spec: { cniPlugin: { type: "weave", version: "1.0.0" } } }, page)).toEqual([]);
    expect(explainVersions({ spec: stored({ cniPlugin: { type: "none" } }) }, page)).toHaveLength(1);
  });
});

describe("decision and explanation come from one table", () => {
  test("a default", () => {
    const defaults = ruleBook.defaults.map((rule) =>
      rule.name === "dns-domain-default"
        ? { ...rule, decide: () => ({ value: "own.example", source: "rule" as const, reason: "the house says so" }) }
        : rule,
    );
    const context = { ...page, rules: { ...ruleBook, defaults } };
    const spec = stored({}, context);
    expect(spec).toMatchObject({ clusterNetwork: { dnsDomain: "own.example" } });
    expect(explain(spec, "clusterNetwork.dnsDomain", context)).toMatchObject({
      value: "own.example",
      source: "rule",
      reason: "the house says so",
    });
    expect(explain(spec, "clusterNetwork.dnsDomain", page)?.source).toBe("request");
  });

  test("a rule about changes", () => {
    const spec = stored({ cniPlugin: { type: "canal", version: "v3.22" } });
    const next = withFields(spec, { "cniPlugin.version": "v3.23" });
    const freeze = {
      code: "cni-frozen",
      fields: ["spec.cniPlugin.version"],
      summary: "Nothing changes this week.",
      check: ({ old, next: after }: { old: { cniVersion?: unknown }; next: { cniVersion?: unknown } }) =>
        old.cniVersion === after.cniVersion
          ? undefined
          : forbidden("spec.cniPlugin.version", after.cniVersion, "expected no change before Monday"),
    };
    const context = { ...page, rules: { ...ruleBook, update: [...ruleBook.update, freeze] } };
    for (const [known, allowed, code] of [
      [page, true, "within-one-minor"],
      [context, false, "cni-frozen"],
    ] as const) {
      expect(validateUpdate({ spec }, { spec: next }, known).errors.length === 0).toBe(allowed);
      const entry = explainVersions({ spec }, known).find(({ version }) => version === "v3.23");
      expect(entry).toMatchObject({ allowed, reachable: allowed, code });
      const limits = explain(spec, "cniPlugin.version", known)?.limits.map((limit) => limit.code);
      expect(limits?.includes("cni-frozen")).toBe(!allowed);
    }
  });

  test("a rule of creation", () => {
    const rule = {
      code: "no-canal",
      fields: ["spec.cniPlugin.version"],
      summary: "This house is done with v3.23.",
      check: ({ cniVersion }: { cniVersion: string | undefined }) =>
        cniVersion === "v3.23" ? invalid("spec.cniPlugin.version", cniVersion, "expected another version") : undefined,
    };
    const context = { ...page, rules: { ...ruleBook, creation: [rule] } };
    const spec = stored({ cniPlugin: { type: "canal", version: "v3.22" } });
    expect(validateCreate(withFields(spec, { "cniPlugin.version": "v3.23" }), context).errors).toHaveLength(1);
    const entries = explainVersions({ spec }, context);
    expect(entries.find(({ version }) => version === "v3.23")).toMatchObject({ allowed: false, code: "no-canal" });
    // And what lies behind it cannot be reached in steps either.
    expect(entries.find(({ version }) => version === "v3.24")).toMatchObject({ reachable: false, steps: [] });
  });

  test("the catalogue", () => {
    const spec = stored({ cniPlugin: { type: "canal", version: "v3.22" } });
    const next = withFields(spec, { "cniPlugin.version": "v3.24" });
    const overlay = { canal: { versions: [{ version: "v3.22", phase: "deprecated" }] } };
    const context = { ...page, catalogue: overlayCatalogue(page.catalogue, overlay) };
    for (const [known, allowed] of [
      [page, false],
      [context, true],
    ] as const) {
      expect(validateUpdate({ spec }, { spec: next }, known).errors.length === 0).toBe(allowed);
      expect(explainVersions({ spec }, known).find(({ version }) => version === "v3.24")?.allowed).toBe(allowed);
    }
  });
});
