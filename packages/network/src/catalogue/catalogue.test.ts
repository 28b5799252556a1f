import { describe, expect, test } from "vitest";
import { minorNumber } from "../versions.ts";
import {
  allowedVersions,
  defaultVersion,
  fitsKubernetes,
  isSystemApplication,
  latestSupported,
  offeredVersions,
  supportedVersions,
} from "./catalogue.ts";
import { type CatalogueName, catalogueNames, loadCatalogue } from "./load.ts";
import { CatalogueError, parseCatalogue } from "./parse.ts";

const current = loadCatalogue("current");
const names = (entries: readonly { version: string }[]) => entries.map(({ version }) => version).join(" ");

describe("the shipped catalogues", () => {
  const rows: [CatalogueName, type: string, supported: string, deprecated: string, preferred: string][] = [
    ["2.20", "canal", "v3.19 v3.20 v3.21 v3.22", "v3.8", "v3.22"],
    ["2.20", "cilium", "v1.11", "", "v1.11"],
    ["2.21", "canal", "v3.20 v3.21 v3.22 v3.23", "v3.8 v3.19", "v3.23"],
    ["2.21", "cilium", "v1.11 v1.12", "", "v1.12"],
    ["2.22", "canal", "v3.22 v3.23 v3.24", "v3.8 v3.19 v3.20 v3.21", "v3.24"],
    ["2.22", "cilium", "v1.11 v1.12 1.13.8", "1.13.0", "1.13.8"],
    [
      "current",
      "canal",
      "v3.22 v3.23 v3.24 v3.29 v3.30 v3.31",
      "v3.8 v3.19 v3.20 v3.21 v3.25 v3.26 v3.27 v3.28",
      "v3.31",
    ],
    ["current", "cilium", "v1.11 v1.12 1.13.8 1.17.16 1.18.10 1.19.4", "1.13.0 1.14.16 1.15.16 1.16.9", "1.19.4"],
    ["current", "none", "", "", ""],
  ];
  test.each(rows)("%s %s", (name, type, supported, deprecated, preferred) => {
    const catalogue = loadCatalogue(name);
    expect(names(supportedVersions(catalogue, type))).toBe(supported);
    expect(names(allowedVersions(catalogue, type).filter(({ phase }) => phase === "deprecated"))).toBe(deprecated);
    expect(defaultVersion(catalogue, type, Number.NaN)?.version).toBe(preferred);
  });

  test.each(catalogueNames)("%s: the default is the newest, details are complete, upgrades are the page's", (name) => {
    const catalogue = loadCatalogue(name);
    for (const type of ["canal", "cilium"]) {
      expect(catalogue.types.get(type)?.defaultVersion).toBe(supportedVersions(catalogue, type).at(-1)?.version);
      for (const entry of allowedVersions(catalogue, type)) {
        expect(entry.kubernetes).toBeDefined();
        expect(entry.leastKernel !== undefined).toBe(type === "cilium");
        const app = type === "cilium" && minorNumber(entry.version) >= minorNumber("1.13");
        expect([entry.delivery, entry.version.startsWith("v")]).toEqual(app ? ["application", false] : ["addon", true]);
        expect(entry.advisories).toEqual(entry.version === "1.13.0" ? ["CVE-2023-34242"] : []);
      }
    }
    expect(catalogue.types.get("canal")?.forcedUpgrades).toEqual([
      { fromKubernetes: "1.22", replaces: { exactly: "v3.8" }, target: "latest" },
      { fromKubernetes: "1.23", replaces: { below: "v3.22" }, target: "v3.22" },
    ]);
  });

  test("current leads from its oldest minors to its newest in single steps, v3.8 aside", () => {
    for (const type of ["canal", "cilium"]) {
      const minors = allowedVersions(current, type).map(({ version }) => minorNumber(version));
      const steps = new Set(minors.slice(1).map((minor, index) => minor - (minors[index] ?? 0)));
      expect([...steps].filter((step) => step > 1)).toEqual(type === "canal" ? [11] : []);
    }
  });
});

describe("choosing", () => {
  test.each([
    ["1.36", "v3.31", "1.19.4"],
    ["1.35", "v3.31", "1.19.4"],
    ["1.31", "v3.30", "1.18.10"],
    ["1.26", "v3.31", "1.13.8"],
    ["1.23", "v3.24", "1.13.8"],
    ["1.99", "v3.31", "1.19.4"],
  ])("for Kubernetes %s", (kubernetes, canal, cilium) => {
    const minor = minorNumber(kubernetes);
    expect(defaultVersion(current, "canal", minor)?.version).toBe(canal);
    expect(latestSupported(current, "canal", minor)?.version).toBe(canal);
    expect(defaultVersion(current, "cilium", minor)?.version).toBe(cilium);
  });

  test("offers what fits first, newest first", () => {
    expect(names(offeredVersions(current, "cilium", minorNumber("1.30")))).toBe(
      "1.18.10 1.17.16 1.19.4 1.13.8 v1.12 v1.11",
    );
    expect(names(offeredVersions(current, "none", minorNumber("1.30")))).toBe("");
    expect(offeredVersions(current, "weave", minorNumber("1.30"))).toEqual([]);
  });

  test("ranges hold their ends", () => {
    const entry = {
      version: "v1",
      phase: "supported",
      advisories: [],
      kubernetes: { from: "1.9", to: "1.10" },
    } as const;
    expect(["1.8", "1.9", "1.10", "1.11"].map((text) => fitsKubernetes(entry, minorNumber(text)))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  test("system applications are Cilium from 1.13", () => {
    expect(isSystemApplication(current, { type: "cilium", version: "1.13.0" })).toBe(true);
    expect(isSystemApplication(current, { type: "cilium", version: "v1.12" })).toBe(false);
    expect(isSystemApplication(current, { type: "canal", version: "v3.31" })).toBe(false);
    expect(isSystemApplication(current, { type: "none", version: "" })).toBe(false);
  });
});

describe("reading a catalogue", () => {
  const yaml = (canal: string) => `
name: own
cni:
  canal: ${canal}
  cilium: { defaultVersion: 1.19.4, versions: [{ version: 1.19.4, phase: supported, delivery: application }] }
`;
  const version = "{ version: v3.31, phase: supported, delivery: addon }";

  test("sorts versions by number", () => {
    const older = "{ version: v3.8, phase: deprecated, delivery: addon, advisories: [CVE-2024-1] }";
    const catalogue = parseCatalogue(yaml(`{ defaultVersion: v3.31, versions: [${version}, ${older}] }`));
    expect(names(allowedVersions(catalogue, "canal"))).toBe("v3.8 v3.31");
    expect(allowedVersions(catalogue, "canal")[0]?.advisories).toEqual(["CVE-2024-1"]);
  });

  test.each([
    ["no YAML", "{", "is not YAML"],
    ["an unknown key", `{ defaultVersion: v3.31, versions: [${version}], x: 1 }`, 'key: "x"'],
    ["a default that is not supported", `{ defaultVersion: v3.30, versions: [${version}] }`, "v3.30 is not among"],
    ["a version twice", `{ defaultVersion: v3.31, versions: [${version}, ${version}] }`, "v3.31 is listed twice"],
    [
      "a forced upgrade to nowhere",
      `{ defaultVersion: v3.31, versions: [${version}], forcedUpgrades: [{ fromKubernetes: "1.22", replaces: { exactly: v3.8 }, target: v3.9 }] }`,
      "v3.9 has no such version",
    ],
    [
      "a range that is empty",
      `{ defaultVersion: v3.31, versions: [{ version: v3.31, phase: supported, delivery: addon, kubernetes: { from: "1.10", to: "1.9" } }] }`,
      "ends before it begins",
    ],
    [
      "no version",
      `{ defaultVersion: x, versions: [{ version: x, phase: supported, delivery: addon }] }`,
      "expected a version",
    ],
  ])("refuses %s", (_, canal, message) => {
    expect(() => parseCatalogue(canal === "{" ? canal : yaml(canal))).toThrow(CatalogueError);
    expect(() => parseCatalogue(canal === "{" ? canal : yaml(canal))).toThrow(message);
  });
});
