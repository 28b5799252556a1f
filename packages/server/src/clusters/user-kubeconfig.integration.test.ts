import { builtin, KubeClient, StatusError } from "@fairlead/kube";
import { type ApiCluster, clusterNamespace } from "@fairlead/resources";
import type { LightMyRequestResponse } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { minimal } from "../testing/requests.ts";
import { TestApi } from "../testing/test-api.ts";

const viewer = "viewer@example.com";
const editor = "editor@example.com";
const owner = "owner@example.com";

let api: TestApi;
let url: string;
let id: string;

beforeAll(async () => {
  api = await TestApi.start();
  const project = await api.project("kubeconfigs");
  for (const [email, group] of [
    [viewer, "viewers"],
    [editor, "editors"],
    [owner, "owners"],
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

/** The API server hears of its own bindings a moment later. */
const isAllowed = (call: () => Promise<unknown>) => expect.poll(() => codeOf(call()), { timeout: 30_000 }).toBe(200);

test("editors get one that may do everything, viewers one that lets look and not change", async () => {
  await using admin = KubeClient.fromKubeconfig((await as(editor, "GET", "/kubeconfig")).body);
  await isAllowed(() => admin.list(builtin.Secret));
  expect(await codeOf(admin.create(builtin.ConfigMap, { metadata: { name: "y", namespace: "default" } }))).toBe(200);
  const response = await as(viewer, "GET", "/kubeconfig");
  expect(response.headers["content-disposition"]).toBe(`attachment; filename=kubeconfig-viewer-${id}`);
  await using client = KubeClient.fromKubeconfig(response.body);
  await isAllowed(() => client.list(builtin.Pod));
  await isAllowed(() => client.list(builtin.Node));
  expect(await codeOf(client.list(builtin.Secret))).toBe(403);
  expect(await codeOf(client.create(builtin.ConfigMap, { metadata: { name: "x", namespace: "default" } }))).toBe(403);
  expect(await codeOf(client.delete(builtin.Namespace, { name: "default" }))).toBe(403);
  const path = "/api/v1/namespaces/kube-system/serviceaccounts/fairlead-admin/token";
  expect(await codeOf(client.request({ method: "POST", path, body: {} }))).toBe(403);
});

test("one person's is revoked and the others' stay, then everybody's; whoever still may gets another one", async () => {
  const download = async (email: string) => KubeClient.fromKubeconfig((await as(email, "GET", "/kubeconfig")).body);
  await using editors = await download(editor);
  await using owners = await download(owner);
  await using viewers = await download(viewer);
  for (const path of ["/token", "/viewertoken"]) {
    expect((await as(viewer, "PUT", path)).statusCode).toBe(403);
    expect((await as(editor, "PUT", `${path}?user=`)).statusCode).toBe(400);
    expect((await as(editor, "PUT", `${path}?dryRun=All`)).json()).toEqual({});
  }
  expect((await as(owner, "PUT", `/token?user=${editor.toUpperCase()}`)).json()).toEqual({});
  expect((await as(editor, "PUT", "/viewertoken")).json()).toEqual({});
  // kube-apiserver remembers for ten seconds whom a token belongs to.
  const isOut = (client: KubeClient) =>
    expect.poll(() => codeOf(client.list(builtin.Pod)), { timeout: 30_000 }).toBe(401);
  await Promise.all([isOut(editors), isOut(viewers)]);
  expect(await codeOf(owners.list(builtin.Pod))).toBe(200);
  expect((await as(owner, "PUT", "/token")).json()).toEqual({});
  await isOut(owners);
  for (const email of [owner, editor, viewer]) {
    await using client = await download(email);
    await isAllowed(() => client.list(builtin.Pod));
  }
});
