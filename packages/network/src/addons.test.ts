import { describe, expect, test } from "vitest";
import { addonObstacle } from "./addons.ts";
import type { CniPlugin } from "./types.ts";

const canal: CniPlugin = { type: "canal", version: "v3.31" };
const none: CniPlugin = { type: "none", version: "" };
const cilium = (version: string): CniPlugin => ({ type: "cilium", version });

describe("addonObstacle", () => {
  test.each<[string, CniPlugin]>([
    ["multus", canal],
    ["multus", cilium("1.19.4")],
    ["multus", none],
    ["hubble", cilium("v1.11")],
    ["hubble", cilium("v1.12")],
    ["cilium", cilium("v1.12")],
    ["canal", canal],
    ["constructor", none],
  ])("%s fits %o", (name, cni) => {
    expect(addonObstacle(name, cni)).toBeUndefined();
  });

  test.each<[string, CniPlugin, string]>([
    ["hubble", cilium("1.13.0"), "this cluster has cilium 1.13.0"],
    ["hubble", cilium("1.19.4"), "hubble.ui.enabled"],
    ["hubble", canal, "this cluster has canal v3.31"],
    ["hubble", none, "this cluster has no CNI of Fairlead's"],
    ["cilium", cilium("1.13.8"), "newer ones get it as application"],
    ["canal", cilium("v1.12"), "is the CNI of clusters of type canal"],
  ])("%s does not fit %o", (name, cni, says) => {
    expect(addonObstacle(name, cni)).toContain(says);
  });
});
