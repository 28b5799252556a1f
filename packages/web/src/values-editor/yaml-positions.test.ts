import { expect, test } from "vitest";
import { parentKeys, readYaml } from "./yaml-positions.ts";

test("every key has its place, from the key to the end of its value", () => {
  const text = "operator:\n  replicas: 2\ncni:\n  exclusive: false # stays\n";
  const { values, positions, problems } = readYaml(text);
  expect(values).toEqual({ operator: { replicas: 2 }, cni: { exclusive: false } });
  expect(problems).toEqual([]);
  const at = positions.get("/cni/exclusive");
  expect(text.slice(at?.from, at?.to)).toBe("exclusive: false");
});

test("what is no YAML says where; what is no map says what is expected", () => {
  const broken = readYaml("a: 1\nb: [1,\n");
  expect(broken.values).toBeUndefined();
  expect(broken.problems[0]).toMatchObject({ message: expect.any(String) });
  expect(broken.problems[0]?.from).toBeGreaterThan(4);
  expect(readYaml("- 1\n").problems).toMatchObject([{ message: expect.stringContaining("names and values") }]);
  expect(readYaml("a: 1\na: 2\n").problems).toMatchObject([{ message: expect.stringContaining("unique") }]);
  expect(readYaml("# nothing\n")).toMatchObject({ values: {}, problems: [] });
});

test("indentation tells what a line belongs to", () => {
  const lines = ["hubble:", "  relay:", "    enabled: true", "  ui:"];
  expect(parentKeys(lines, 4)).toEqual(["hubble", "ui"]);
  expect(parentKeys(lines, 2)).toEqual(["hubble"]);
  expect(parentKeys(lines, 0)).toEqual([]);
});
