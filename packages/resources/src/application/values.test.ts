import { describe, expect, test } from "vitest";
import { helmValues, parseValuesBlock, ValuesBlockError } from "./values.ts";

describe("helmValues", () => {
  test.each([
    ["nothing at all", {}, {}],
    ["an object", { values: { a: 1 } }, { a: 1 }],
    ["a block", { valuesBlock: "a: 1 # one\n" }, { a: 1 }],
    ["a block beside an empty object", { values: {}, valuesBlock: "a: 1" }, { a: 1 }],
    ["a blank block beside an object", { values: { a: 1 }, valuesBlock: " \n" }, { a: 1 }],
    ["a block of comments", { valuesBlock: "# nothing yet\n" }, {}],
  ])("%s", (_what, fields, expected) => {
    expect(helmValues(fields)).toEqual(expected);
  });
});

describe("parseValuesBlock", () => {
  test.each([
    ["a reference in quotes", 'a: "{{ .Cluster.Name }}"', { a: "{{ .Cluster.Name }}" }],
    [
      "one alone, without",
      "a: {{ .Cluster.Name }}\nb: [{{.Cluster.Version}}]",
      {
        a: "{{ .Cluster.Name }}",
        b: ["{{.Cluster.Version}}"],
      },
    ],
    ["text in a block stays as it is", "a: |\n  b: {{ .Cluster.Name }}\n", { a: "b: {{ .Cluster.Name }}\n" }],
    ["anchors", "a: &a {x: 1}\nb: *a\n", { a: { x: 1 }, b: { x: 1 } }],
    ["other mappings in braces", "a: {b: {c: 1}}", { a: { b: { c: 1 } } }],
  ])("%s", (_what, text, expected) => {
    expect(parseValuesBlock(text)).toEqual(expected);
  });

  test.each([
    ["a list", "- a\n", /expected a YAML object/],
    ["a word", "hello", /expected a YAML object/],
    ["broken YAML", "a: [1\n", /line 2/],
    ["a key twice", "a: 1\na: 2\n", /unique/],
    ["a reference with text around it", "a: {{ .Cluster.Name }}.example.com", /has to stand in quotes/],
    ["a document that grows without end", aliasBomb(), /alias/],
    ["one that is nested without end", "{".repeat(100_000), /levels of brackets/],
    ["one that is longer than a person writes", `a: ${"x".repeat(300_000)}`, /at most 262144 characters/],
  ])("%s is refused", (_what, text, message) => {
    expect(() => parseValuesBlock(text)).toThrow(ValuesBlockError);
    expect(() => parseValuesBlock(text)).toThrow(message);
  });
});

function aliasBomb(): string {
  const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"];
  for (let level = 1; level < 9; level++) {
    const before = `*a${level - 1}`;
    lines.push(`a${level}: &a${level} [${Array.from({ length: 10 }, () => before).join(", ")}]`);
  }
  return lines.join("\n");
}
