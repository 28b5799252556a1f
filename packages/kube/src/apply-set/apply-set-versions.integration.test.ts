import { startTestApiServer, type TestApiServer } from "@fairlead/testkit";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { builtin } from "../builtin/builtin-types.ts";
import type { KubeClient } from "../client/kube-client.ts";
import type { KubeObject } from "../objects.ts";
import type { ResourceType } from "../resource-types.ts";
import { applyObjects } from "./apply-set.ts";
import { ApplySetVersions } from "./apply-set-versions.ts";
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
  const { metadata } = await client.create(builtin.Namespace, { metadata: { generateName: "versions-" } });
  namespace = metadata.name ?? "";
  await apply("set", objects);
  await apply("other", [{ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "other-map" } }]);
});

const labels = { app: "a" };
const workload = {
  selector: { matchLabels: labels },
  template: { metadata: { labels }, spec: { containers: [{ name: "a", image: "registry.example/a:1" }] } },
};
const objects: (KubeObject & { data?: object; spec?: object })[] = [
  { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "map" }, data: { a: "1" } },
  { apiVersion: "apps/v1", kind: "DaemonSet", metadata: { name: "daemons" }, spec: workload },
  { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "replicas" }, spec: workload },
  {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: { name: "budget" },
    spec: { maxUnavailable: 1, selector: { matchLabels: labels } },
  },
];
const ref = (name: string) => ({ name, namespace });
const apply = (set: string, members: readonly KubeObject[]) =>
  applyObjects(client, { parent: ref(set), objects: members, fieldManager: "test" });
const version = async (set = "set") => (await ApplySetVersions.read(client, { namespace })).of(ref(set));

test("metadata alone tells the same version as the whole objects", async () => {
  const sets = await ApplySets.read(client, { namespace });
  expect(await version()).toBe(sets.versions.of(ref("set")));
  expect(await version("other")).toBe(sets.versions.of(ref("other")));
  expect(await version()).toMatch(/^[\w-]{43}$/);
});

test("a set that is not there, or is another tool's, has no version", async () => {
  expect(await version("nothing")).toBeUndefined();
  const annotations = { "applyset.kubernetes.io/tooling": "kubectl/v1.36" };
  await client.mergePatch(builtin.ConfigMap, ref("set"), { metadata: { annotations } });
  expect(await version()).toBeUndefined();
});

describe("another version has a set after a change of", () => {
  const patch = (type: ResourceType, name: string, body: unknown) => () => client.mergePatch(type, ref(name), body);
  const template = { spec: { containers: [{ name: "a", image: "registry.example/a:2" }] } };
  const changes: [string, () => Promise<unknown>][] = [
    ["a member's data", patch(builtin.ConfigMap, "map", { data: { a: "2" } })],
    ["a member's labels", patch(builtin.ConfigMap, "map", { metadata: { labels: { b: "c" } } })],
    ["a DaemonSet's spec", patch(builtin.DaemonSet, "daemons", { spec: { template } })],
    ["a DaemonSet's annotations", patch(builtin.DaemonSet, "daemons", { metadata: { annotations: { b: "c" } } })],
    ["a DaemonSet's labels", patch(builtin.DaemonSet, "daemons", { metadata: { labels: { b: "c" } } })],
    ["its parent", patch(builtin.ConfigMap, "set", { metadata: { annotations: { b: "c" } } })],
    ["its members: one less", () => client.delete(builtin.ConfigMap, ref("map"))],
    [
      "its members: one's label gone",
      patch(builtin.ConfigMap, "map", { metadata: { labels: { [partOfLabel]: null } } }),
    ],
    [
      "its members: one more",
      async () => {
        const { metadata } = await client.get(builtin.ConfigMap, ref("map"));
        const more = { metadata: { name: "more", namespace, labels: { ...metadata.labels } } };
        await client.create(builtin.ConfigMap, more);
      },
    ],
    [
      "a member's place: made anew as it was",
      async () => {
        await client.delete(builtin.DaemonSet, ref("daemons"));
        await apply("set", objects);
      },
    ],
  ];
  test.each(changes)("%s", async (_what, change) => {
    const [before, other] = [await version(), await version("other")];
    await change();
    expect(await version()).not.toBe(before);
    expect(await version("other")).toBe(other);
  });
});

test("the status of a DaemonSet, which its controller writes, is not of the set's version", async () => {
  const before = await version();
  const status = { currentNumberScheduled: 1, desiredNumberScheduled: 1, numberMisscheduled: 0, numberReady: 1 };
  const written = await client.mergePatchStatus(builtin.DaemonSet, ref("daemons"), { status });
  expect(written.metadata.resourceVersion).not.toBe("");
  expect(await version()).toBe(before);
});
