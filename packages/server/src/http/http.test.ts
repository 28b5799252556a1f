import type { FastifyReply } from "fastify";
import { describe, expect, test } from "vitest";
import { bearerToken } from "../authentication/bearer-token.ts";
import { invalidObject } from "./api-error.ts";
import { objectBody } from "./json-body.ts";
import { addWarnings } from "./warnings.ts";

describe("an invalid object", () => {
  test("with one error has it as message", () => {
    const error = invalidObject("cluster", [
      { reason: "FieldValueRequired", field: "spec.version", message: "name one" },
    ]);
    expect(error.body.error).toEqual({
      code: 400,
      message: "invalid cluster: spec.version: Required value: name one",
      details: ["spec.version: Required value: name one"],
      fieldErrors: [{ reason: "FieldValueRequired", field: "spec.version", message: "name one" }],
    });
  });

  test("with several has a list, equal ones once, huge values cut", () => {
    const { message } = invalidObject("cluster", [
      { reason: "FieldValueTooMany", field: "a", value: 3, message: "must have at most 2 items" },
      { reason: "FieldValueForbidden", field: "b", value: "x", message: "not now" },
      { reason: "FieldValueForbidden", field: "b", value: "y", message: "not now" },
      { reason: "FieldValueInvalid", field: "c", value: "z".repeat(1000), message: "too long" },
    ]);
    expect(message).toBe(
      `invalid cluster: [a: Too many: 3: must have at most 2 items, b: Forbidden: not now, c: Invalid value: "${"z".repeat(199)}…: too long]`,
    );
  });
});

describe("a body", () => {
  test("loses fields that are null, at any depth, but keeps false, zero and empty ones", () => {
    const body = { a: null, b: { c: null, d: false }, e: [{ f: null, g: 0 }, null], h: "" };
    expect(objectBody(body)).toEqual({ b: { d: false }, e: [{ g: 0 }, null], h: "" });
  });

  test.each([[undefined], [null], ["text"], [5], [[]]])("that is %j is refused", (body) => {
    expect(() => objectBody(body)).toThrow("expected a JSON object");
  });

  test("with a field named __proto__ changes no prototype", () => {
    const body = objectBody(JSON.parse('{"__proto__":{"polluted":true}}'));
    expect(Object.getPrototypeOf(body)).toBe(Object.prototype);
    expect(Object.keys(body)).toEqual(["__proto__"]);
  });
});

describe("warnings", () => {
  function headersFor(texts: string[]): string[] {
    let header: string[] = [];
    const reply = { getHeader: () => header, header: (_: string, value: string[]) => (header = value) };
    addWarnings(reply as unknown as FastifyReply, texts);
    return header;
  }

  test("are quoted, escaped and ASCII", () => {
    expect(headersFor(['say "hi" \\ bye', "näme\r\nSet-Cookie: x 🙂"])).toEqual([
      '299 - "say \\"hi\\" \\\\ bye"',
      '299 - "nU+E4meU+DU+ASet-Cookie: x U+1F642"',
    ]);
  });

  test("never make more than 4 KiB of headers", () => {
    const headers = headersFor(Array.from({ length: 1000 }, (_, index) => `unknown field "field-${index}"`));
    expect(headers.join("").length).toBeLessThanOrEqual(4096);
    expect(headers.length).toBeGreaterThan(50);
  });
});

describe("the bearer token", () => {
  test.each<[string, Record<string, string>, Record<string, unknown>, string | undefined]>([
    ["of the header", { authorization: "Bearer abc" }, {}, "abc"],
    ["of the header, in any case", { authorization: "bearer abc" }, {}, "abc"],
    ["of the header before the cookie", { authorization: "Bearer abc", cookie: "token=def" }, {}, "abc"],
    ["of the cookie", { cookie: "a=b; token=def; c=d" }, {}, "def"],
    ["of the cookie before the query", { cookie: "token=def" }, { token: "ghi" }, "def"],
    ["of the query", {}, { token: "ghi" }, "ghi"],
    ["is missing in another scheme", { authorization: "Basic abc" }, {}, undefined],
    ["is missing when empty", { authorization: "Bearer ", cookie: "token=" }, { token: "" }, undefined],
    ["is missing when sent twice", {}, { token: ["a", "b"] }, undefined],
    ["is not that of another cookie", { cookie: "xtoken=abc" }, {}, undefined],
  ])("%s", (_, headers, query, token) => {
    expect(bearerToken({ headers, query })?.token).toBe(token);
  });

  test("says where it was", () => {
    const token = "abc";
    const headers = { authorization: "Bearer abc" };
    expect(bearerToken({ headers, query: {} })).toEqual({ token, place: "header" });
    expect(bearerToken({ headers: { cookie: "token=abc" }, query: {} })).toEqual({ token, place: "cookie" });
    expect(bearerToken({ headers: {}, query: { token } })).toEqual({ token, place: "query" });
  });
});
