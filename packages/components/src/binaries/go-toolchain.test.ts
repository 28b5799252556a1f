import { expect, test } from "vitest";
import { isGoNewEnough } from "./go-toolchain.ts";

test.each([
  ["1.26.8", true],
  ["1.26", true],
  ["1.26rc1", true],
  ["1.27.0", true],
  ["2.0", true],
  ["1.25.9", false],
  ["1.9", false],
  ["0.99", false],
])("Go %s is new enough: %s", (version, expected) => {
  expect(isGoNewEnough(version)).toBe(expected);
});
