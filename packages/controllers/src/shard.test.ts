import type { Cluster } from "@fairlead/resources";
import { describe, expect, test } from "vitest";
import { clusterIdOf, fairLimit, groupsOf, ownsCluster, seedsByDatacenter } from "./shard.ts";
import { testCluster } from "./testing/cluster.ts";

function labelled(labels: Record<string, string>): Cluster {
  return { ...testCluster(), metadata: { name: "abc", labels } };
}

describe("ownsCluster", () => {
  test.each([
    ["", {}, true],
    ["", { "worker-name": "" }, true],
    ["", { "worker-name": "a" }, false],
    ["a", { "worker-name": "a" }, true],
    ["a", { "worker-name": "b" }, false],
    ["a", {}, false],
  ])("manager %j, labels %j: %j", (workerName, labels, expected) => {
    expect(ownsCluster(workerName, labelled(labels))).toBe(expected);
  });
  test("what is left of a cluster that is gone is everybody's", () => {
    expect(ownsCluster("a", undefined)).toBe(true);
  });
});

test.each([
  [{ name: "abc" }, "abc"],
  [{ name: "canal", namespace: "cluster-abc" }, "abc"],
  [{ name: "cilium", namespace: "kube-system", cluster: "abc" }, "abc"],
])("%j is about cluster abc", (request, id) => {
  expect(clusterIdOf(request)).toBe(id);
});

test("a cluster is in its project, and that in its seed; what is slow is apart", () => {
  const seeds = seedsByDatacenter([
    { metadata: { name: "s" }, spec: { datacenters: { local: { spec: {} }, other: { spec: {} } } } },
  ]);
  const of = (cluster: Cluster | undefined, isSlow: boolean) =>
    groupsOf({ cluster, id: "abc", seedsByDatacenter: seeds, isSlow });
  expect(of(labelled({ "project-id": "p" }), false)).toEqual(["s", "p", "abc"]);
  expect(of(undefined, false)).toEqual(["", "", "abc"]);
  expect(of(labelled({ "project-id": "p" }), true)).toEqual(["slow clusters", "abc"]);
});

test.each([
  [16, ["s"], 12],
  [16, ["s", "p"], 10],
  [16, ["s", "p", "c"], 4],
  [16, ["slow clusters"], 4],
  [16, ["slow clusters", "c"], 2],
  [1, ["s", "p", "c"], 1],
])("of %i workers, at most so many are for %j: %i", (concurrency, path, limit) => {
  expect(fairLimit(concurrency, path)).toBe(limit);
});
