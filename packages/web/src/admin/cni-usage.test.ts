import { catalogueFromPlain } from "@fairlead/network/rules";
import type { ApiCniCluster } from "@fairlead/resources";
import { expect, test } from "vitest";
import { clustersByVersion, outdatedClusters } from "./cni-usage.ts";

const cluster = (id: string, type: string, version: string): ApiCniCluster => ({
  id,
  name: id,
  projectID: "p",
  version: "1.36.3",
  cniPlugin: { type, version },
});

const versions = [
  { version: "v3.30", phase: "deprecated", advisories: [] },
  { version: "v3.31", phase: "supported", advisories: [] },
] as const;
const canal = { defaultVersion: "v3.31", versions, forcedUpgrades: [] };
const catalogue = catalogueFromPlain({ name: "test", cni: { canal, cilium: { ...canal, versions: [] } } });

test("outdated is what is deprecated, and what nobody knows any more; no CNI is nobody's", () => {
  const clusters = [
    cluster("old", "canal", "v3.30"),
    cluster("new", "canal", "v3.31"),
    cluster("unknown", "cilium", "1.0.0"),
    cluster("own", "none", ""),
  ];
  expect(outdatedClusters(clusters, catalogue).map(({ id }) => id)).toEqual(["old", "unknown"]);
});

test("clusters are counted by type and version", () => {
  const counts = clustersByVersion([cluster("a", "canal", "v3.31"), cluster("b", "canal", "v3.31")]);
  expect([...counts]).toEqual([["canal v3.31", 2]]);
});
