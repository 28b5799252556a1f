import fc from "fast-check";
import { expect, test } from "vitest";
import { mergePatch, patchBody } from "./merge-patch.ts";

// RFC 7396, appendix A.
test.each<[unknown, unknown, unknown]>([
  [{ a: "b" }, { a: "c" }, { a: "c" }],
  [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
  [{ a: "b" }, { a: null }, {}],
  [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
  [{ a: ["b"] }, { a: "c" }, { a: "c" }],
  [{ a: "c" }, { a: ["b"] }, { a: ["b"] }],
  [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
  [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
  [
    ["a", "b"],
    ["c", "d"],
    ["c", "d"],
  ],
  [{ a: "b" }, ["c"], ["c"]],
  [{ a: "foo" }, null, null],
  [{ a: "foo" }, "bar", "bar"],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [[1, 2], { a: "b", c: null }, { a: "b" }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
])("%j patched by %j is %j", (target, patch, result) => {
  expect(mergePatch(target, patch)).toEqual(result);
});

test("changes neither the target nor any prototype", () => {
  const target = Object.freeze({ a: Object.freeze({ b: 1 }) });
  const merged = mergePatch(target, JSON.parse('{"a":{"c":2},"__proto__":{"polluted":true}}'));
  expect(target).toEqual({ a: { b: 1 } });
  expect(Object.getPrototypeOf(merged)).toBe(Object.prototype);
  expect({}).not.toHaveProperty("polluted");
});

test("a patch applied twice does no more than once", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (target, patch) => {
      const once = mergePatch(target, patch);
      expect(mergePatch(once, patch)).toEqual(once);
    }),
  );
});

test("a body that is no object, or too deep, is refused", () => {
  expect(() => patchBody([])).toThrow("expected a JSON object");
  expect(() => patchBody(undefined)).toThrow("expected a JSON object");
  expect(() => patchBody(JSON.parse(`${'{"a":'.repeat(100)}null${"}".repeat(100)}`))).toThrow("nested deeper");
  expect(patchBody({ a: null })).toEqual({ a: null });
});
