import { expect, test } from "vitest";
import { backoffDelay, defaultBackoff } from "./backoff.ts";

test("delays double up to the limit and stay there", () => {
  const delays = [1, 2, 3, 4, 5, 6, 7, 8, 1_000].map((crashes) => backoffDelay(crashes, defaultBackoff));
  expect(delays).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
});
