import { expect, test } from "vitest";
import { digestOnly, isPublished } from "./published.ts";

test("of a stored kubeconfig only as much is kept as tells it from another", () => {
  const secret = { metadata: { name: "admin-kubeconfig", namespace: "cluster-a" }, data: { kubeconfig: "a2V5" } };
  const kept = digestOnly(secret);
  expect(JSON.stringify(kept)).not.toContain("a2V5");
  expect(kept.metadata).toEqual(secret.metadata);
  expect([isPublished(kept, "a2V5"), isPublished(kept, "b3RoZXI="), isPublished(undefined, "a2V5")]).toEqual([
    true,
    false,
    false,
  ]);
});
