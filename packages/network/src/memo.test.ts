import { expect, test } from "vitest";
import { memoize } from "./memo.ts";

test("computes once a text, keeps even null, and never holds more than its limit", () => {
  const computed: string[] = [];
  const length = memoize((text) => {
    computed.push(text);
    return text === "" ? null : text.length;
  }, 2);
  expect(["a", "a", "", "", "abc", "a"].map(length)).toEqual([1, 1, null, null, 3, 1]);
  expect(computed).toEqual(["a", "", "abc", "a"]);
});
