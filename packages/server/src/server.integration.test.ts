import { connect } from "node:net";
import type { InjectOptions } from "fastify";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { adminToken, expiredToken, TestApi, userToken } from "./testing/test-api.ts";

let api: TestApi;

beforeAll(async () => {
  api = await TestApi.start();
});
afterAll(() => api?.stop());

describe("authentication", () => {
  test.each([
    ["header", "/api/v1/me", { authorization: `Bearer ${adminToken}` }],
    ["cookie", "/api/v1/me", { cookie: `nonce=x; token=${adminToken}` }],
    ["query", `/api/v1/me?token=${adminToken}`, {}],
  ])("takes the token from the %s", async (_, url, headers) => {
    const response = await api.app.inject({ url, headers });
    expect(response.statusCode).toBe(200);
    expect(response.json()).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{64}$/),
      name: "admin",
      email: "admin@fairlead.local",
      creationTimestamp: "0001-01-01T00:00:00Z",
      isAdmin: true,
    });
  });

  test.each([
    ["no token", {}, "not authorized"],
    ["another scheme", { authorization: `Basic ${adminToken}` }, "not authorized"],
    ["a wrong token", { authorization: "Bearer wrong" }, "access denied"],
    ["an expired token", { authorization: `Bearer ${expiredToken}` }, "access denied, invalid token: it expired"],
    ["a token with something added", { authorization: `Bearer ${adminToken}x` }, "access denied"],
  ])("refuses %s, on every path that is served", async (_, headers, message) => {
    for (const url of [
      "/api/v1/me",
      "/api/v1/projects",
      "/api/v1/dc",
      "/api/v2/projects/p/clusters",
      "/api/v1/version",
    ]) {
      const response = await api.app.inject({ url, headers });
      expect(response.statusCode).toBe(401);
      expect(response.headers).toMatchObject({ "content-type": "application/json", "www-authenticate": "Bearer" });
      expect(response.json()).toMatchObject({ error: { code: 401, message: expect.stringContaining(message) } });
    }
    const write = await api.app.inject({
      method: "POST",
      url: "/api/v1/projects",
      payload: { name: "intruder" },
      headers,
    });
    expect(write.statusCode).toBe(401);
    expect((await api.storedProjects()).map(({ spec }) => spec.name)).not.toContain("intruder");
  });
});

test("a user who is no administrator sees no project and changes none", async () => {
  const id = await api.project("not-bobs");
  const asUser = (request: InjectOptions) =>
    api.call({ ...request, headers: { authorization: `Bearer ${userToken}` } });
  expect((await asUser({ url: "/api/v1/me" })).json()).toMatchObject({ email: "bob@example.com", groups: ["dev"] });
  expect((await asUser({ url: "/api/v1/projects" })).json()).toEqual([]);
  const cluster = { name: "bobs", spec: { cloud: { dc: "local", bringyourown: {} }, version: "1.36.3" } };
  const refused: InjectOptions[] = [
    { url: `/api/v1/projects/${id}` },
    { method: "DELETE", url: `/api/v1/projects/${id}` },
    { url: `/api/v2/projects/${id}/clusters` },
    { url: `/api/v2/projects/${id}/clusters/abc` },
    { url: `/api/v2/projects/${id}/clusters/abc/kubeconfig` },
    { method: "POST", url: `/api/v2/projects/${id}/clusters`, payload: { cluster } },
  ];
  for (const request of refused) {
    const response = await asUser(request);
    expect([request.url, response.statusCode]).toEqual([request.url, 403]);
    expect(response.json()).toMatchObject({ error: { code: 403, message: expect.stringMatching(/^forbidden: /) } });
  }
  expect(await api.storedClusterNames()).toEqual([]);
  expect((await api.storedProjects()).map(({ spec }) => spec.name)).toContain("not-bobs");
});

describe("over a real connection", () => {
  test("a project and a cluster are created, shown and deleted", async () => {
    const created = await api.fetch("/api/v1/projects", { method: "POST", body: '{"name":"wired"}' });
    expect(created.status).toBe(201);
    expect(created.headers.get("content-type")).toBe("application/json");
    const id = await api.project("wired too");
    const clusters = `/api/v2/projects/${id}/clusters`;
    const cluster = { name: "wired", spec: { cloud: { dc: "local", bringyourown: {} }, version: "1.36.3", x: 1 } };
    const response = await api.fetch(clusters, { method: "POST", body: JSON.stringify({ cluster }) });
    expect([response.status, response.headers.get("warning")]).toEqual([
      201,
      expect.stringContaining("cluster.spec.x"),
    ]);
    const { id: clusterId } = (await response.json()) as { id: string };
    expect((await api.fetch(`${clusters}/${clusterId}`)).status).toBe(200);
    expect((await api.fetch(`${clusters}/${clusterId}`, { method: "DELETE" })).status).toBe(200);
    // It waits for its control plane, which nobody runs here.
    expect(await (await api.fetch(`${clusters}/${clusterId}`)).json()).toHaveProperty("deletionTimestamp");
  });

  test("a body over the limit is 413 even if it does not say its length", async () => {
    const body = new ReadableStream({
      pull: (controller) => controller.enqueue(new TextEncoder().encode(" ".repeat(100_000))),
    });
    const response = await api.fetch("/api/v1/projects", { method: "POST", body, duplex: "half" });
    expect([response.status, await response.json()]).toEqual([
      413,
      { error: { code: 413, message: expect.any(String) } },
    ]);
  });
});

describe("a client that dawdles or babbles", () => {
  /** What comes back on a raw connection until it ends, or "open" after a while. */
  async function talk(text: string): Promise<string> {
    await api.fetch("/api/v1/healthz"); // It listens from now on.
    const { port } = new URL(api.app.listeningOrigin);
    const socket = connect(Number(port), "127.0.0.1");
    socket.write(text);
    const chunks: Buffer[] = [];
    for await (const chunk of socket) {
      chunks.push(chunk as Buffer);
      if (chunks.join("").includes("\r\n\r\n")) break;
    }
    socket.destroy();
    return chunks.join("");
  }

  test.each([
    ["headers that are too large", `GET /api/v1/me HTTP/1.1\r\nHost: x\r\nX: ${"x".repeat(20_000)}\r\n\r\n`, "431"],
    ["no HTTP", "\x16\x03\x01 hello\r\n\r\n", "400"],
    [
      "two lengths",
      "POST /api/v1/projects HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
      "400",
    ],
    [
      "a length and chunks (request smuggling)",
      "POST /api/v1/projects HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "400",
    ],
    ["a header in two lines", "GET /api/v1/me HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\nBad Header: c\r\n\r\n", "400"],
  ])("%s", async (_, text, status) => {
    expect((await talk(text)).split(" ")[1]).toBe(status);
  });

  test("is not waited for without end", () => {
    const { headersTimeout, requestTimeout, keepAliveTimeout } = api.app.server;
    expect({ headersTimeout, requestTimeout, keepAliveTimeout }).toEqual({
      headersTimeout: 10_000,
      requestTimeout: 60_000,
      keepAliveTimeout: 65_000,
    });
  });
});

describe("limits, over a real connection", () => {
  test("one user has a share of their own; whoever guesses tokens uses up the address", async () => {
    const rateLimits = { address: 20, identity: 4 };
    const limited = api.serve({ rateLimits });
    onTestFinished(() => limited.close());
    await limited.listen({ host: "127.0.0.1", port: 0 });
    const send = (token: string, { path = "/api/v1/projects", ...init }: RequestInit & { path?: string } = {}) => {
      const headers = { authorization: `Bearer ${token}`, "x-forwarded-for": `10.0.0.${Math.random()}` };
      return fetch(new URL(path, limited.listeningOrigin), { ...init, headers });
    };
    for (let count = 0; count < rateLimits.identity; count++) expect((await send("eve@example.com")).status).toBe(200);
    for (const init of [{}, { method: "DELETE", path: "/api/v1/projects/abc" }]) {
      const refused = await send("eve@example.com", init);
      const wait = Number(refused.headers.get("retry-after"));
      expect([refused.status, wait > 0 && wait <= 60, await refused.json()]).toEqual([
        429,
        true,
        { error: { code: 429, message: expect.stringContaining("too many requests") } },
      ]);
    }
    expect((await send("bob@example.com")).status).toBe(200);
    for (let count = rateLimits.identity + 3; count < rateLimits.address; count++) {
      expect((await send(`guess-${count}`)).status).toBe(401);
    }
    const refused = await send("bob@example.com");
    expect([refused.status, Number(refused.headers.get("retry-after")) > 0]).toEqual([429, true]);
  });
});

describe("every answer", () => {
  test("an unknown path is 404 in plain text", async () => {
    const response = await api.get("/api/v1/nope");
    expect([response.statusCode, response.body]).toEqual([404, "404 page not found\n"]);
    expect(response.headers["content-type"]).toBe("text/plain; charset=utf-8");
  });

  test("a known path with another method is 405 and says what is allowed", async () => {
    const response = await api.call({ method: "PUT", url: "/api/v1/projects" });
    expect(response.statusCode).toBe(405);
    expect(response.headers.allow).toBe("GET, HEAD, POST");
    expect(response.json()).toMatchObject({ error: { code: 405 } });
    expect((await api.call({ method: "DELETE", url: "/api/v1/healthz" })).statusCode).toBe(405);
  });

  test("a path that is no UTF-8 is 400 in the envelope", async () => {
    const response = await api.get("/api/v1/projects/%zz");
    expect([response.statusCode, response.json()]).toEqual([
      400,
      { error: { code: 400, message: expect.any(String) } },
    ]);
  });

  test("carries security headers", async () => {
    const { headers } = await api.get("/api/v1/me");
    expect(headers).toMatchObject({ "x-content-type-options": "nosniff", "x-frame-options": "DENY" });
    expect(headers["content-security-policy"]).toContain("default-src 'self'");
    expect(headers["content-security-policy"]).not.toContain("upgrade-insecure-requests");
    expect(headers).not.toHaveProperty("strict-transport-security");
  });
});

test("health needs no token, and is 503 when the management API is gone", async () => {
  const response = await api.app.inject({ url: "/api/v1/healthz" });
  expect([response.statusCode, response.body]).toEqual([200, "ok"]);
  await api.server.killApiServer();
  try {
    expect((await api.app.inject({ url: "/api/v1/healthz" })).statusCode).toBe(503);
    const projects = await api.get("/api/v1/projects");
    expect([projects.statusCode, projects.json()]).toEqual([
      503,
      { error: { code: 503, message: expect.stringContaining("does not answer") } },
    ]);
  } finally {
    await api.server.startApiServer();
  }
});
