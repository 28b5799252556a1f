import { judgeNewCluster } from "@fairlead/admission";
import { mutatedJson } from "@fairlead/network/testing";
import {
  type ApiCluster,
  clusterSpecSchema,
  clusterType,
  kubermaticConfigurationType,
  projectLabel,
  seedType,
} from "@fairlead/resources";
import fc from "fast-check";
import type { LightMyRequestResponse } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { minimal } from "../testing/requests.ts";
import { adminToken, TestApi } from "../testing/test-api.ts";

/** FAIRLEAD_FUZZ_RUNS=5000 is the long form; FAIRLEAD_FUZZ_SEED takes other bodies. */
const runs = Number(process.env.FAIRLEAD_FUZZ_RUNS ?? 500);
const seed = Number(process.env.FAIRLEAD_FUZZ_SEED ?? 1);

const spec = {
  cloud: { dc: "local", bringyourown: {} },
  version: "1.36.3",
  exposeStrategy: "NodePort",
  cniPlugin: { type: "cilium", version: "1.18.10" },
  clusterNetwork: {
    ipFamily: "IPv4+IPv6",
    pods: { cidrBlocks: ["172.25.0.0/16", "fd01::/48"] },
    services: { cidrBlocks: ["10.240.16.0/20", "fd02::/120"] },
    nodeCidrMaskSizeIPv4: 24,
    nodeCidrMaskSizeIPv6: 64,
    proxyMode: "ebpf",
    konnectivityEnabled: true,
    nodeLocalDNSCacheEnabled: true,
    coreDNSReplicas: 2,
    dnsDomain: "cluster.local",
  },
  apiServerAllowedIPRanges: { cidrBlocks: [] },
  auditLogging: { enabled: false, policyPreset: "" },
  machineNetworks: [],
};

let api: TestApi;
let project: string;
let clusters: string;

beforeAll(async () => {
  api = await TestApi.start();
  project = await api.project("hostile");
  clusters = `/api/v2/projects/${project}/clusters`;
});
afterAll(() => api?.stop());

function send(method: "POST" | "PATCH", url: string, body: unknown): Promise<LightMyRequestResponse> {
  return api.call({ method, url, payload: JSON.stringify(body), headers: { "content-type": "application/json" } });
}

/** What is stored is what the rules accept in a new cluster, and of its project. */
async function expectSound(id: string, body: unknown): Promise<void> {
  const { metadata, spec: stored } = await api.management.get(clusterType, { name: id });
  const [configurations, seeds] = await Promise.all([
    api.management.list(kubermaticConfigurationType),
    api.management.list(seedType),
  ]);
  const { errors } = judgeNewCluster(stored, { configuration: configurations.items[0], seeds: seeds.items });
  expect([body, errors]).toEqual([body, []]);
  expect([body, clusterSpecSchema.safeParse(stored).error]).toEqual([body, undefined]);
  expect(metadata.labels?.[projectLabel]).toBe(project);
}

test(`of ${runs} hostile bodies, POST stores none that the rules refuse, and fails at none (seed ${seed})`, async () => {
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(mutatedJson({ cluster: { name: "hostile", labels: { a: "b" }, spec } }), async (body) => {
      const response = await send("POST", clusters, body);
      expect([body, response.statusCode < 500, response.body]).toEqual([body, true, expect.any(String)]);
      if (response.statusCode !== 201) return;
      accepted++;
      const { id } = response.json<ApiCluster>();
      await expectSound(id, body);
      await api.delete(`${clusters}/${id}`);
    }),
    { numRuns: runs, seed, endOnFailure: true },
  );
  expect(accepted).toBeGreaterThan(runs / 100);
});

test(`of ${runs} hostile bodies, PATCH stores none that the rules refuse, and fails at none (seed ${seed})`, async () => {
  const { id } = (await api.post(clusters, minimal("patched", spec))).json<ApiCluster>();
  const url = `${clusters}/${id}?skip_kubelet_version_validation=true`;
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(mutatedJson({ name: "patched", labels: { a: "b" }, spec }), async (body) => {
      const response = await send("PATCH", url, body);
      expect([body, response.statusCode < 500, response.body]).toEqual([body, true, expect.any(String)]);
      if (response.statusCode !== 200) return;
      accepted++;
      await expectSound(id, body);
    }),
    { numRuns: runs, seed, endOnFailure: true },
  );
  expect(accepted).toBeGreaterThan(runs / 100);
});

/** Printable and not, long and short: what a header or a part of a path may be made of. */
const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom("..", "../../etc/passwd", "%00", "%2e%2e%2f", "__proto__", "constructor", "a".repeat(3000), "{{x}}"),
);
const knownPart = fc.constantFrom("api", "v1", "v2", "projects", "clusters", "dc", "events", "<project>", "<cluster>");
const pathParts = fc.array(fc.oneof(knownPart, text), { maxLength: 8 });
const headerNames = [
  "authorization",
  "cookie",
  "content-type",
  "accept",
  "origin",
  "x-forwarded-for",
  "if-match",
  "te",
];
/** Of another tenant, whose names nobody else may read. */
const tenant = "another-tenants-name";
/** What only the inside of the server says. */
const insides = /\n\s+at |node_modules|\.ts:\d+|[^a-z]etcd[^a-z]/;
const headers = fc.dictionary(fc.constantFrom(...headerNames), fc.string({ unit: "binary-ascii", maxLength: 60 }));

test(`of ${runs} hostile paths, queries and headers none fails, and none is let in without a token (seed ${seed})`, async () => {
  const { id: tenantsCluster } = (await api.post(clusters, minimal(tenant))).json<ApiCluster>();
  const before = await api.storedClusterNames();
  const methods = fc.constantFrom("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");
  const senders = fc.constantFrom(undefined, adminToken, "eve@example.com");
  const request = fc.record({ method: methods, parts: pathParts, query: text, headers, sender: senders });
  const ids: Readonly<Record<string, string>> = { "<project>": project, "<cluster>": tenantsCluster };
  await fc.assert(
    fc.asyncProperty(request, async ({ method, parts, query, headers: hostile, sender }) => {
      const known: Readonly<Record<string, string>> = sender === adminToken ? {} : ids; // The administrator might hit on deleting it.
      const path = parts.map((part) => encodeURI(known[part] ?? part.toWellFormed())).join("/");
      const url = `/${path}?${encodeURI(query.toWellFormed())}`;
      const sendable = Object.fromEntries(
        Object.entries(hostile).map(([name, value]) => [name, value.replaceAll(/[^\t\x20-\x7e]/g, "?")]),
      );
      const token = sender === undefined ? {} : { authorization: `Bearer ${sender}` };
      const answer = await api.app.inject({ method, url, headers: { ...sendable, ...token } });
      expect([url, sendable, answer.statusCode < 500, answer.body]).toEqual([url, sendable, true, expect.any(String)]);
      expect([url, insides.test(answer.body)]).toEqual([url, false]);
      if (sender !== adminToken) expect([url, answer.body.includes(tenant)]).toEqual([url, false]);
      const isOpen = /^\/api\/(v1\/healthz|swagger|openapi)/.test(url) || answer.statusCode >= 400;
      expect([url, sender !== undefined || isOpen]).toEqual([url, true]);
      if (answer.statusCode >= 400 && answer.headers["content-type"] === "application/json" && method !== "HEAD") {
        expect(answer.json()).toMatchObject({ error: { code: answer.statusCode, message: expect.any(String) } });
      }
    }),
    { numRuns: runs, seed, endOnFailure: true },
  );
  expect(await api.storedClusterNames()).toEqual(before);
});
