import { startTestApiServer, type TestApiServer } from "@fairlead/testkit";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { builtin } from "../builtin/builtin-types.ts";
import type { ConfigMap, Secret } from "../builtin/core.ts";
import type { CustomResourceDefinition } from "../builtin/machinery.ts";
import type { KubeClient } from "../client/kube-client.ts";
import { type KubeObject, keyOf, refOf } from "../objects.ts";
import type { ResourceType } from "../resource-types.ts";
import { waitFor } from "../wait-for.ts";
import type { ApplyObjectsOptions } from "./apply-set.ts";
import { applyObjects, applyStages, deleteApplySet } from "./apply-set.ts";
import { ApplySetError } from "./apply-set-error.ts";
import { applySetId, groupKindsAnnotation, namespacesAnnotation, partOfLabel } from "./parent.ts";

let server: TestApiServer;
let client: KubeClient;
let namespace: string;
let options: Omit<ApplyObjectsOptions, "objects">;
let counter = 0;

beforeAll(async () => {
  server = await startTestApiServer();
  client = server.client();
});
afterAll(async () => server?.stop());
beforeEach(async () => {
  const created = await client.create(builtin.Namespace, { metadata: { generateName: "set-" } });
  namespace = created.metadata.name ?? "";
  options = { parent: { name: "addon", namespace }, fieldManager: "test" };
  counter++;
});

const configMap = (name: string, data: Record<string, string> = {}): ConfigMap => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name },
  data,
});
const secret = (name: string): Secret => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name },
  data: { key: "dmFsdWU=" },
});
const clusterRole = (): KubeObject & { rules: unknown[] } => ({
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "ClusterRole",
  metadata: { name: `set-role-${counter}` },
  rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }],
});
const definition = (): CustomResourceDefinition => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: `pools.set${counter}.fairlead.dev` },
  spec: {
    group: `set${counter}.fairlead.dev`,
    scope: "Cluster",
    names: { kind: "Pool", plural: "pools", singular: "pool", listKind: "PoolList" },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
      },
    ],
  },
});
const pool = (finalizers?: string[]): KubeObject => ({
  apiVersion: `set${counter}.fairlead.dev/v1`,
  kind: "Pool",
  metadata: finalizers ? { name: "main", finalizers } : { name: "main" },
});

const parentOf = () => client.get(builtin.ConfigMap, options.parent);
const names = (objects: KubeObject[]) => objects.map((object) => keyOf(object.metadata)).sort();
const exists = async <T extends KubeObject>(type: ResourceType<T>, name: string) =>
  (await client.find(type, type.namespaced ? { name, namespace } : { name })) !== undefined;
const failureOf = async (promise: Promise<unknown>): Promise<ApplySetError> => {
  const error: unknown = await promise.catch((thrown: unknown) => thrown);
  if (error instanceof ApplySetError) return error;
  throw new Error("expected an ApplySetError", { cause: error });
};

describe("applyObjects", () => {
  it("applies into the parent's namespace, labels members and records their kinds on the parent", async () => {
    const { applied } = await applyObjects(client, { ...options, objects: [configMap("a"), clusterRole()] });
    expect(names(applied)).toEqual([`${namespace}/a`, `set-role-${counter}`].sort());
    const id = applySetId(options.parent);
    expect(applied.map((object) => object.metadata.labels?.[partOfLabel])).toEqual([id, id]);
    const parent = await parentOf();
    expect(parent.metadata.labels).toEqual({ "applyset.kubernetes.io/id": id });
    expect(parent.metadata.annotations).toEqual({
      "applyset.kubernetes.io/tooling": "fairlead/v1",
      "applyset.kubernetes.io/contains-group-kinds": "ClusterRole.rbac.authorization.k8s.io,ConfigMap",
      "applyset.kubernetes.io/additional-namespaces": "",
    });
  });

  it("writes nothing when nothing changed, whatever defaults the server filled in", async () => {
    const deployment = {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "dns" },
      spec: {
        selector: { matchLabels: { app: "dns" } },
        template: { metadata: { labels: { app: "dns" } }, spec: { containers: [{ name: "dns", image: "dns:1" }] } },
      },
    };
    const objects = [definition(), pool(), deployment, configMap("a", { x: "1" }), secret("s"), clusterRole()];
    const { applied } = await applyObjects(client, { ...options, objects });
    const versions = async () => {
      const types = await Promise.all(
        applied.map(({ apiVersion, kind }) => client.resourceFor(apiVersion ?? "", kind ?? "")),
      );
      const members = await Promise.all(types.map((type, i) => client.get(type, refOf(applied[i] ?? configMap("")))));
      return [await parentOf(), ...members].map(({ metadata }) => metadata.resourceVersion);
    };
    const before = await versions();
    expect(before).toHaveLength(7);
    const result = await applyObjects(client, { ...options, objects });
    expect(result).toEqual({ applied: [], unchanged: 6, pruned: [], kept: [] });
    expect(await versions()).toEqual(before);
  });

  it("puts drift right, and drops a field that is no longer desired", async () => {
    await applyObjects(client, { ...options, objects: [configMap("a", { x: "1", y: "2" }), configMap("b")] });
    await client.mergePatch(builtin.ConfigMap, { name: "a", namespace }, { data: { x: "drift" } });
    const repaired = await applyObjects(client, {
      ...options,
      objects: [configMap("a", { x: "1", y: "2" }), configMap("b")],
    });
    expect(repaired).toMatchObject({ unchanged: 1, applied: [{ data: { x: "1", y: "2" } }] });
    await applyObjects(client, { ...options, objects: [configMap("a", { x: "1" }), configMap("b")] });
    expect((await client.get(builtin.ConfigMap, { name: "a", namespace })).data).toEqual({ x: "1" });
  });

  it("prunes what left the set, and narrows the kinds after that", async () => {
    await applyObjects(client, { ...options, objects: [configMap("a"), configMap("b"), secret("s"), clusterRole()] });
    const { pruned } = await applyObjects(client, { ...options, objects: [configMap("a")] });
    expect(names(pruned)).toEqual([`${namespace}/b`, `${namespace}/s`, `set-role-${counter}`].sort());
    expect(await exists(builtin.ConfigMap, "a")).toBe(true);
    expect(await exists(builtin.ClusterRole, `set-role-${counter}`)).toBe(false);
    expect((await parentOf()).metadata.annotations?.[groupKindsAnnotation]).toBe("ConfigMap");
  });

  it("leaves the objects of other sets and of nobody alone", async () => {
    const other = { ...options, parent: { name: "other", namespace } };
    await applyObjects(client, { ...other, objects: [configMap("of-other")] });
    await client.create(builtin.ConfigMap, { metadata: { name: "of-nobody", namespace } });
    await applyObjects(client, { ...options, objects: [configMap("a")] });
    await applyObjects(client, { ...options, objects: [] });
    expect(await exists(builtin.ConfigMap, "a")).toBe(false);
    expect(await exists(builtin.ConfigMap, "of-other")).toBe(true);
    expect(await exists(builtin.ConfigMap, "of-nobody")).toBe(true);
  });

  it("never prunes what a helm release has taken over", async () => {
    await applyObjects(client, { ...options, objects: [configMap("bylabel"), secret("by-annotation")] });
    const helmLabel = { metadata: { labels: { "app.kubernetes.io/managed-by": "Helm" } } };
    await client.mergePatch(builtin.ConfigMap, { name: "bylabel", namespace }, helmLabel);
    const helmAnnotation = { metadata: { annotations: { "meta.helm.sh/release-name": "cilium" } } };
    await client.mergePatch(builtin.Secret, { name: "by-annotation", namespace }, helmAnnotation);
    const { pruned } = await applyObjects(client, { ...options, objects: [clusterRole()] });
    expect(pruned).toEqual([]);
    expect(await exists(builtin.ConfigMap, "bylabel")).toBe(true);
    expect(await exists(builtin.Secret, "by-annotation")).toBe(true);
  });

  it("finds members again when the version they were written in is no longer served", async () => {
    const v1 = definition();
    const serving = (served: string[]): CustomResourceDefinition => ({
      ...v1,
      spec: {
        ...v1.spec,
        versions: v1.spec.versions.flatMap((version) =>
          ["v1", "v2"].map((name) => ({ ...version, name, served: served.includes(name), storage: name === "v2" })),
        ),
      },
    });
    await applyObjects(client, { ...options, objects: [serving(["v1"]), pool()] });
    // Again and again as a reconciler: the API server does not serve a version at the very moment at which it says so.
    const applied = (objects: KubeObject[], more: Partial<ApplyObjectsOptions> = {}) =>
      waitFor(() => applyObjects(client, { ...options, ...more, objects }), { what: "the set to be applied" });
    await applied([serving(["v2"])], { keep: () => true }); // the pool is released
    const v2pool = { ...pool(), apiVersion: `set${counter}.fairlead.dev/v2` };
    await applied([serving(["v2"]), v2pool]);
    const { pruned } = await applyObjects(client, { ...options, objects: [serving(["v2"])] });
    expect(names(pruned)).toEqual(["main"]);
  });

  it("releases what it is asked to keep", async () => {
    await applyObjects(client, { ...options, objects: [configMap("data"), configMap("b")] });
    const keep = async (object: KubeObject) => object.metadata.name === "data";
    const { kept: names } = await applyObjects(client, { ...options, keep, objects: [configMap("b")] });
    expect(names.map(({ metadata }) => metadata.name)).toEqual(["data"]);
    const kept = await client.get(builtin.ConfigMap, { name: "data", namespace });
    expect(kept.metadata.labels?.[partOfLabel]).toBeUndefined();
    await applyObjects(client, { ...options, objects: [configMap("b")] });
    expect(await exists(builtin.ConfigMap, "data")).toBe(true);
  });

  it("leaves drift alone if asked to, until the desired state is another", async () => {
    const ignoring = { ...options, drift: "ignore" } as const;
    await applyObjects(client, { ...ignoring, objects: [configMap("a", { x: "1" })] });
    await client.mergePatch(builtin.ConfigMap, { name: "a", namespace }, { data: { x: "drift" } });
    const data = async () => (await client.get(builtin.ConfigMap, { name: "a", namespace })).data;
    expect(await applyObjects(client, { ...ignoring, objects: [configMap("a", { x: "1" })] })).toMatchObject({
      applied: [],
      unchanged: 1,
    });
    expect(await data()).toEqual({ x: "drift" });
    await applyObjects(client, { ...ignoring, objects: [configMap("a", { x: "2" })] });
    expect(await data()).toEqual({ x: "2" });
    await client.mergePatch(builtin.ConfigMap, { name: "a", namespace }, { data: { x: "drift" } });
    await applyObjects(client, { ...options, objects: [configMap("a", { x: "2" })] });
    expect(await data()).toEqual({ x: "2" });
  });

  it("applies into namespaces of the set itself and records them", async () => {
    const extra = `${namespace}-extra`;
    const object = configMap("a");
    await applyObjects(client, {
      ...options,
      objects: [
        { ...object, metadata: { name: "a", namespace: extra } },
        { apiVersion: "v1", kind: "Namespace", metadata: { name: extra } },
      ],
    });
    expect(await client.find(builtin.ConfigMap, { name: "a", namespace: extra })).toBeDefined();
    expect((await parentOf()).metadata.annotations?.[namespacesAnnotation]).toBe(extra);
    const { pruned } = await applyObjects(client, { ...options, objects: [configMap("b")] });
    expect(names(pruned)).toEqual([extra, `${extra}/a`].sort());
  });

  it("names each object that fails, applies the others, and prunes nothing then", async () => {
    await applyObjects(client, { ...options, objects: [configMap("old")] });
    const unknown = { apiVersion: "nowhere.dev/v1", kind: "Boat", metadata: { name: "b" } };
    const objects = [configMap("Bad_Name"), unknown, configMap("good")];
    const error = await failureOf(applyObjects(client, { ...options, objects }));
    expect(error.failures.map(({ object, action }) => `${action} ${object.metadata.name}`)).toEqual([
      "apply Bad_Name",
      "apply b",
    ]);
    expect(error.message).toContain("applying ConfigMap Bad_Name: ");
    expect(error.message).toContain("applying Boat b: ");
    expect(await exists(builtin.ConfigMap, "good")).toBe(true);
    expect(await exists(builtin.ConfigMap, "old")).toBe(true);
    await applyObjects(client, { ...options, objects: [configMap("good")] });
    expect(await exists(builtin.ConfigMap, "old")).toBe(false);
  });

  it("refuses the set of another tool", async () => {
    await applyObjects(client, { ...options, tooling: "kubectl/v1.36.3", objects: [configMap("a")] });
    await expect(applyObjects(client, { ...options, objects: [configMap("a")] })).rejects.toThrow(
      `ConfigMap ${namespace}/addon is the ApplySet of kubectl/v1.36.3`,
    );
  });
});

describe("deleteApplySet", () => {
  it("prunes custom resources, then definitions, then the parent", async () => {
    const objects = [pool(), definition(), configMap("a")];
    await applyObjects(client, { ...options, objects });
    const { pruned } = await deleteApplySet(client, options);
    expect(pruned.map((object) => object.kind)).toEqual(["Pool", "ConfigMap", "CustomResourceDefinition"]);
    expect(await exists(builtin.ConfigMap, "addon")).toBe(false);
    expect(await deleteApplySet(client, options)).toEqual({ pruned: [], kept: [] });
  });

  it("keeps definitions while a custom resource waits for its finalizers, and goes on the next time", async () => {
    const objects = [pool(["test.fairlead.dev/hold"]), definition()];
    await applyObjects(client, { ...options, objects });
    const error = await failureOf(deleteApplySet(client, { ...options, goneTimeoutMs: 300 }));
    expect(error.message).toBe("pruning Pool main: timed out after 0.3 s waiting for its finalizers");
    const crd = await client.get(builtin.CustomResourceDefinition, { name: definition().metadata.name ?? "" });
    expect(crd.metadata.deletionTimestamp).toBeUndefined();
    const type = await client.resourceFor(`set${counter}.fairlead.dev/v1`, "Pool");
    await client.mergePatch(type, { name: "main" }, { metadata: { finalizers: null } });
    await deleteApplySet(client, options);
    expect(await exists(builtin.ConfigMap, "addon")).toBe(false);
  });

  it("does not touch a ConfigMap that is no ApplySet", async () => {
    await client.create(builtin.ConfigMap, { metadata: { name: "addon", namespace }, data: { mine: "1" } });
    await deleteApplySet(client, options);
    expect(await exists(builtin.ConfigMap, "addon")).toBe(true);
  });
});

describe("stages", () => {
  it("a stage that is not ready keeps later ones and pruning waiting; nothing of them is lost", async () => {
    const first = { objects: [configMap("first")] };
    const second = { objects: [configMap("second")] };
    await applyObjects(client, { ...options, objects: [configMap("old")] });
    const waiting = await applyStages(client, { ...options, stages: [{ ...first, isReady: () => false }, second] });
    expect(waiting.complete).toBe(false);
    expect(names(waiting.live)).toEqual([`${namespace}/first`, `${namespace}/old`]);
    expect(await exists(builtin.ConfigMap, "second")).toBe(false);

    const seen: string[][] = [];
    const isReady = (live: readonly KubeObject[]) => seen.push(names([...live])) > 0;
    const ready = await applyStages(client, { ...options, stages: [{ ...first, isReady }, second] });
    expect(seen).toEqual([[`${namespace}/first`]]);
    expect(ready).toMatchObject({ complete: true, unchanged: 1 });
    expect(names(ready.live)).toEqual([`${namespace}/first`, `${namespace}/second`]);
    expect(names(ready.pruned)).toEqual([`${namespace}/old`]);

    // What was applied by an earlier pass stays while an earlier stage is not ready any more.
    const back = await applyStages(client, { ...options, stages: [{ ...first, isReady: () => false }, second] });
    expect(names(back.live)).toEqual([`${namespace}/first`, `${namespace}/second`]);
    expect(await exists(builtin.ConfigMap, "second")).toBe(true);
  });

  it("looks for members in the parent's namespace only, where asked to", async () => {
    const elsewhere = await client.create(builtin.Namespace, { metadata: { generateName: "set-" } });
    const other = { ...configMap("other"), metadata: { name: "other", namespace: elsewhere.metadata.name ?? "" } };
    await applyObjects(client, { ...options, objects: [other] });
    const stages = [{ objects: [configMap("main")] }];
    const { pruned } = await applyStages(client, { ...options, onlyParentNamespace: true, stages });
    expect(pruned).toEqual([]);
    expect(await client.find(builtin.ConfigMap, refOf(other))).toBeDefined();
  });
});
