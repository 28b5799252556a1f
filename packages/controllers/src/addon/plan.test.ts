import { type Addon, addonEnsureLabel, type Cluster } from "@fairlead/resources";
import { describe, expect, test } from "vitest";
import { testCluster } from "../testing/cluster.ts";
import { ADDON_FINALIZER, type AddonPlan, type AddonSituation, planAddon } from "./plan.ts";

const gone = "2026-11-25T00:00:00Z";

function situation(
  changes: { addon?: Partial<Addon["metadata"]>; name?: string; isConnected?: boolean } = {},
): AddonSituation {
  return {
    addon: {
      metadata: {
        name: "a",
        finalizers: [ADDON_FINALIZER],
        labels: { [addonEnsureLabel]: "true" },
        ...changes.addon,
      },
      spec: { name: changes.name ?? "coredns", cluster: {} },
    },
    cluster: testCluster(),
    isConnected: changes.isConnected ?? true,
  };
}

const paused = testCluster({ pause: true });
const deleted: Cluster = { ...testCluster(), metadata: { name: "abc", deletionTimestamp: gone } };
const going = { deletionTimestamp: gone };

describe("planAddon", () => {
  test.each<[string, AddonSituation, Partial<AddonPlan>]>([
    ["a new one is held first", situation({ addon: { finalizers: [] } }), { action: "add-finalizer" }],
    ["with the label it is kept as it should be", situation(), { action: "apply", drift: "repair" }],
    ["without, only a change is applied", situation({ addon: { labels: {} } }), { action: "apply", drift: "ignore" }],
    ["a cluster that does not answer", situation({ isConnected: false }), { action: "wait" }],
    ["a paused cluster", { ...situation(), cluster: paused }, { action: "wait" }],
    ["a cluster that goes", { ...situation(), cluster: deleted }, { action: "wait" }],
    ["no cluster", { ...situation(), cluster: undefined }, { action: "wait" }],
    ["one for another CNI", situation({ name: "hubble" }), { action: "refuse", reason: "NotForThisCluster" }],
    ["is removed with its objects", situation({ addon: going }), { action: "remove-objects" }],
    [
      "is not let go while its objects cannot be reached",
      situation({ addon: going, isConnected: false }),
      { action: "wait" },
    ],
    [
      "is removed although it is for another CNI",
      situation({ addon: going, name: "hubble" }),
      { action: "remove-objects" },
    ],
    ["goes with its cluster", { ...situation({ addon: going }), cluster: deleted }, { action: "remove-finalizer" }],
    ["goes after its cluster", { ...situation({ addon: going }), cluster: undefined }, { action: "remove-finalizer" }],
    ["a paused cluster keeps its objects", { ...situation({ addon: going }), cluster: paused }, { action: "wait" }],
    ["others hold it", situation({ addon: { ...going, finalizers: ["other"] } }), { action: "wait" }],
  ])("%s", (_, input, expected) => {
    expect(planAddon(input)).toMatchObject(expected);
  });
});
