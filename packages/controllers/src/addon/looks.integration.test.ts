import { applyObjects, builtin, type KubeClient, type KubeObject } from "@fairlead/kube";
import { startTestApiServer, type TestApiServer } from "@fairlead/testkit";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { UserCluster } from "../user-clusters/user-clusters.ts";
import { Looks } from "./looks.ts";

let server: TestApiServer;
let client: KubeClient;
let cluster: UserCluster;
let looks: Looks;
const place = { parent: { name: "looked-at", namespace: "kube-system" } };
const render = vi.fn<() => Promise<readonly KubeObject[]>>();

beforeAll(async () => {
  server = await startTestApiServer();
  client = server.client();
});
afterAll(async () => server?.stop());
beforeEach(async () => {
  await apply([configMap("a", "1"), configMap("b", "1")]);
  cluster = { id: "one", client, kubeconfig: "", signal: new AbortController().signal };
  looks = new Looks({ touchedMs: () => performance.now() }); // Nothing is shared.
  render.mockReset().mockImplementation(async () => [configMap("a", "1"), configMap("b", "1")]);
});

const configMap = (name: string, value: string): KubeObject & { data: object } => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name },
  data: { value },
});
const apply = (objects: readonly KubeObject[]) => applyObjects(client, { ...place, objects, fieldManager: "test" });
const isInOrder = (input = "first") => looks.isInOrder(cluster, { place, input, render });
/** @returns with how many requests the answer was found */
async function requestsOf(look: () => Promise<boolean>): Promise<{ inOrder: boolean; full: number; metadata: number }> {
  const list = vi.spyOn(client, "list");
  const inOrder = await look();
  const metadata = list.mock.calls.filter(([, options]) => options?.metadataOnly).length;
  const full = list.mock.calls.length - metadata;
  list.mockRestore();
  return { inOrder, full, metadata };
}

test("what was in order and is unchanged is told by metadata alone, and not rendered", async () => {
  expect(await requestsOf(isInOrder)).toEqual({ inOrder: true, full: 2, metadata: 0 });
  render.mockClear();
  expect(await requestsOf(isInOrder)).toEqual({ inOrder: true, full: 0, metadata: 2 });
  expect(render).not.toHaveBeenCalled();
});

test("what somebody changed is read in full, each time until it is in order", async () => {
  await isInOrder();
  await client.mergePatch(builtin.ConfigMap, { name: "a", namespace: "kube-system" }, { data: { value: "2" } });
  expect(await requestsOf(isInOrder)).toEqual({ inOrder: false, full: 2, metadata: 2 });
  expect(await requestsOf(isInOrder)).toEqual({ inOrder: false, full: 2, metadata: 0 });
  await apply(await render());
  expect(await requestsOf(isInOrder)).toEqual({ inOrder: true, full: 2, metadata: 0 });
  expect(await requestsOf(isInOrder)).toEqual({ inOrder: true, full: 0, metadata: 2 });
});

test("a change that leaves everything as it should be is read in full once", async () => {
  await isInOrder();
  const labels = { colour: "green" };
  await client.mergePatch(builtin.ConfigMap, { name: "a", namespace: "kube-system" }, { metadata: { labels } });
  expect(await requestsOf(isInOrder)).toEqual({ inOrder: true, full: 2, metadata: 2 });
  expect(await requestsOf(isInOrder)).toEqual({ inOrder: true, full: 0, metadata: 2 });
});

test("other input is rendered and compared", async () => {
  await isInOrder();
  render.mockImplementation(async () => [configMap("a", "2"), configMap("b", "1")]);
  expect(await requestsOf(() => isInOrder("second"))).toEqual({ inOrder: false, full: 2, metadata: 0 });
  await apply(await render());
  expect(await isInOrder("second")).toBe(true);
  expect(await requestsOf(() => isInOrder("second"))).toEqual({ inOrder: true, full: 0, metadata: 2 });
});
