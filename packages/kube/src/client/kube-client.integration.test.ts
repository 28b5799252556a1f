import { startTestApiServer, type TestApiServer } from "@fairlead/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { builtin } from "../builtin/builtin-types.ts";
import type { ConfigMap, Namespace } from "../builtin/core.ts";
import type { CustomResourceDefinition } from "../builtin/machinery.ts";
import { defineResource } from "../resource-types.ts";
import {
  ConnectionError,
  isAlreadyExists,
  isConflict,
  isExpired,
  isForbidden,
  isInvalid,
  isNotFound,
  type StatusError,
} from "../status-error.ts";
import { KubeClient } from "./kube-client.ts";
import { NoKindMatchError } from "./rest-mapper.ts";

let server: TestApiServer;
let client: KubeClient;
const warnings: string[] = [];
const namespace = "default";

beforeAll(async () => {
  server = await startTestApiServer();
  client = server.client({ onWarning: (text) => warnings.push(text) });
});
afterAll(async () => server?.stop());

const configMap = (name: string, data: Record<string, string> = {}): ConfigMap => ({
  metadata: { name, namespace },
  data,
});
const errorOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe("reading and writing", () => {
  it("creates, gets, replaces, patches and deletes", async () => {
    const created = await client.create(builtin.ConfigMap, configMap("crud", { a: "1" }));
    expect(created).toMatchObject({ apiVersion: "v1", kind: "ConfigMap", data: { a: "1" } });
    await client.replace(builtin.ConfigMap, { ...created, data: { a: "2" } });
    const ref = { name: "crud", namespace };
    await client.mergePatch(builtin.ConfigMap, ref, { data: { b: "3" } });
    const operations = [{ op: "remove", path: "/data/a" }];
    await client.patch(builtin.ConfigMap, ref, { type: "json", body: operations });
    expect((await client.get(builtin.ConfigMap, ref)).data).toEqual({ b: "3" });
    await client.delete(builtin.ConfigMap, ref);
    expect(await client.find(builtin.ConfigMap, ref)).toBeUndefined();
    expect(await client.deleteIfExists(builtin.ConfigMap, ref)).toBe(false);
  });

  it("stores nothing in a dry run", async () => {
    const answer = await client.create(builtin.ConfigMap, configMap("dry"), { dryRun: true });
    expect(answer.metadata.uid).toBeTruthy();
    expect(await client.find(builtin.ConfigMap, { name: "dry", namespace })).toBeUndefined();
  });

  it("deletes nothing in a dry run", async () => {
    await client.create(builtin.ConfigMap, configMap("kept"));
    const options = { dryRun: true, propagationPolicy: "Background" } as const;
    await client.delete(builtin.ConfigMap, { name: "kept", namespace }, options);
    expect(await client.find(builtin.ConfigMap, { name: "kept", namespace })).toBeDefined();
  });

  it("patches a status", async () => {
    const node = { metadata: { name: "node-a" } };
    await client.create(builtin.Node, node);
    const conditions = [{ type: "Ready", status: "True", reason: "Test", message: "" }];
    await client.mergePatchStatus(builtin.Node, { name: "node-a" }, { status: { conditions } });
    const stored = await client.get(builtin.Node, { name: "node-a" });
    expect(stored.status?.conditions).toMatchObject([{ type: "Ready", status: "True" }]);
  });

  it("lists over pages, each item with its kind", async () => {
    const labels = { list: "pages" };
    for (let i = 0; i < 5; i++) {
      const object = configMap(`page-${i}`);
      await client.create(builtin.ConfigMap, { ...object, metadata: { ...object.metadata, labels } });
    }
    const options = { namespace, labelSelector: "list=pages", limit: 2 };
    const sizes: number[] = [];
    for await (const page of client.pages(builtin.ConfigMap, options)) sizes.push(page.items.length);
    expect(sizes).toEqual([2, 2, 1]);
    const list = await client.list(builtin.ConfigMap, options);
    expect(list.items.map((item) => [item.kind, item.metadata.name])).toEqual(
      [0, 1, 2, 3, 4].map((i) => ["ConfigMap", `page-${i}`]),
    );
    expect(list.resourceVersion).toMatch(/^\d+$/);
  });
});

describe("server-side apply", () => {
  it("creates, then changes nothing when applied again", async () => {
    const apply = () => client.apply(builtin.ConfigMap, configMap("ssa", { a: "1" }), { fieldManager: "one" });
    const first = await apply();
    const second = await apply();
    expect(second.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
  });

  it("refuses a field of another manager unless forced", async () => {
    await client.apply(builtin.ConfigMap, configMap("owned", { a: "1" }), { fieldManager: "one" });
    const desired = configMap("owned", { a: "2" });
    const refused = await errorOf(client.apply(builtin.ConfigMap, desired, { fieldManager: "two" }));
    expect(isConflict(refused)).toBe(true);
    expect(String(refused)).toContain('conflict with "one"');
    const forced = await client.apply(builtin.ConfigMap, desired, { fieldManager: "two", force: true });
    expect(forced.data).toEqual({ a: "2" });
  });
});

describe("refusals", () => {
  it("are StatusErrors with the server's own reason", async () => {
    const existing = await client.create(builtin.ConfigMap, configMap("refusals"));
    expect(isAlreadyExists(await errorOf(client.create(builtin.ConfigMap, configMap("refusals"))))).toBe(true);
    expect(isNotFound(await errorOf(client.get(builtin.ConfigMap, { name: "none", namespace })))).toBe(true);
    await client.replace(builtin.ConfigMap, { ...existing, data: { a: "1" } });
    const stale = await errorOf(client.replace(builtin.ConfigMap, { ...existing, data: { a: "2" } }));
    expect(isConflict(stale)).toBe(true);
    const invalid = await errorOf(client.create(builtin.ConfigMap, configMap("Not_A_Name")));
    expect(isInvalid(invalid)).toBe(true);
    expect((invalid as StatusError).status.details?.causes?.[0]?.field).toBe("metadata.name");
  });

  it("come from RBAC for a user without rights", async () => {
    const nobody = await server.clientAs("nobody");
    expect(isForbidden(await errorOf(nobody.list(builtin.Secret)))).toBe(true);
  });

  it("say 410 for an expired watch", async () => {
    const old = await client.create(builtin.ConfigMap, configMap("old"));
    await client.create(builtin.ConfigMap, configMap("newer"));
    await server.killApiServer();
    await server.startApiServer(); // its watch cache has no history
    const watch = async () => {
      for await (const _ of client.watch(builtin.ConfigMap, { resourceVersion: old.metadata.resourceVersion }))
        return "event";
      return "end";
    };
    expect(isExpired(await errorOf(watch()))).toBe(true);
  });

  it("are ConnectionErrors with the cause when no server answers", async () => {
    const nowhere = new KubeClient({ server: "https://127.0.0.1:1" });
    const error = await errorOf(nowhere.get(builtin.Node, { name: "a" }));
    expect(error).toBeInstanceOf(ConnectionError);
    expect((error as ConnectionError).cause).toMatchObject({ code: "ECONNREFUSED" });
    await nowhere.close();
  });

  it("throw the signal's reason when aborted", async () => {
    const reason = new Error("enough");
    expect(await errorOf(client.list(builtin.Pod, { signal: AbortSignal.abort(reason) }))).toBe(reason);
    const stop = new AbortController();
    const listing = errorOf(client.list(builtin.Pod, { signal: stop.signal }));
    stop.abort(reason);
    expect(await listing).toBe(reason);
  });
});

describe("paths", () => {
  it("refuse a missing or a superfluous namespace by the field's name", async () => {
    expect(() => client.get(builtin.Pod, { name: "a" })).toThrow("metadata.namespace: required, Pod is namespaced");
    const node = { name: "a", namespace: "b" };
    expect(() => client.get(builtin.Node, node)).toThrow("metadata.namespace: Node is cluster-scoped");
  });
});

describe("warnings", () => {
  it("reach onWarning", async () => {
    warnings.length = 0;
    const odd = { metadata: { name: "odd", namespace }, data: {}, dta: {} };
    await client.create(builtin.ConfigMap, odd, { fieldValidation: "Warn" });
    expect(warnings).toEqual(['unknown field "dta"']);
  });
});

describe("discovery", () => {
  const definition: CustomResourceDefinition = {
    metadata: { name: "boats.test.fairlead.dev" },
    spec: {
      group: "test.fairlead.dev",
      scope: "Namespaced",
      names: { kind: "Boat", plural: "boats" },
      versions: [
        { name: "v1", served: true, storage: true, schema: { openAPIV3Schema: { type: "object" } } },
        { name: "v1alpha1", served: true, storage: false, schema: { openAPIV3Schema: { type: "object" } } },
      ],
    },
  };

  it("finds built-in kinds and names what is not served", async () => {
    expect(await client.resourceFor("apps/v1", "DaemonSet")).toEqual(builtin.DaemonSet);
    expect(await client.resourceFor("v1", "Namespace")).toEqual(builtin.Namespace);
    const error = await errorOf(client.resourceFor("apps/v1", "Boat"));
    expect(error).toBeInstanceOf(NoKindMatchError);
    expect(String(error)).toContain('no kind "Boat" in version "apps/v1"');
  });

  it("finds a kind that was defined after the first look, in the preferred version", async () => {
    await client.create(builtin.CustomResourceDefinition, definition);
    const boat = { group: "test.fairlead.dev", version: "v1", kind: "Boat", plural: "boats", namespaced: true };
    await expect
      .poll(() => client.preferredResourceFor("test.fairlead.dev", "Boat"), { timeout: 60_000 })
      .toEqual(defineResource(boat));
    expect((await client.resourceFor("test.fairlead.dev/v1alpha1", "Boat")).version).toBe("v1alpha1");
    expect(await client.preferredResourceFor("test.fairlead.dev", "Ship")).toBeUndefined();
  });
});

describe("fromKubeconfig", () => {
  it("authenticates with embedded data", async () => {
    await using fromFile = KubeClient.fromKubeconfig(server.kubeconfig());
    const found: Namespace = await fromFile.get(builtin.Namespace, { name: "default" });
    expect(found.status?.phase).toBe("Active");
  });
});

describe("a client that rests", () => {
  it("answers the next call, while what was under way goes on", async () => {
    const resting = server.client();
    const stop = new AbortController();
    const watching = resting.watch(builtin.ConfigMap, { namespace, signal: stop.signal });
    const first = watching.next();
    await resting.create(builtin.ConfigMap, configMap("resting", { a: "b" }));
    await first;
    resting.rest(); // Nothing happens: the watch is open.
    stop.abort();
    await watching.next().catch(() => undefined);
    resting.rest();
    expect((await resting.get(builtin.ConfigMap, { name: "resting", namespace })).data).toEqual({ a: "b" });
    resting.rest();
    const names = ["default", "kube-system", "kube-public"];
    const get = (name: string) => resting.get(builtin.Namespace, { name });
    expect((await Promise.all(names.map(get))).map(({ metadata }) => metadata.name)).toEqual(names);
    resting.rouse();
    expect((await Promise.all(names.map(get))).map(({ metadata }) => metadata.name)).toEqual(names);
    resting.rest();
    await resting.close();
    await expect(resting.get(builtin.Namespace, { name: "default" })).rejects.toThrow(ConnectionError);
  });

  it("goes on with the credentials of a newer kubeconfig", async () => {
    await using renewed = KubeClient.fromKubeconfig(server.kubeconfig());
    await renewed.list(builtin.Namespace);
    await using separate = renewed.separate();
    renewed.renew(server.kubeconfig());
    expect((await separate.get(builtin.Namespace, { name: "default" })).status?.phase).toBe("Active");
    expect((await renewed.get(builtin.Namespace, { name: "default" })).status?.phase).toBe("Active");
  });
});
