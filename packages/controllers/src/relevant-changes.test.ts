import { type Addon, addonResourcesCreated, type Cluster } from "@fairlead/resources";
import { describe, expect, test } from "vitest";
import {
  askedAnew,
  concernsAddonPods,
  concernsAddons,
  concernsAddonValues,
  concernsCni,
  concernsControlPlane,
  concernsNetwork,
  wakesCluster,
} from "./relevant-changes.ts";
import { testCluster } from "./testing/cluster.ts";

const all = { concernsAddonValues, concernsNetwork, concernsCni, concernsControlPlane, askedAnew };

const withoutAddons = ["concernsNetwork", "concernsCni", "concernsControlPlane"];
const withStatus = ["concernsAddonValues", ...withoutAddons];

interface Change {
  metadata?: Cluster["metadata"];
  status?: NonNullable<Cluster["status"]>;
}

function concerned({ metadata, status }: Change): string[] {
  const before = testCluster();
  const after = { ...before, metadata: { ...before.metadata, ...metadata }, status: { ...before.status, ...status } };
  return Object.entries(all).flatMap(([name, concerns]) => (concerns(after, before) ? [name] : []));
}

describe("a change of a Cluster", () => {
  test.each<[string, Change, string[]]>([
    ["of nothing", {}, []],
    ["of somebody's condition", { status: { conditions: { X: { status: "True" } } } }, []],
    ["of its health", { status: { extendedHealth: {} } }, ["concernsControlPlane"]],
    ["of an upgrade's progress", { status: { cniUpgrade: upgrade } }, ["concernsCni"]],
    ["of a change of values", { status: { cniValuesChanges: [] } }, ["concernsCni"]],
    ["of the CNI that runs", { status: { cni: { type: "canal", version: "v3.31" } } }, withoutAddons],
    ["of its spec", { metadata: { generation: 2 } }, Object.keys(all)],
    ["of a label", { metadata: { labels: { a: "b" } } }, Object.keys(all)],
    ["its deletion", { metadata: { deletionTimestamp: "2026-01-01T00:00:00Z" } }, Object.keys(all)],
    ["of where its tunnel is", { status: { tunnel: { openvpn: { host: "a", port: 1 } } } }, withStatus],
    ["of its address", { status: { address: { ip: "192.0.2.1" } } }, withStatus],
    ["of its version", { status: { versions: { controlPlane: "1" } } }, withStatus],
    [
      "whether it is valid",
      { status: { conditions: { SpecValid: { status: "True" } } } },
      ["concernsNetwork", "concernsCni"],
    ],
  ])("%s", (_name, change, expected) => {
    expect(concerned(change)).toEqual(expected);
  });

  test("one that appears concerns all", () => {
    expect(Object.values(all).every((concerns) => concerns(testCluster(), undefined))).toBe(true);
  });
});

const upgrade = {
  from: "a",
  target: "b",
  startedAt: "",
  state: "Progressing",
  steps: [],
} as const satisfies NonNullable<NonNullable<Cluster["status"]>["cniUpgrade"]>;

test("a cluster is woken for what somebody asks for, not for what is told of it", () => {
  const before = testCluster();
  const wakes = (metadata: Cluster["metadata"], status = {}) =>
    wakesCluster({ ...before, metadata: { ...before.metadata, ...metadata }, status } as Cluster, before);
  expect(wakes({ generation: 2 })).toBe(true);
  expect(wakes({ annotations: { "fairlead.dev/cni-values-change": "{}" } })).toBe(true);
  expect(wakes({ annotations: { "fairlead.dev/trace": "x" } }, { phase: "Running" })).toBe(false);
});

test("of an Addon, what is asked for concerns its controller, and that it goes concerns the others, too", () => {
  const before: Addon = { metadata: { name: "a", generation: 1 }, spec: { name: "a", cluster: {} } };
  const said = { ...before, status: { conditions: { X: { status: "True" as const } } } };
  const asked = { ...before, metadata: { ...before.metadata, generation: 2 } };
  const going = { ...before, metadata: { ...before.metadata, deletionTimestamp: "2026-01-01T00:00:00Z" } };
  expect([said, asked, going].map((after) => askedAnew(after, before))).toEqual([false, true, true]);
  expect([said, asked, going].map((after) => concernsAddons(after, before))).toEqual([false, false, true]);
});

test("an Addon's pods are looked for once it is applied, and when it goes", () => {
  const created: Addon = { metadata: { name: "a", generation: 1 }, spec: { name: "a", cluster: {} } };
  const applied: Addon = { ...created, status: { conditions: { [addonResourcesCreated]: { status: "True" } } } };
  const going = { ...applied, metadata: { ...applied.metadata, deletionTimestamp: "2026-01-01T00:00:00Z" } };
  expect(concernsAddonPods(created, undefined)).toBe(false);
  expect(concernsAddonPods(applied, created)).toBe(true);
  expect(concernsAddonPods({ ...applied, metadata: { ...applied.metadata, generation: 2 } }, applied)).toBe(false);
  expect(concernsAddonPods(going, applied)).toBe(true);
  expect(concernsAddonPods(going, undefined)).toBe(true); // it is gone
});
