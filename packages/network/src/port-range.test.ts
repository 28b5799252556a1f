import { expect, test } from "vitest";
import { parsePortRange } from "./port-range.ts";

test.each([
  ["30000-32767", { from: 30000, to: 32767 }],
  ["30000+2767", { from: 30000, to: 32767 }],
  ["30000", { from: 30000, to: 30000 }],
  ["  1-65535\n", { from: 1, to: 65535 }],
  ["5++7", { from: 5, to: 12 }],
  ["0000000030000-0000000030001", { from: 30000, to: 30001 }],
])("%j is a range", (text, range) => {
  expect(parsePortRange(text)).toEqual(range);
});

test.each([
  "",
  "  ",
  "0",
  "0-10",
  "10-9",
  "1-65536",
  "65535+1",
  "1 - 2",
  "1-2-3",
  "a-b",
  "-5",
  "5-",
  "1e3",
  "1.5-2",
  "5+-7",
  "5-+7",
  "5+++7",
  "5+",
  "９",
  "1-9007199254740993",
])("%j is none", (text) => {
  expect(parsePortRange(text)).toBeUndefined();
});
