import { startTestApiServer, type TestApiServer } from "@fairlead/testkit";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { builtin } from "../builtin/builtin-types.ts";
import type { KubeClient } from "../client/kube-client.ts";
import type { KubeObject } from "../objects.ts";
import { applyObjects } from "./apply-set.ts";
import { ApplySets } from "./apply-sets.ts";
import { partOfLabel } from "./parent.ts";

let server: TestApiServer;
let client: KubeClient;
let namespace: string;

beforeAll(async () => {
  server = await startTestApiServer();
  client = server.client();
});
afterAll(async () => server?.stop());
beforeEach(async () => {
  const { metadata } = await client.create(builtin.Namespace, { metadata: { generateName: "sets-" } });
  namespace = metadata.name ?? "";
});

const configMap = (name: string, data: Record<string, string> = {}): KubeObject & { data: object } => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name },
  data,
});
const account = (name: string): KubeObject => ({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name } });
const role = (): KubeObject & { rules: unknown[] } => ({
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "ClusterRole",
  metadata: { name: `${namespace}-role` },
  rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }],
});
const ref = (name: string) => ({ name, namespace });
const place = (set: string) => ({ parent: ref(set) });
const apply = (set: string, objects: readonly KubeObject[]) =>
  applyObjects(client, { ...place(set), objects, fieldManager: "test" });
const read = () => ApplySets.read(client, { namespace });

/** @returns whether it is in order, after making sure that applying the set does something exactly if it is not */
async function isInOrder(set: string, objects: readonly KubeObject[]): Promise<boolean> {
  const answer = await (await read()).isInOrder(objects, place(set));
  const parent = () => client.find(builtin.ConfigMap, ref(set)).then((found) => found?.metadata.resourceVersion);
  const before = await parent();
  const { applied, pruned, kept } = await apply(set, objects);
  const changed = applied.length + pruned.length + kept.length > 0 || (await parent()) !== before;
  expect(answer).toBe(!changed);
  return answer;
}

test("sets are in order as they were applied, and no more once somebody changes, removes or adds a member", async () => {
  const first = [configMap("a", { x: "1" }), account("a"), role()];
  const second = [configMap("b"), account("b")];
  await apply("first", first);
  await apply("second", second);
  expect(await isInOrder("first", first)).toBe(true);
  expect(await isInOrder("second", second)).toBe(true);

  await client.mergePatch(builtin.ConfigMap, ref("a"), { data: { x: "2" } });
  const sets = await read();
  expect(await sets.isInOrder(first, place("first"))).toBe(false);
  expect(await sets.isInOrder(second, place("second"))).toBe(true);
  expect(await isInOrder("first", first)).toBe(false);
  expect(await isInOrder("first", first)).toBe(true);

  await client.delete(builtin.ServiceAccount, ref("a"));
  expect(await isInOrder("first", first)).toBe(false);

  const { metadata } = await client.get(builtin.ConfigMap, ref("a"));
  const labels = { [partOfLabel]: metadata.labels?.[partOfLabel] ?? "" };
  await client.create(builtin.ConfigMap, { metadata: { ...ref("more"), labels } });
  expect(await isInOrder("first", first)).toBe(false);
  expect(await client.find(builtin.ConfigMap, ref("more"))).toBeUndefined();
});

test("a set is not in order for other objects than it has, nor one that is not there", async () => {
  await apply("set", [configMap("a"), account("a")]);
  expect(await isInOrder("set", [configMap("a", { x: "1" }), account("a")])).toBe(false);
  expect(await isInOrder("set", [configMap("a", { x: "1" })])).toBe(false);
  expect(await isInOrder("set", [configMap("a", { x: "1" }), role()])).toBe(false);
  expect(await isInOrder("other", [configMap("b")])).toBe(false);
});

test("a set with a kind that is not served is not in order", async () => {
  await apply("set", [configMap("a")]);
  const unknown = { apiVersion: "nowhere.fairlead.dev/v1", kind: "Nothing", metadata: { name: "a" } };
  expect(await (await read()).isInOrder([configMap("a"), unknown], place("set"))).toBe(false);
});

test("a set whose drift is ignored, or that is another tool's, is nothing that can be told of", async () => {
  const objects = [configMap("a")];
  await applyObjects(client, { ...place("ignored"), objects, fieldManager: "test", drift: "ignore" });
  expect(await (await read()).isInOrder(objects, place("ignored"))).toBe(false);
  await apply("set", [configMap("b")]);
  expect(await (await read()).isInOrder([configMap("b")], place("set"))).toBe(true);
  const annotations = { "applyset.kubernetes.io/tooling": "kubectl/v1.36" };
  await client.mergePatch(builtin.ConfigMap, ref("set"), { metadata: { annotations } });
  expect(await (await read()).isInOrder([configMap("b")], place("set"))).toBe(false);
});

test("many sets cost one list for each of their kinds", async () => {
  for (const name of ["a", "b", "c"]) await apply(name, [configMap(`${name}-map`), account(name)]);
  const list = vi.spyOn(client, "list");
  const sets = await read();
  expect(list.mock.calls.map(([type]) => type.kind).sort()).toEqual(["ConfigMap", "ConfigMap", "ServiceAccount"]);
  for (const name of ["a", "b", "c"]) {
    expect(await sets.isInOrder([configMap(`${name}-map`), account(name)], place(name))).toBe(true);
  }
  expect(list).toHaveBeenCalledTimes(3);
  list.mockRestore();
});
