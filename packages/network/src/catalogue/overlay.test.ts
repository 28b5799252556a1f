import { describe, expect, test } from "vitest";
import { cniTransition } from "../transition/transition.ts";
import { allowedVersions, findVersion, supportedVersions } from "./catalogue.ts";
import { keepUsedVersions } from "./keep-used.ts";
import { loadCatalogue } from "./load.ts";
import { overlayCatalogue } from "./overlay.ts";
import { CatalogueError } from "./parse.ts";

const base = loadCatalogue("2.22");
const names = (entries: readonly { version: string }[]) => entries.map(({ version }) => version).join(" ");

describe("an overlay", () => {
  test("announces a version, in its place, without touching the catalogue below", () => {
    const catalogue = overlayCatalogue(base, {
      canal: { defaultVersion: "v3.25", versions: [{ version: "v3.25", delivery: "addon" }] },
    });
    expect(names(supportedVersions(catalogue, "canal"))).toBe("v3.22 v3.23 v3.24 v3.25");
    expect(catalogue.types.get("canal")?.defaultVersion).toBe("v3.25");
    expect(cniTransition({ type: "canal", old: "v3.24", next: "v3.25" }, catalogue).allowed).toBe(true);
    expect(findVersion(base, "canal", "v3.25")).toBeUndefined();
    expect(catalogue.types.get("cilium")).toBe(base.types.get("cilium"));
  });

  test("deprecates a version with its advisories, keeping what is known of it", () => {
    const changes = { phase: "deprecated", advisories: ["CVE-2026-1"] };
    const catalogue = overlayCatalogue(base, {
      cilium: {
        versions: [
          { version: "1.13.8", ...changes },
          { version: "1.13.0", advisories: ["CVE-2026-1"] },
        ],
      },
    });
    expect(findVersion(catalogue, "cilium", "1.13.8")).toEqual({
      ...findVersion(base, "cilium", "1.13.8"),
      ...changes,
    });
    expect(findVersion(catalogue, "cilium", "1.13.0")?.advisories).toEqual(["CVE-2023-34242", "CVE-2026-1"]);
    // The default cannot be a deprecated one: the newest supported takes its place.
    expect(catalogue.types.get("cilium")?.defaultVersion).toBe("v1.12");
  });

  test("changes the Kubernetes range and forced upgrades", () => {
    const catalogue = overlayCatalogue(base, {
      canal: {
        versions: [{ version: "v3.24", kubernetes: { from: "1.22", to: "1.27" } }],
        forcedUpgrades: [{ fromKubernetes: "1.26", replaces: { below: "v3.23" }, target: "v3.23" }],
      },
    });
    expect(findVersion(catalogue, "canal", "v3.24")?.kubernetes).toEqual({ from: "1.22", to: "1.27" });
    expect(catalogue.types.get("canal")?.forcedUpgrades).toHaveLength(1);
  });

  test("of nothing changes nothing", () => {
    expect(overlayCatalogue(base, {}).types).toEqual(base.types);
    expect(overlayCatalogue(base, { canal: {} }).types).toEqual(base.types);
  });

  const version = { version: "v3.24" };
  test.each<[unknown, string]>([
    [5, "overlay: "],
    [{ weave: {} }, 'overlay: Unrecognized key: "weave"'],
    [{ canal: { versions: {} } }, "overlay.canal.versions: "],
    [{ canal: { versions: [version, { version: "new" }] } }, "overlay.canal.versions[1].version: expected a version"],
    [
      { canal: { versions: [{ version: "v3.30" }] } },
      "overlay.canal.versions[0].delivery: expected addon or application",
    ],
    [{ canal: { versions: [{ ...version, phase: "old" }] } }, "overlay.canal.versions[0].phase: "],
    [{ canal: { versions: [{ ...version, advisories: ["34242"] }] } }, "advisories[0]: expected a CVE"],
    [
      { canal: { versions: [{ ...version, kubernetes: { from: "1.9" } }] } },
      "overlay.canal.versions[0].kubernetes.to: ",
    ],
    [{ canal: { versions: [version, version] } }, "overlay.canal.versions: a version is listed twice"],
    [{ canal: { removedVersions: ["v3.7"] } }, "overlay.canal.removedVersions[0]: the catalogue has no version v3.7"],
    [{ canal: { removedVersions: ["v3.22"] } }, "overlay.canal: the forced upgrade to v3.22 has no such version"],
    [{ canal: { defaultVersion: "v3.21" } }, "overlay.canal: the default v3.21 is not among the supported versions"],
    [
      { canal: { forcedUpgrades: [{ fromKubernetes: "1.26", replaces: { exactly: "v3.24" }, target: "v3.23" }] } },
      "overlay.canal: the forced upgrade to v3.23 leads back",
    ],
    [{ cilium: { removedVersions: ["v1.11", "v1.12", "1.13.8"] } }, "overlay.cilium: the default 1.13.8 is not among"],
  ])("%j is refused, naming the place", (overlay, message) => {
    expect(() => overlayCatalogue(base, overlay)).toThrow(CatalogueError);
    expect(() => overlayCatalogue(base, overlay)).toThrow(message);
  });

  test("names places below the path that it was read from", () => {
    expect(() => overlayCatalogue(base, { canal: 5 }, "spec.cni")).toThrow("spec.cni.canal: ");
  });
});

describe("versions in use", () => {
  const removed = overlayCatalogue(base, { canal: { removedVersions: ["v3.19", "v3.23"] } });

  test("are kept as deprecated, with what was known of them", () => {
    const kept = keepUsedVersions(removed, [{ type: "canal", version: "v3.23" }], base);
    expect(names(allowedVersions(kept, "canal"))).toBe("v3.8 v3.20 v3.21 v3.22 v3.23 v3.24");
    expect(findVersion(kept, "canal", "v3.23")).toEqual({
      ...findVersion(base, "canal", "v3.23"),
      phase: "deprecated",
    });
    expect(names(supportedVersions(kept, "canal"))).toBe("v3.22 v3.24");
  });

  test("are delivered as their names say where nothing is known", () => {
    const used = [
      { type: "canal", version: "v3.18" },
      { type: "cilium", version: "1.14.1" },
    ];
    const kept = keepUsedVersions(base, used);
    expect(findVersion(kept, "canal", "v3.18")).toMatchObject({ phase: "deprecated", delivery: "addon" });
    expect(findVersion(kept, "cilium", "1.14.1")).toMatchObject({ phase: "deprecated", delivery: "application" });
  });

  test("change nothing if they are there, or are none", () => {
    const used = [
      { type: "canal", version: "v3.24" },
      { type: "none", version: "v1" },
      { type: "weave", version: "v1.0" },
      { type: "canal", version: "x" },
    ];
    expect(keepUsedVersions(base, used)).toBe(base);
  });
});
