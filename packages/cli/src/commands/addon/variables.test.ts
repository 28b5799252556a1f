import { expect, test } from "vitest";
import { parseVariables } from "./variables.ts";

test("variables are text, unless they look like something else", () => {
  expect(parseVariables(["multus.logLevel=debug", "isolated=true", "count=3", "url=a=b", "empty="])).toEqual({
    "multus.logLevel": "debug",
    isolated: true,
    count: 3,
    url: "a=b",
    empty: "",
  });
});

test.each(["debug", "=debug", "a b=c"])("%s is refused", (setting) => {
  expect(() => parseVariables([setting])).toThrow(`--set ${setting}: expected variable=value`);
});
