import type { Addon, Cluster } from "@fairlead/resources";
import { describe, expect, test } from "vitest";
import { admitAddon } from "./admit-addon.ts";

const cluster = {
  metadata: { name: "abc", uid: "u1" },
  spec: { cniPlugin: { type: "cilium", version: "v1.12" } },
} as Cluster;
const reference = { apiVersion: "kubermatic.k8c.io/v1", kind: "Cluster", name: "abc", uid: "u1" };

function addon(spec: object = { name: "hubble" }): Addon {
  return { metadata: { name: "hubble", namespace: "cluster-abc" }, spec } as Addon;
}

describe("a new Addon", () => {
  test.each<[string, object]>([
    ["without cluster", { name: "hubble" }],
    ["with another cluster", { name: "hubble", cluster: { name: "other", uid: "u2", kind: "Pod", apiVersion: "v1" } }],
  ])("%s belongs to that of its namespace", (_, spec) => {
    const { errors, object } = admitAddon({ operation: "CREATE", object: addon(spec), cluster });
    expect(errors).toEqual([]);
    expect(object.spec).toEqual({ name: "hubble", cluster: reference });
  });
  test("outside of clusters' namespaces is refused", () => {
    const { errors } = admitAddon({ operation: "CREATE", object: addon() });
    expect(errors).toMatchObject([{ code: "addon-namespace", field: "metadata.namespace", value: "cluster-abc" }]);
  });
  test("that is for another CNI is refused", () => {
    const canal = { ...cluster, spec: { ...cluster.spec, cniPlugin: { type: "canal", version: "v3.31" } } } as Cluster;
    const { errors } = admitAddon({ operation: "CREATE", object: addon(), cluster: canal });
    expect(errors).toMatchObject([
      { code: "addon-unsuitable", field: "spec.name", message: expect.stringContaining("canal v3.31") },
    ]);
  });
  test("of a cluster that is being deleted is refused", () => {
    const deleted = { ...cluster, metadata: { ...cluster.metadata, deletionTimestamp: "2026-01-01T00:00:00Z" } };
    const { errors } = admitAddon({ operation: "CREATE", object: addon(), cluster: deleted });
    expect(errors).toMatchObject([{ code: "addon-cluster-deleted" }]);
  });
});

describe("a changed Addon", () => {
  const before = addon({ name: "hubble", cluster: reference });
  const change = (changes: object) =>
    admitAddon({
      operation: "UPDATE",
      oldObject: before,
      object: addon({ name: "hubble", cluster: { ...reference, ...changes } }),
    }).errors.map(({ field }) => field);

  test.each(["apiVersion", "kind", "name"])("keeps the %s of its cluster", (key) => {
    expect(change({ [key]: "other" })).toEqual([`spec.cluster.${key}`]);
  });
  test("may change the rest of the reference", () => {
    expect(change({ resourceVersion: "7" })).toEqual([]);
  });
  test("that is being deleted is left alone", () => {
    const oldObject = { ...before, metadata: { ...before.metadata, deletionTimestamp: "2026-01-01T00:00:00Z" } };
    expect(admitAddon({ operation: "UPDATE", oldObject, object: addon() }).errors).toEqual([]);
  });
});
