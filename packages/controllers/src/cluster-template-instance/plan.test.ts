import type { Cluster, ClusterTemplateInstance, InstantiatedCluster } from "@fairlead/resources";
import { expect, test } from "vitest";
import { clusterId, planInstance } from "./plan.ts";

const uid = "1b4e28ba-2fa1-11d2-883f-0016d3cca427";
const id = (place: number) => clusterId(uid, place);

function instance(replicas: number, clusters?: InstantiatedCluster[]): ClusterTemplateInstance {
  return {
    metadata: { name: "i", uid },
    spec: { projectID: "p", clusterTemplateID: "t", clusterTemplateName: "web", replicas },
    ...(clusters ? { status: { clusters } } : {}),
  };
}

function cluster(name: string, humanReadableName: string): Cluster {
  return { metadata: { name }, spec: { humanReadableName, version: "1.36.3", cloud: { dc: "local" } } };
}

const names = (plan: ReturnType<typeof planInstance>) => plan.missing.map(({ name }) => name);

test("ids are those of clusters, follow from instance and place, and differ", () => {
  const ids = Array.from({ length: 500 }, (_, place) => id(place));
  for (const text of ids) expect(text).toMatch(/^[a-z][a-z0-9]{9}$/);
  expect(new Set(ids).size).toBe(500);
  expect(clusterId(uid, 3)).toBe(id(3));
  expect(clusterId("another", 3)).not.toBe(id(3));
});

test("a new instance misses all", () => {
  expect(planInstance(instance(2), [], "web")).toEqual({
    places: [undefined, undefined],
    missing: [
      { place: 0, id: id(0), name: "web-1" },
      { place: 1, id: id(1), name: "web-2" },
    ],
  });
});

test("names that clusters of the project have are left out", () => {
  expect(names(planInstance(instance(2), [cluster("other", "web-1"), cluster("third", "web-3")], "web"))).toEqual([
    "web-2",
    "web-4",
  ]);
});

test("what an interrupted attempt created is found by its id, whatever it is called by now", () => {
  const plan = planInstance(instance(3), [cluster(id(1), "renamed")], "web");
  expect(plan.places).toEqual([undefined, { name: "renamed", state: "Created", id: id(1) }, undefined]);
  expect(plan.missing.map(({ place }) => place)).toEqual([0, 2]);
});

test("a cluster that was created and deleted does not come back", () => {
  const created = { name: "web-1", state: "Created" as const, id: id(0) };
  expect(planInstance(instance(1, [created]), [], "web")).toEqual({ places: [created], missing: [] });
});

test("a refused one is tried again under its name, or another if that was taken meanwhile", () => {
  const refused = { name: "web-1", state: "Refused" as const, message: "no" };
  expect(names(planInstance(instance(2, [refused]), [], "web"))).toEqual(["web-1", "web-2"]);
  expect(names(planInstance(instance(2, [refused]), [cluster("other", "web-1")], "web"))).toEqual(["web-2", "web-3"]);
});

test("more replicas create more, fewer delete none", () => {
  const created = [0, 1].map((place) => ({ name: `web-${place + 1}`, state: "Created" as const, id: id(place) }));
  const stored = created.map((entry) => cluster(entry.id, entry.name));
  expect(names(planInstance(instance(3, created), stored, "web"))).toEqual(["web-3"]);
  const fewer = planInstance(instance(1, created), stored, "web");
  expect(fewer.missing).toEqual([]);
  expect(fewer.places).toEqual(created);
});
