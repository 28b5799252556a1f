import { expect, test } from "vitest";
import { deepFreeze } from "./deep-freeze.ts";

test("everything inside is frozen", () => {
  const object = deepFreeze({ a: { b: [{ c: 1 }] }, d: null });
  expect([object, object.a, object.a.b, object.a.b[0]].every((value) => Object.isFrozen(value))).toBe(true);
});

test("an object that is nested deeper than the stack is freezes all the same", () => {
  const text = `${'{"a":'.repeat(100_000)}{}${"}".repeat(100_000)}`;
  expect(Object.isFrozen(deepFreeze(JSON.parse(text) as object))).toBe(true);
});
