import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { ApiError, isNotFound, isTransient, UnreachableError } from "./api-error.ts";
import { ApiClient, type ApiClientOptions } from "./client.ts";

let server: Server | undefined;

afterEach(async () => {
  server?.closeAllConnections();
  if (server) await new Promise((resolve) => server?.close(resolve));
  server = undefined;
});

/** A client of a server on loopback that answers as `listener` does. */
async function clientOf(listener: RequestListener, options: Partial<ApiClientOptions> = {}): Promise<ApiClient> {
  server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return new ApiClient({ url: `http://127.0.0.1:${port}/`, token: "secret", ...options });
}

function answer(status: number, body: string): RequestListener {
  return (_request, response) => response.writeHead(status).end(body);
}

test("sends the token, and names as parts of the path", async () => {
  const seen: unknown[] = [];
  const client = await clientOf((request, response) => {
    seen.push(request.method, request.url, request.headers.authorization);
    response.end("{}");
  });
  await client.cluster("p", "a/b?c");
  expect(seen).toEqual(["GET", "/api/v2/projects/p/clusters/a%2Fb%3Fc", "Bearer secret"]);
});

test("decodes the error envelope", async () => {
  const fieldErrors = [{ reason: "FieldValueInvalid", field: "spec.x", message: "no" }];
  const body = { error: { code: 400, message: "invalid cluster: spec.x: no", details: ["spec.x: no"], fieldErrors } };
  const client = await clientOf(answer(400, JSON.stringify(body)));
  const error = await client.projects().catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({
    status: 400,
    message: "invalid cluster: spec.x: no",
    details: ["spec.x: no"],
    fieldErrors,
  });
});

test.each([
  ["<html>gateway</html>", "the server answered 502"],
  ["upstream is gone", "the server answered 502: upstream is gone"],
  ["", "the server answered 502"],
])("an error that is no envelope: %j", async (body, message) => {
  const client = await clientOf(answer(502, body));
  await expect(client.projects()).rejects.toThrow(expect.objectContaining({ status: 502, message }));
});

test("a page that is no JSON is no Fairlead", async () => {
  const client = await clientOf(answer(200, "<html>welcome</html>"));
  await expect(client.projects()).rejects.toThrow("does not answer like Fairlead");
});

test("each warning is reported once", async () => {
  const texts: string[] = [];
  const listener: RequestListener = (_request, response) => {
    response.setHeader("warning", [String.raw`299 - "a, \"quoted\""`, '299 - "b"', '299 - "b"']).end("[]");
  };
  const client = await clientOf(listener, { onWarning: (text) => texts.push(text) });
  await client.projects();
  await client.projects();
  expect(texts).toEqual(['a, "quoted"', "b"]);
  const own: string[] = [];
  await client.updateCluster("p", "c", {}, { dryRun: true, onWarnings: (all) => own.push(...all) });
  expect([texts.length, own]).toEqual([2, ['a, "quoted"', "b", "b"]]);
});

test("nobody listens", async () => {
  const client = await clientOf(answer(200, "[]"));
  await new Promise((resolve) => server?.close(resolve));
  await expect(client.projects()).rejects.toThrow(
    expect.objectContaining({
      name: "UnreachableError",
      message: `cannot reach Fairlead at ${client.url}: connection refused`,
    }),
  );
});

test("an answer that never comes", async () => {
  const client = await clientOf(() => undefined, { timeoutMs: 50 });
  await expect(client.projects()).rejects.toThrow(
    expect.objectContaining({ name: "UnreachableError", message: `${client.url} does not answer within 0.05 s` }),
  );
});

test("an abort is thrown as it is", async () => {
  const reason = new Error("interrupted");
  const client = await clientOf(() => undefined, { signal: AbortSignal.abort(reason) });
  await expect(client.projects()).rejects.toBe(reason);
});

test("what can succeed later, and what is not there", () => {
  const status = (code: number) => new ApiError(code, { code, message: "" });
  expect([500, 503, 429, 404, 400, 401].map((code) => isTransient(status(code)))).toEqual([
    true,
    true,
    true,
    false,
    false,
    false,
  ]);
  expect(isTransient(new UnreachableError(""))).toBe(true);
  expect([status(404), status(403), new Error("404")].map(isNotFound)).toEqual([true, false, false]);
});
