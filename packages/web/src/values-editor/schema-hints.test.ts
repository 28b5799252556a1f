import { expect, test } from "vitest";
import { keysBelow, schemaAt, valuesOfKey } from "./schema-hints.ts";

const schema = {
  $defs: { image: { type: "object", properties: { tag: { type: "string", description: "Of the image." } } }, loop: {} },
  properties: {
    image: { $ref: "#/$defs/image" },
    debug: { type: "boolean" },
    routingMode: { enum: ["", "tunnel", "native"] },
    port: { oneOf: [{ type: "integer" }, { type: "string", enum: ["auto"] }] },
    nodes: { additionalProperties: { properties: { zone: { type: ["string", "null"] } } } },
    again: { $ref: "#" },
    elsewhere: { $ref: "https://example.com/schema" },
  },
};

test("keys with their types and descriptions, through references and alternatives", () => {
  const hint = (key: string) => keysBelow(schema, []).find((one) => one.key === key);
  expect(hint("image")).toMatchObject({ type: "object", isMap: true });
  expect(hint("routingMode")).toMatchObject({ type: '"" | "tunnel" | "native"', isMap: false });
  expect(hint("port")).toMatchObject({ type: 'integer | "auto"' });
  expect(hint("elsewhere")).toMatchObject({ type: "" });
  expect(keysBelow(schema, ["image"])).toEqual([
    { key: "tag", type: "string", description: "Of the image.", isMap: false },
  ]);
  expect(keysBelow(schema, ["nodes", "any"]).map(({ key }) => key)).toEqual(["zone"]);
  expect(keysBelow(schema, ["again", "again", "image"]).map(({ key }) => key)).toEqual(["tag"]);
});

test("values, where they can be counted", () => {
  expect(valuesOfKey(schema, ["debug"])).toEqual(["true", "false"]);
  expect(valuesOfKey(schema, ["routingMode"])).toEqual(['""', '"tunnel"', '"native"']);
  expect(valuesOfKey(schema, ["image", "tag"])).toEqual([]);
});

test("as part of a larger document, references go with it", () => {
  const whole = schemaAt("a/b", schema);
  expect(keysBelow(whole, []).map(({ key }) => key)).toEqual(["a/b"]);
  expect(keysBelow(whole, ["a/b", "again", "image"]).map(({ key }) => key)).toEqual(["tag"]);
  expect(valuesOfKey(whole, ["a/b", "debug"])).toEqual(["true", "false"]);
  expect(keysBelow(schemaAt("x", undefined), ["x"])).toEqual([]);
});

test.each([undefined, null, 1, [], { properties: 1 }, { $ref: "#/nowhere" }, { allOf: [1] }])(
  "what is no schema says nothing: %j",
  (broken) => {
    expect([keysBelow(broken, []), valuesOfKey(broken, ["a"])]).toEqual([[], []]);
  },
);
