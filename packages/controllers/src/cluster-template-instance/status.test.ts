import type { ClusterTemplateInstance, InstantiatedCluster } from "@fairlead/resources";
import { expect, test } from "vitest";
import { isComplete, progress, waiting } from "./status.ts";

const now = new Date("2026-11-25T10:00:00Z");
const instance: ClusterTemplateInstance = {
  metadata: { name: "i", generation: 2 },
  spec: { projectID: "p", clusterTemplateID: "t", replicas: 3 },
};
const created = (name: string): InstantiatedCluster => ({ name, state: "Created", id: `id-${name}` });
const refused = (name: string): InstantiatedCluster => ({ name, state: "Refused", message: "over the limit" });

test.each<[string, (InstantiatedCluster | undefined)[], object]>([
  [
    "none yet",
    [undefined, undefined, undefined],
    { status: "False", reason: "Creating", message: "0 of 3 clusters are created" },
  ],
  [
    "one",
    [created("a"), undefined, undefined],
    { status: "False", reason: "Creating", message: "1 of 3 clusters are created" },
  ],
  ["all", [created("a"), created("b"), created("c")], { status: "True", reason: "AllCreated" }],
  [
    "one refused, one to come",
    [created("a"), refused("b"), undefined],
    { status: "False", reason: "Creating", message: "1 of 3 clusters are created" },
  ],
  [
    "two refused",
    [created("a"), refused("b"), refused("c")],
    {
      status: "False",
      reason: "SomeRefused",
      message: "1 of 3 clusters are created; b is refused: over the limit (and 1 more, see status.clusters)",
    },
  ],
])("%s", (_, places, condition) => {
  const status = progress(instance, places, now);
  expect(status.conditions?.Complete).toMatchObject({ ...condition, observedGeneration: 2 });
  expect(status.clusters).toEqual(places.filter((place) => place !== undefined));
  expect((status.created ?? 0) + (status.refused ?? 0)).toBe(status.clusters?.length);
});

test("all that is asked for is done until more is asked for", () => {
  const status = progress(instance, [created("a"), created("b"), created("c")], now);
  expect(isComplete({ ...instance, status })).toBe(true);
  expect(isComplete({ ...instance, metadata: { name: "i", generation: 3 }, status })).toBe(false);
  expect(isComplete({ ...instance, status: progress(instance, [created("a"), undefined, undefined], now) })).toBe(
    false,
  );
  expect(isComplete(instance)).toBe(false);
});

test("nothing is written that is so already", () => {
  const status = progress(instance, [created("a"), created("b"), created("c")], now);
  expect(progress({ ...instance, status }, [created("a"), created("b"), created("c")], now).conditions).toBeUndefined();
});

test("waiting says for what", () => {
  expect(waiting(instance, "TemplateNotFound", "there is none").conditions?.Complete).toMatchObject({
    status: "False",
    reason: "TemplateNotFound",
    message: "there is none",
  });
});
