import { describe, expect, it } from "vitest";
import { parseWarnings } from "./warnings.ts";

describe("parseWarnings", () => {
  it.each([
    ["none", undefined, []],
    ["one", '299 - "unknown field \\"spec.x\\""', ['unknown field "spec.x"']],
    ["several headers", ['299 - "one"', '299 - "two"'], ["one", "two"]],
    ["several in one header", '299 - "a, b", 299 - "c"', ["a, b", "c"]],
    ["something else", "nonsense", []],
  ])("%s", (_, header, expected) => {
    expect(parseWarnings(header)).toEqual(expected);
  });
});
