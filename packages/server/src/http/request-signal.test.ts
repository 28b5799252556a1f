import { once } from "node:events";
import fastify, { type FastifyInstance } from "fastify";
import { afterEach, expect, test } from "vitest";
import { handleError } from "./error-handler.ts";
import { signalOf, signalRequests } from "./request-signal.ts";

let app: FastifyInstance;
const begun = new EventTarget();
let reasons: unknown[];

async function serve({ limitMs }: { limitMs: number }): Promise<void> {
  reasons = [];
  app = fastify();
  app.setErrorHandler(handleError);
  signalRequests(app, limitMs);
  app.post("/quick", async (request) => {
    await new Promise((resolve) => setTimeout(resolve, 50)); // long after the body was read
    return { aborted: signalOf(request).aborted };
  });
  app.post("/endless", async (request) => {
    const signal = signalOf(request);
    begun.dispatchEvent(new Event("begun"));
    await once(signal, "abort");
    reasons.push(signal.reason);
    throw signal.reason;
  });
  await app.listen({ host: "127.0.0.1", port: 0 });
}
afterEach(() => app.close());

function post(path: string, signal?: AbortSignal): Promise<Response> {
  const headers = { "content-type": "application/json" };
  return fetch(new URL(path, app.listeningOrigin), { method: "POST", body: "{}", headers, signal });
}

test("a request whose body was read goes on", async () => {
  await serve({ limitMs: 60_000 });
  const response = await post("/quick");
  expect([response.status, await response.json()]).toEqual([200, { aborted: false }]);
});

test("a request that takes too long is answered with 503", async () => {
  await serve({ limitMs: 300 });
  const response = await post("/endless");
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({ error: { code: 503, message: expect.stringContaining("too long") } });
});

test("a request ends when its client goes away", async () => {
  await serve({ limitMs: 60_000 });
  const client = new AbortController();
  const started = once(begun, "begun");
  const response = post("/endless", client.signal);
  await started;
  client.abort();
  await expect(response).rejects.toThrow();
  await expect.poll(() => reasons, { timeout: 30_000 }).toEqual([expect.objectContaining({ statusCode: 499 })]);
});
