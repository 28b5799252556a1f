import { expect, test } from "vitest";
import { age } from "./age.ts";

const now = new Date("2026-11-24T12:00:00Z");

test.each([
  ["2026-11-24T12:00:05Z", "0s"], // clocks differ
  ["2026-11-24T11:59:15Z", "45s"],
  ["2026-11-24T11:48:00Z", "12m"],
  ["2026-11-24T10:00:01Z", "1h"],
  ["2026-11-21T11:00:00Z", "3d"],
  ["0001-01-01T00:00:00Z", "-"],
  ["", "-"],
  [undefined, "-"],
])("%s is %s ago", (timestamp, expected) => {
  expect(age(timestamp, now)).toBe(expected);
});
