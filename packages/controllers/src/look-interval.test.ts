import { expect, test } from "vitest";
import { lookIntervalMs } from "./look-interval.ts";

test.each([
  [0, 5],
  [2_000, 5],
  [4_000, 10],
  [10_000, 25],
])("of %i clusters each is looked at every %i minutes", (clusters, minutes) => {
  expect(lookIntervalMs(clusters)).toBe(minutes * 60_000);
});
