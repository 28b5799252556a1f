import { expect, test } from "vitest";
import { buildInfo } from "./version.ts";

test("finds the build info in the middle of a binary, and nothing where there is none", () => {
  const info = "\xff Go buildinf:\x08\x02\nmod\texample.test/module\tv1.2.3\th1:x=\n";
  const binary = Buffer.concat([Buffer.alloc(100_000, 0xff), Buffer.from(info, "latin1"), Buffer.alloc(100_000)]);
  expect(buildInfo(binary)).toContain("\nmod\texample.test/module\tv1.2.3\t");
  expect(buildInfo(binary)).toHaveLength(64 * 1024);
  expect(buildInfo(Buffer.alloc(1000))).toBe("");
});
