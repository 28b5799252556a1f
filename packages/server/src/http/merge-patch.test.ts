import { expect, test } from "vitest";
import { patchBody } from "./merge-patch.ts";

test("a body that is no object, or too deep, is refused", () => {
  expect(() => patchBody([])).toThrow("expected a JSON object");
  expect(() => patchBody(undefined)).toThrow("expected a JSON object");
  expect(() => patchBody(JSON.parse(`${'{"a":'.repeat(100)}null${"}".repeat(100)}`))).toThrow("nested deeper");
  expect(patchBody({ a: null })).toEqual({ a: null });
});
