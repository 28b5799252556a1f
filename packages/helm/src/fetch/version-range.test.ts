import { expect, test } from "vitest";
import { chartBlock } from "./chart-block.ts";
import { newestMatch } from "./version-range.ts";

const versions = ["1.0.0", "1.2.0", "1.2.1", "2.0.0", "2.1.0-rc.1", "v3.0.0", "nonsense"];

test.each([
  ["1.2.0", "1.2.0"],
  ["^1.0.0", "1.2.1"],
  ["~1.2", "1.2.1"],
  [">=1.0.0, <2.0.0", "1.2.1"],
  ["1.x", "1.2.1"],
  ["2.x || 1.x", "2.0.0"],
  [">=2.0.0-0, <3.0.0-0", "2.1.0-rc.1"],
  ["", "v3.0.0"],
  ["nonsense", "nonsense"],
  ["9.x", undefined],
])("%s: %s", (wanted, found) => expect(newestMatch(versions, wanted)).toBe(found));

test("one chart's part of an index", () => {
  const text =
    "apiVersion: v1\nentries:\n  a:\n  - version: 1\n  app:\n  - version: 2\n    x: y\n  z:\n  - version: 3\ngenerated: x\n";
  expect(chartBlock(text, "app")).toBe("entries:\n  app:\n  - version: 2\n    x: y\n");
  expect(chartBlock(text, "z")).toBe("entries:\n  z:\n  - version: 3\n");
  expect(chartBlock(text, "none")).toBeUndefined();
  expect(chartBlock('{"entries":{"app":[]}}', "app")).toBeUndefined();
});
