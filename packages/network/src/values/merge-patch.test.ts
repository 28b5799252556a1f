import fc from "fast-check";
import { expect, test } from "vitest";
import type { JsonObject } from "../json.ts";
import { mergePatch, replacedBy, takeBack } from "./merge-patch.ts";

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

const key = fc.constantFrom("a", "b", "c");
const document = fc.letrec<{ map: JsonObject; node: unknown }>((tie) => ({
  node: fc.oneof({ maxDepth: 3 }, fc.integer({ min: 0, max: 2 }), fc.constant(null), tie("map")),
  map: fc.dictionary(key, tie("node")),
})).map;

test("of what is replaced no more is kept than is needed", () => {
  const before = { a: { b: 1, c: 2 }, d: { e: 1 }, f: 1 };
  expect(replacedBy(before, { a: { b: 3, x: 1 }, d: null, y: 1 })).toEqual({ a: { b: 1 }, d: { e: 1 } });
});

test("what is taken back leaves the document as it was", () => {
  fc.assert(
    fc.property(document, document, (before, patch) => {
      const after = mergePatch(before, patch);
      expect(takeBack(after, patch, replacedBy(before, patch))).toEqual(before);
    }),
  );
});

test.each<[string, JsonObject, JsonObject, JsonObject, JsonObject]>([
  ["a key beside", { a: { b: 1 } }, { a: { b: 2 } }, { c: 3 }, { a: { b: 1 }, c: 3 }],
  ["a key in a map that the patch brought", {}, { a: { b: 2 } }, { a: { c: 3 } }, { a: { c: 3 } }],
  ["a key that the patch set", { a: { b: 1 } }, { a: { b: 2 } }, { a: { b: 3 } }, { a: { b: 3 } }],
  ["a key that the patch took away", { a: 1 }, { a: null }, { a: 2 }, { a: 2 }],
])("%s that was edited since stays", (_what, before, patch, edit, expected) => {
  const edited = mergePatch(mergePatch(before, patch), edit);
  expect(takeBack(edited, patch, replacedBy(before, patch))).toEqual(expected);
});
