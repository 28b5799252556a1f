import { describe, expect, it } from "vitest";
import { parseCorefile } from "./corefile.ts";

describe("parseCorefile", () => {
  it("reads zones, directives and nested blocks", () => {
    expect(parseCorefile(".:53 {\n  # all\n  errors\n  cache {\n    success 9 30\n  }\n}\n")).toEqual([
      {
        words: [".:53"],
        block: [
          { words: ["errors"], block: [] },
          { words: ["cache"], block: [{ words: ["success", "9", "30"], block: [] }] },
        ],
      },
    ]);
  });

  it.each([
    [".:53 {\n  errors\n", "not closed"],
    [".:53 {\n}\n}\n", 'line 3: unexpected "}"'],
    ["errors\n", 'line 1: "errors" is outside'],
    [".:53 {\n  cache { success\n  }\n}", "line 2: misplaced brace"],
  ])("refuses %j", (text, message) => {
    expect(() => parseCorefile(text)).toThrow(message);
  });
});
