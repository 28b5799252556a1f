import { describe, expect, test } from "vitest";
import { allowedVersions, type Catalogue } from "../catalogue/catalogue.ts";
import { catalogueNames, loadCatalogue } from "../catalogue/load.ts";
import { upgradePath } from "./path.ts";
import { cniTransition } from "./transition.ts";

const page = loadCatalogue("2.22");
const current = loadCatalogue("current");
const upgrade = { "unsafe-cni-upgrade": "" };

describe("steps", () => {
  const rows: [type: string, old: string, next: string, code: string, extra?: object][] = [
    ["canal", "v3.22", "v3.22", "unchanged"],
    ["canal", "v3.22", "v3.23", "within-one-minor"],
    ["canal", "v3.23", "v3.22", "within-one-minor"],
    ["canal", "v3.22", "v3.24", "cni-version-step"],
    ["canal", "v3.24", "v3.22", "cni-version-step"],
    ["canal", "v3.22", "v3.24", "unsafe-label", { labels: upgrade }],
    ["canal", "v3.22", "v3.24", "unsafe-label", { labels: { "unsafe-cni-upgrade": "false" } }],
    ["canal", "v3.22", "v3.24", "cni-version-step", { labels: { "unsafe-cni-migration": "" } }],
    ["canal", "v3.22", "v3.25", "cni-version-unknown", { labels: upgrade }],
    ["canal", "v3.22", "3.23", "cni-version-unknown"],
    ["canal", "v3.22", "v3.23.0", "cni-version-unknown"],
    ["canal", "v3.22", "", "cni-version-unknown"],
    ["canal", "", "v3.24", "first-version"],
    // A deprecated one may be left for any higher one, and no lower one.
    ["canal", "v3.8", "v3.24", "deprecated-source"],
    ["canal", "v3.19", "v3.22", "deprecated-source"],
    ["canal", "v3.19", "v3.8", "cni-version-step"],
    ["canal", "v3.21", "v3.19", "cni-version-step"],
    ["canal", "nonsense", "v3.24", "cni-version-step"],
    ["canal", "nonsense", "v3.24", "unsafe-label", { labels: upgrade }],
    ["cilium", "v1.11", "v1.12", "within-one-minor"],
    ["cilium", "v1.12", "1.13.8", "within-one-minor"],
    ["cilium", "v1.11", "1.13.8", "cni-version-step"],
    ["cilium", "1.13.0", "1.13.8", "within-one-minor"],
    ["cilium", "1.13.8", "1.13.0", "within-one-minor"],
    ["cilium", "1.13.8", "v1.12", "within-one-minor"],
    ["none", "", "", "unchanged"],
    ["none", "", "v3.24", "cni-version-unknown"],
    ["weave", "1.0.0", "1.0.1", "cni-type-unknown"],
  ];
  test.each(rows)("%s %j -> %j: %s", (type, old, next, code, extra = {}) => {
    const transition = cniTransition({ type, old, next, ...extra }, page);
    expect(transition.code).toBe(code);
    expect(transition.allowed).toBe(!code.startsWith("cni-"));
    expect(transition.remedies.length > 0).toBe(!transition.allowed);
    expect(transition.message).not.toBe("");
  });

  test("what Kubernetes forces is allowed, and only that", () => {
    const old = loadCatalogue("2.20");
    const allowed = (next: string, kubernetes?: string) =>
      cniTransition({ type: "canal", old: "v3.19", next, ...(kubernetes ? { kubernetes } : {}) }, old).allowed;
    expect(allowed("v3.22", "1.23.0")).toBe(true);
    expect(allowed("v3.22", "1.22.9")).toBe(false);
    expect(allowed("v3.22")).toBe(false);
    expect(allowed("v3.21", "1.23.0")).toBe(false);
  });

  test("refusals say what is accepted and what makes it legal, the steps first", () => {
    const { message, remedies } = cniTransition({ type: "canal", old: "v3.22", next: "v3.24" }, page);
    expect(message).toContain("expected one of v3.21, v3.23");
    expect(remedies).toEqual([
      "change the version to v3.23, then v3.24, each in a write of its own",
      "set label unsafe-cni-upgrade on the cluster, at your own risk",
    ]);
  });
});

describe("paths", () => {
  const stepsOf = (catalogue: Catalogue, input: { type: string; from: string; to: string; kubernetes?: string }) =>
    upgradePath(input, catalogue).steps.map(({ version }) => version);

  test.each([
    ["canal", "v3.22", "v3.24", "v3.23 v3.24"],
    ["canal", "v3.24", "v3.22", "v3.23 v3.22"],
    ["canal", "v3.8", "v3.21", "v3.19 v3.20 v3.21"],
    ["canal", "v3.24", "v3.8", ""],
    ["cilium", "v1.11", "1.13.8", "v1.12 1.13.8"],
    ["cilium", "1.13.0", "1.13.8", "1.13.8"],
    ["cilium", "1.13.8", "v1.11", "v1.12 v1.11"],
    ["canal", "v3.24", "v3.24", ""],
    ["canal", "v3.24", "v9.9", ""],
  ])("%s %s to %s: %s", (type, from, to, expected) => {
    const path = upgradePath({ type, from, to }, page);
    expect(path.steps.map(({ version }) => version).join(" ")).toBe(expected);
    expect(path.reason === undefined).toBe(expected !== "");
  });

  test("of each minor the best version: supported, without advisories, newest", () => {
    expect(stepsOf(current, { type: "cilium", from: "v1.12", to: "1.15.16" })).toEqual([
      "1.13.8",
      "1.14.16",
      "1.15.16",
    ]);
  });

  test("versions that the Kubernetes forces away are stepped over", () => {
    expect(stepsOf(page, { type: "canal", from: "v3.19", to: "v3.24", kubernetes: "1.26.4" })).toEqual([
      "v3.22",
      "v3.23",
      "v3.24",
    ]);
    expect(stepsOf(page, { type: "canal", from: "v3.19", to: "v3.24", kubernetes: "1.22.4" })).toHaveLength(5);
    const old = loadCatalogue("2.20");
    expect(stepsOf(old, { type: "canal", from: "v3.19", to: "v3.22", kubernetes: "1.23.0" })).toEqual(["v3.22"]);
    expect(stepsOf(old, { type: "canal", from: "v3.19", to: "v3.22", kubernetes: "1.22.0" })).toHaveLength(3);
  });

  test("the direct jump is offered where it is allowed, and said to be riskier", () => {
    const direct = upgradePath({ type: "canal", from: "v3.19", to: "v3.24" }, page).direct;
    expect(direct?.version).toBe("v3.24");
    expect(direct?.warnings.map(({ code }) => code)).toContain("cni-version-jump");
    expect(upgradePath({ type: "canal", from: "v3.22", to: "v3.24" }, page)).not.toHaveProperty("direct");
    expect(upgradePath({ type: "canal", from: "v3.22", to: "v3.24", labels: upgrade }, page)).toHaveProperty("direct");
    expect(upgradePath({ type: "canal", from: "v3.22", to: "v3.23", labels: upgrade }, page)).not.toHaveProperty(
      "direct",
    );
  });

  test("where no steps lead, a label still does", () => {
    const path = upgradePath({ type: "canal", from: "v3.24", to: "v3.8", labels: upgrade }, page);
    expect(path).toMatchObject({ steps: [], direct: { version: "v3.8" }, reason: expect.stringContaining("label") });
  });

  test("steps warn of what they lead to", () => {
    const [first] = upgradePath({ type: "canal", from: "v3.21", to: "v3.23", kubernetes: "1.26.4" }, page).steps;
    expect(first?.warnings.map(({ code }) => code)).toEqual(["cni-forced-upgrade", "cni-kubernetes-range"]);
  });

  test.each(catalogueNames)("of catalogue %s: each step is legal by itself, for all pairs", (name) => {
    const catalogue = loadCatalogue(name);
    for (const type of ["canal", "cilium", "none"]) {
      const versions = allowedVersions(catalogue, type).map(({ version }) => version);
      for (const kubernetes of [undefined, "1.21.0", "1.22.0", "1.23.0", "1.26.4", "1.36.3"]) {
        for (const from of versions) {
          for (const to of versions.filter((version) => version !== from)) {
            const at = { type, ...(kubernetes ? { kubernetes } : {}) };
            const { steps, reason } = upgradePath({ ...at, from, to }, catalogue);
            let here = from;
            for (const { version } of steps) {
              expect(cniTransition({ ...at, old: here, next: version }, catalogue).allowed).toBe(true);
              here = version;
            }
            // There is a way between any two, but none back to v3.8, eleven minors away from its neighbour.
            expect(here).toBe(to === "v3.8" ? from : to);
            expect(reason === undefined).toBe(to !== "v3.8");
            expect(new Set(steps.map(({ version }) => version)).size).toBe(steps.length);
          }
        }
      }
    }
  });
});
