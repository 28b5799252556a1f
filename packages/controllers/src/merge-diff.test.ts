import { describe, expect, test } from "vitest";
import { mergeDiff } from "./merge-diff.ts";

describe("mergeDiff", () => {
  test.each<[string, unknown, object, unknown]>([
    ["nothing to do", { a: 1, b: { c: [1, 2] } }, { a: 1, b: { c: [1, 2] } }, undefined],
    ["a field that is not named stays", { a: 1, other: 2 }, { a: 1 }, undefined],
    ["a changed leaf, deep inside", { b: { c: 1, d: 2 } }, { b: { c: 3 } }, { b: { c: 3 } }],
    ["a missing object comes whole", {}, { b: { c: 1 } }, { b: { c: 1 } }],
    ["an empty object that is missing", {}, { ipvs: {} }, { ipvs: {} }],
    ["a list is replaced whole", { l: [1, 2] }, { l: [1] }, { l: [1] }],
    ["objects in lists are compared", { l: [{ a: 1 }] }, { l: [{ a: 2 }] }, { l: [{ a: 2 }] }],
    ["null removes what is there", { a: 1 }, { a: null }, { a: null }],
    ["null asks for nothing where nothing is", {}, { a: null }, undefined],
    ["undefined asks for nothing", { a: 1 }, { a: undefined }, undefined],
    ["nothing there yet", undefined, { a: false }, { a: false }],
  ])("%s", (_what, current, desired, expected) => {
    expect(mergeDiff(current, desired)).toEqual(expected);
  });
});
