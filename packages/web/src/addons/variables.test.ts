import { expect, test } from "vitest";
import { readVariable, writeVariables } from "./variables.ts";

test("a variable is read by its name, dotted or nested", () => {
  expect(readVariable({ "multus.logLevel": "debug" }, "multus.logLevel")).toBe("debug");
  expect(readVariable({ multus: { logLevel: "error" } }, "multus.logLevel")).toBe("error");
  expect(readVariable({ multus: "x" }, "multus.logLevel")).toBeUndefined();
});

test("what is chosen takes the place of either, and an empty text of none", () => {
  const before = { multus: { logLevel: "error", other: 1 }, own: true };
  expect(writeVariables(before, { "multus.logLevel": "debug" })).toEqual({
    multus: { other: 1 },
    own: true,
    "multus.logLevel": "debug",
  });
  expect(writeVariables({ multus: { logLevel: "error" } }, { "multus.logLevel": "" })).toEqual({});
  expect(writeVariables({ "multus.logLevel": "error" }, { "multus.logLevel": "" })).toEqual({});
  expect(writeVariables({}, { "hubble.ui": false })).toEqual({ "hubble.ui": false });
});
