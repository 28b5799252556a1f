import { builtin, KubeClient, StatusError } from "@fairlead/kube";
import { type ApiCluster, clusterNamespace } from "@fairlead/resources";
import type { LightMyRequestResponse } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { minimal } from "../testing/requests.ts";
import { TestApi } from "../testing/test-api.ts";

const viewer = "viewer@example.com";
const editor = "editor@example.com";

let api: TestApi;
let url: string;
let id: string;

beforeAll(async () => {
  api = await TestApi.start();
  const project = await api.project("kubeconfigs");
  for (const [email, group] of [
    [viewer, "viewers"],
    [editor, "editors"],
  ]) {
    await api.post(`/api/v1/projects/${project}/users`, { email, projects: [{ id: project, group }] });
  }
  const clusters = `/api/v2/projects/${project}/clusters`;
  id = (await api.post(clusters, minimal("demo"))).json<ApiCluster>().id;
  url = `${clusters}/${id}`;
  const namespace = clusterNamespace(id);
  const client = api.management;
  api.userClusters.set(id, client); // The management API stands in for the cluster's own.
  await client.create(builtin.Namespace, { metadata: { name: namespace } });
  const stringData = { kubeconfig: api.server.kubeconfig() };
  await client.create(builtin.Secret, { metadata: { name: "admin-kubeconfig", namespace }, stringData });
});
afterAll(() => api?.stop());

function as(email: string, method: "GET" | "PUT", path: string): Promise<LightMyRequestResponse> {
  return api.app.inject({ method, url: `${url}${path}`, headers: { authorization: `Bearer ${email}` } });
}

async function codeOf(call: Promise<unknown>): Promise<number> {
  return call.then(
    () => 200,
    (error: unknown) => (error instanceof StatusError ? error.code : Promise.reject(error)),
  );
}

test("editors get the administrator's, viewers one that lets look and not change", async () => {
  expect((await as(editor, "GET", "/kubeconfig")).body).toBe(api.server.kubeconfig());
  const response = await as(viewer, "GET", "/kubeconfig");
  expect(response.headers["content-disposition"]).toBe(`attachment; filename=kubeconfig-viewer-${id}`);
  await using client = KubeClient.fromKubeconfig(response.body);
  expect(await codeOf(client.list(builtin.Pod))).toBe(200);
  expect(await codeOf(client.list(builtin.Node))).toBe(200);
  expect(await codeOf(client.list(builtin.Secret))).toBe(403);
  expect(await codeOf(client.create(builtin.ConfigMap, { metadata: { name: "x", namespace: "default" } }))).toBe(403);
  expect(await codeOf(client.delete(builtin.Namespace, { name: "default" }))).toBe(403);
  expect((await as(viewer, "GET", "/kubeconfig")).body).toBe(response.body);
});

test("a viewer's is revoked by editors, and the next one is another", async () => {
  const before = (await as(viewer, "GET", "/kubeconfig")).body;
  expect((await as(viewer, "PUT", "/viewertoken")).statusCode).toBe(403);
  expect((await as(editor, "PUT", "/viewertoken")).json()).toEqual({});
  await using revoked = KubeClient.fromKubeconfig(before);
  await expect.poll(() => codeOf(revoked.list(builtin.Pod)), { timeout: 30_000 }).toBe(401);
  const after = (await as(viewer, "GET", "/kubeconfig")).body;
  await using client = KubeClient.fromKubeconfig(after);
  expect(await codeOf(client.list(builtin.Pod))).toBe(200);
});
