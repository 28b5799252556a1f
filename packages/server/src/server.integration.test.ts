import { kubermaticConfigurationType } from "@fairlead/resources";
import type { InjectOptions } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
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
    { method: "POST", url: "/api/v1/projects", payload: { name: "bobs" } },
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
    expect((await api.fetch(`${clusters}/${clusterId}`)).status).toBe(404);
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

describe("projects", () => {
  test("are created, shown, listed and deleted", async () => {
    const created = await api.post("/api/v1/projects", { name: "  team a ", labels: { tier: "gold" } });
    expect(created.statusCode).toBe(201);
    const project = created.json<{ id: string }>();
    expect(project).toEqual({
      id: expect.stringMatching(/^[a-z][a-z0-9]{9}$/),
      name: "team a",
      creationTimestamp: expect.any(String),
      status: "",
      labels: { tier: "gold" },
    });
    const url = `/api/v1/projects/${project.id}`;
    expect((await api.get(url)).json()).toEqual(project);
    expect((await api.get("/api/v1/projects")).json()).toContainEqual(project);
    const deleted = await api.call({ method: "DELETE", url });
    expect([deleted.statusCode, deleted.json()]).toEqual([200, {}]);
    expect((await api.get(url)).statusCode).toBe(404);
  });

  test("show the status that controllers give them", async () => {
    const id = await api.project("active");
    expect((await api.get(`/api/v1/projects/${id}`)).json()).toMatchObject({ status: "Active" });
  });

  test.each<[string, unknown, number]>([
    ["an empty name", { name: "" }, 400],
    ["a blank name", { name: "  " }, 400],
    ["no name", {}, 400],
    ["a name of the wrong type", { name: 5 }, 400],
    ["labels of the wrong type", { name: "bad", labels: ["a"] }, 400],
    ["labels that Kubernetes refuses", { name: "bad", labels: { "a b": "c" } }, 422],
    ["malformed JSON", "{", 400],
  ])("are not created with %s", async (_, payload, statusCode) => {
    const before = await api.storedProjects();
    const response = await api.call({
      method: "POST",
      url: "/api/v1/projects",
      payload: typeof payload === "string" ? payload : JSON.stringify(payload),
      headers: { "content-type": "application/json" },
    });
    expect(response.statusCode, response.body).toBe(statusCode);
    expect(response.json()).toMatchObject({ error: { code: statusCode, message: expect.any(String) } });
    expect(await api.storedProjects()).toEqual(before);
  });

  test("that are unknown are 404", async () => {
    expect((await api.get("/api/v1/projects/nope")).statusCode).toBe(404);
    expect((await api.call({ method: "DELETE", url: "/api/v1/projects/nope" })).statusCode).toBe(404);
  });
});

describe("catalogues", () => {
  test("datacenters, by name, without their credentials", async () => {
    const response = await api.get("/api/v1/dc");
    const datacenters = response.json<{ metadata: { name: string } }[]>();
    expect(datacenters.map(({ metadata }) => metadata.name)).toEqual([
      "aws-eu",
      "hetzner-fsn",
      "kubevirt-dc",
      "local",
      "openstack-v6",
      "vsphere-dc",
    ]);
    expect(response.body).not.toMatch(/s3cret|infraManagementUser/);
    expect((await api.get("/api/v1/dc/local")).json()).toEqual({
      metadata: { name: "local" },
      spec: {
        seed: "embedded",
        country: "DE",
        location: "Here",
        provider: "bringyourown",
        bringyourown: {},
        node: {},
        enforceAuditLogging: false,
        enforcePodSecurityPolicy: false,
        ipv6Enabled: true,
      },
    });
    expect((await api.get("/api/v1/dc/nope")).statusCode).toBe(404);
  });

  test.each([
    ["local", true],
    ["aws-eu", true],
    ["openstack-v6", true],
    ["vsphere-dc", false],
    ["kubevirt-dc", false],
  ])("datacenter %s has IPv6: %s", async (name, ipv6Enabled) => {
    expect((await api.get(`/api/v1/dc/${name}`)).json()).toMatchObject({ spec: { ipv6Enabled } });
  });

  test("seeds and their datacenters", async () => {
    expect((await api.get("/api/v1/seed")).json()).toEqual(["embedded"]);
    expect((await api.get("/api/v1/seed/embedded/dc")).json()).toHaveLength(6);
    expect((await api.get("/api/v1/seed/nope/dc")).statusCode).toBe(404);
  });

  test("Kubernetes versions, oldest first, with the default", async () => {
    const versions = [{ version: "1.35.4" }, { version: "1.36.3", default: true }];
    expect((await api.get("/api/v2/providers/aws/versions?type=kubernetes")).json()).toEqual(versions);
    expect((await api.get("/api/v1/upgrades/cluster")).json()).toEqual(versions);
    expect((await api.get("/api/v2/providers/nope/versions")).statusCode).toBe(400);
    expect((await api.get("/api/v2/providers/aws/versions?type=foo")).statusCode).toBe(400);
  });

  test("CNI versions follow the catalogue that the configuration names", async () => {
    const versions = async (type: string) => (await api.get(`/api/v2/cni/${type}/versions`)).json();
    expect(await versions("none")).toEqual({ cniPluginType: "none", versions: [""] });
    expect((await versions("canal")).versions).toContain("v3.31");
    const ref = { name: "fairlead", namespace: "kubermatic" };
    const choose = (catalogue: string | null) =>
      api.management.mergePatch(kubermaticConfigurationType, ref, { spec: { userCluster: { cni: { catalogue } } } });
    const soon = { timeout: 5000 }; // the configuration is read at most once a second
    try {
      await choose("2.22");
      const canal = { cniPluginType: "canal", versions: ["v3.22", "v3.23", "v3.24"] };
      await expect.poll(() => versions("canal"), soon).toEqual(canal);
      expect(await versions("cilium")).toEqual({ cniPluginType: "cilium", versions: ["1.13.8", "v1.11", "v1.12"] });
      await choose("9.9");
      const message = expect.stringContaining("spec.userCluster.cni.catalogue");
      await expect.poll(() => versions("canal"), soon).toEqual({ error: { code: 500, message } });
    } finally {
      await choose(null);
    }
    await expect.poll(async () => (await versions("canal")).versions, soon).toContain("v3.31");
  });

  test("an unknown CNI is 400 and names those there are", async () => {
    const response = await api.get("/api/v2/cni/foo/versions");
    expect([response.statusCode, response.json()]).toEqual([
      400,
      { error: { code: 400, message: 'CNI plugin type "foo" not supported. Supported types: [canal cilium none]' } },
    ]);
  });

  test("network defaults, as the rules have them for the provider", async () => {
    const standard = {
      ipv4: {
        podsCidr: "172.25.0.0/16",
        servicesCidr: "10.240.16.0/20",
        nodeCidrMaskSize: 24,
        nodePortsAllowedIPRange: "0.0.0.0/0",
      },
      ipv6: {
        podsCidr: "fd01::/48",
        servicesCidr: "fd02::/120",
        nodeCidrMaskSize: 64,
        nodePortsAllowedIPRange: "::/0",
      },
      proxyMode: "ipvs",
      nodeLocalDNSCacheEnabled: true,
      clusterExposeStrategy: "NodePort",
      tunnelingAgentIP: "100.64.30.10",
    };
    const defaults = (provider: string, dc: string) =>
      api.get(`/api/v2/providers/${provider}/dc/${dc}/networkdefaults`);
    expect((await defaults("bringyourown", "local")).json()).toEqual(standard);
    expect((await defaults("hetzner", "hetzner-fsn")).json()).toEqual({ ...standard, proxyMode: "iptables" });
    expect((await defaults("kubevirt", "kubevirt-dc")).json()).toEqual({
      ...standard,
      ipv4: { ...standard.ipv4, podsCidr: "172.26.0.0/16", servicesCidr: "10.241.0.0/20" },
    });
    expect((await defaults("nope", "local")).statusCode).toBe(400);
    expect((await defaults("aws", "nope")).statusCode).toBe(404);
    expect((await defaults("aws", "local")).statusCode).toBe(400);
  });

  test("the version", async () => {
    expect((await api.get("/api/v1/version")).json()).toEqual({ api: "0.0.0-test" });
  });
});
