import { expect, test } from "vitest";
import { goDurationMs } from "./go-duration.ts";

test.each([
  ["0", 0],
  ["0s", 0],
  ["10m0s", 600_000],
  ["1h0m0s", 3_600_000],
  ["1.5h", 5_400_000],
  ["250ms", 250],
  ["2µs", 0.002],
  ["", undefined],
  ["10", undefined],
  ["ten minutes", undefined],
  ["10m x", undefined],
  ["-1s", undefined],
])("%j is %j ms", (text, expected) => {
  expect(goDurationMs(text)).toBe(expected);
});
