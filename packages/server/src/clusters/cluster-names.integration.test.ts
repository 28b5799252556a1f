import { Informer, waitFor } from "@fairlead/kube";
import { type ApiCluster, type Cluster, clusterType } from "@fairlead/resources";
import type { FastifyInstance } from "fastify";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { minimal } from "../testing/requests.ts";
import { adminToken, TestApi } from "../testing/test-api.ts";

let api: TestApi;
let path: string;
let cache: Informer<Cluster>;
let watching: AbortController;
let app: FastifyInstance;

beforeAll(async () => {
  api = await TestApi.start();
  path = `/api/v2/projects/${await api.project("names")}/clusters`;
});
afterAll(() => api?.stop());

beforeEach(async () => {
  cache = new Informer<Cluster>({ client: api.management, type: clusterType });
  watching = new AbortController();
  app = api.serve({ clusters: cache });
  cache.start(watching.signal);
  await cache.synced();
});
afterEach(async () => {
  watching.abort();
  await app.close();
  vi.restoreAllMocks();
});

const authorized = { headers: { authorization: `Bearer ${adminToken}` } };

async function create(name: string, query = "") {
  const url = `${path}${query}`;
  const answer = await app.inject({ method: "POST", url, payload: minimal(name), ...authorized });
  return { status: answer.statusCode, id: answer.json<ApiCluster>().id };
}

async function rename(id: string, name: string) {
  const answer = await app.inject({ method: "PATCH", url: `${path}/${id}`, payload: { name }, ...authorized });
  return answer.statusCode;
}

async function toBeSeen(id: string): Promise<void> {
  await waitFor(() => cache.get(id), { what: `cluster ${id} in the cache`, intervalMs: 5 });
}

test("the API server is asked only for names that may be taken", async () => {
  const { id } = await create("first");
  await toBeSeen(id);
  const lists = vi.spyOn(api.management, "list");
  const asked = () => lists.mock.calls.filter(([type]) => type === clusterType).length;
  expect(await create("second")).toMatchObject({ status: 201 });
  expect(asked()).toBe(0);
  expect(await create("first")).toMatchObject({ status: 409 });
  expect(asked()).toBe(1);
});

test("a name is taken before the cache shows it", async () => {
  watching.abort();
  const { id } = await create("unseen");
  expect(await create("unseen")).toMatchObject({ status: 409 });
  expect(await rename(id, "renamed")).toBe(200);
  expect(await create("renamed")).toMatchObject({ status: 409 });
  expect(await create("unseen")).toMatchObject({ status: 201 });
});

test("a name is free once its cluster is gone, though the cache still shows it", async () => {
  const { id } = await create("gone");
  await toBeSeen(id);
  watching.abort();
  await api.management.mergePatch(clusterType, { name: id }, { metadata: { finalizers: null } });
  await api.management.delete(clusterType, { name: id });
  expect(await create("gone")).toMatchObject({ status: 201 });
});

test("names that others took are seen, and a dry run takes none", async () => {
  expect(await create("tried", "?dryRun=All")).toMatchObject({ status: 201 });
  const lists = vi.spyOn(api.management, "list");
  expect(await create("tried")).toMatchObject({ status: 201 });
  expect(lists.mock.calls.filter(([type]) => type === clusterType)).toEqual([]);
  const other = await api.post(path, minimal("other"));
  await toBeSeen(other.json<ApiCluster>().id);
  expect(await create("other")).toMatchObject({ status: 409 });
});
