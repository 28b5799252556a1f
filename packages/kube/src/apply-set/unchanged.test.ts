import { describe, expect, it } from "vitest";
import type { ConfigMap } from "../builtin/core.ts";
import { holds, isUpToDate, withAppliedHash } from "./unchanged.ts";

describe("holds", () => {
  it.each<[string, unknown, unknown, boolean]>([
    ["more fields in the whole", { a: 1, b: 2 }, { a: 1 }, true],
    ["a missing field", { a: 1 }, { a: 1, b: 2 }, false],
    ["another value", { a: { b: 1 } }, { a: { b: 2 } }, false],
    ["defaults inside list items", [{ name: "x", port: 1 }], [{ name: "x" }], true],
    ["a longer list", [1, 2], [1], false],
    ["another order", [1, 2], [2, 1], false],
    ["null for nothing", {}, { a: null }, true],
    ["empty text for nothing", {}, { a: "" }, true],
    ["empty text for other text", { a: "b" }, { a: "" }, false],
    ["an empty object for nothing", {}, { a: {} }, true],
    ["an empty list for nothing", {}, { a: [] }, false],
    ["a list for an object", { a: [] }, { a: {} }, false],
  ])("%s", (_, whole, part, expected) => {
    expect(holds(whole, part)).toBe(expected);
  });
});

describe("isUpToDate", () => {
  const desired: ConfigMap = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" }, data: { x: "1", y: "2" } };
  const applied = withAppliedHash(desired) as ConfigMap;
  const live: ConfigMap = { ...applied, metadata: { ...applied.metadata, uid: "u", resourceVersion: "7" } };

  it("holds for what was applied, whatever the order of its keys", () => {
    const reordered: ConfigMap = { ...desired, data: { y: "2", x: "1" } };
    expect(isUpToDate(withAppliedHash(reordered), live)).toBe(true);
  });

  it("sees that the desired state dropped a field", () => {
    const smaller: ConfigMap = { ...desired, data: { x: "1" } };
    expect(isUpToDate(withAppliedHash(smaller), live)).toBe(false);
  });

  it("sees that someone changed the live object", () => {
    const drifted: ConfigMap = { ...live, data: { x: "1", y: "other" } };
    expect(isUpToDate(applied, drifted)).toBe(false);
  });
});
