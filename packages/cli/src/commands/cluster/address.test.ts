import { expect, test } from "vitest";
import { addressOf } from "./address.ts";

test.each([
  ["demo", undefined, "demo"],
  ["demo", "team a", "demo --project p1"],
  ["two words", undefined, "c1"],
  ["$(id)", undefined, "c1"],
  ["--yes", undefined, "c1"],
])("cluster %j, project %j: %s", (name, project, expected) => {
  expect(addressOf({ id: "c1", name }, { project }, "p1")).toBe(expected);
});
