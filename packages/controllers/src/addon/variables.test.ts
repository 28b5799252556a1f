import { expect, test } from "vitest";
import { chartValues } from "./variables.ts";

test.each<[Record<string, unknown>, object]>([
  [{}, {}],
  [
    { a: 1, b: { c: 2 } },
    { a: 1, b: { c: 2 } },
  ],
  [{ "a.b": 1, "a.c": 2 }, { a: { b: 1, c: 2 } }],
  [{ a: { b: 1 }, "a.c": 2 }, { a: { b: 1, c: 2 } }],
])("%j is %j", (variables, values) => {
  expect(chartValues(variables)).toEqual(values);
});
