import { expect, test } from "vitest";
import { entityTag, requireMatch } from "./entity-tag.ts";

const editable = { name: "demo", labels: { team: "shop" }, spec: { a: 1, b: { c: [1, 2] } } };
const tag = entityTag(editable);

test("the tag follows what can be edited, and not the order of keys", () => {
  expect(tag).toMatch(/^"[\w-]{22}"$/);
  expect(entityTag({ spec: { b: { c: [1, 2] }, a: 1 }, labels: { team: "shop" }, name: "demo" })).toBe(tag);
  for (const other of [{ name: "demo2" }, { labels: {} }, { spec: { a: 1, b: { c: [2, 1] } } }]) {
    expect(entityTag({ ...editable, ...other })).not.toBe(tag);
  }
});

const check = (ifMatch: string | undefined) => () =>
  requireMatch({ headers: { "if-match": ifMatch } }, 'thing "demo"', editable);

test.each([[undefined], ["*"], [tag], [`"other", ${tag}`]])("If-Match %s lets through", (header) => {
  expect(check(header)).not.toThrow();
});

test.each(['"other"', "", `W/${tag}`])("If-Match %j is refused with 412", (header) => {
  const refusal = { statusCode: 412, message: expect.stringMatching(/^thing "demo" was changed since/) };
  expect(check(header)).toThrow(expect.objectContaining(refusal));
});
