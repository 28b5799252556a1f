import { expect, test } from "vitest";
import { yamlObjection } from "./yaml-objection.ts";

const longest = 256 * 1024;

test.each([
  ["brackets", "{".repeat(100_000)],
  ["brackets behind a key", `a: ${"[".repeat(1000)}`],
  ["lists in lists", "- ".repeat(50_000)],
  ["keys of keys", `a: ${"? ".repeat(50_000)}`],
  ["aliases", `a: &a x\nb: [${"*a, ".repeat(1000)}]`],
  ["length", "x".repeat(longest + 1)],
])("%s without end", (_what, text) => {
  const started = performance.now();
  expect(yamlObjection(text, longest)).toMatch(/^expected at most/);
  expect(performance.now() - started).toBeLessThan(1000);
});

test("documents as people write them", () => {
  const schedule = 'schedule: "*/5 * * * *"\nmatch: "[{("\n';
  expect(yamlObjection(`${schedule}a: [1, {b: [2]}]\nlist:\n- - x\n`.replaceAll("a:", "a0:"), longest)).toBeUndefined();
  expect(yamlObjection(`a: {b: [1, 2]}\n`.repeat(1000), longest)).toBeUndefined();
});
