import { expect, test } from "vitest";
import { parseDuration } from "./duration.ts";

test.each([
  ["90s", 90_000],
  ["5m", 300_000],
  ["1h30m", 5_400_000],
  ["1.5s", 1500],
  ["250ms", 250],
])("%s is %d ms", (text, expected) => {
  expect(parseDuration(text)).toBe(expected);
});

test.each(["", "5", "m", "5 m", "-5m", "5m!", "5d", "1e3s"])("%j is no duration", (text) => {
  expect(parseDuration(text)).toBeUndefined();
});
