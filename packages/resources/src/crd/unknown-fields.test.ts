import { expect, test } from "vitest";
import { z } from "zod";
import { structuralSchema } from "./structural-schema.ts";
import { unknownFields } from "./unknown-fields.ts";

const schema = structuralSchema(
  z.object({
    name: z.string(),
    labels: z.record(z.string(), z.string()).optional(),
    open: z.looseObject({ known: z.object({ a: z.string() }) }).optional(),
    list: z.array(z.object({ a: z.string() })).optional(),
  }),
);

test.each<[string, unknown, string[]]>([
  ["nothing unknown", { name: "x", labels: { any: "y" }, list: [{ a: "b" }] }, []],
  ["an unknown field at the top", { name: "x", nmae: "y" }, ["nmae"]],
  ["an unknown field in a list", { name: "x", list: [{ a: "b" }, { b: "c" }] }, ["list[1].b"]],
  ["any field of an open object", { open: { other: { x: 1 } } }, []],
  ["an unknown field below a known one of an open object", { open: { known: { b: 1 } } }, ["open.known.b"]],
  [
    "a field named like a method of every object",
    JSON.parse('{"constructor":1,"__proto__":2}'),
    ["constructor", "__proto__"],
  ],
  ["an object where a text belongs", { name: { first: "x" } }, []],
  ["no object at all", "text", []],
])("finds %s", (_, value, unknown) => {
  expect(unknownFields(schema, value)).toEqual(unknown);
});
