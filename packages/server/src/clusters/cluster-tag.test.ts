import type { ApiCluster } from "@fairlead/resources";
import { expect, test } from "vitest";
import { clusterTag, requireMatch } from "./cluster-tag.ts";

const cluster: ApiCluster = {
  id: "abc",
  name: "demo",
  creationTimestamp: "2026-01-01T00:00:00Z",
  type: "kubernetes",
  labels: { team: "shop" },
  spec: { version: "1.36.3", clusterNetwork: { konnectivityEnabled: true, proxyMode: "ebpf" } },
  status: { version: "1.36.3", url: "", externalCCMMigration: "Unsupported" },
};

test("the tag follows what can be edited, and neither the status nor the order of keys", () => {
  const tag = clusterTag(cluster);
  expect(tag).toMatch(/^"[\w-]{22}"$/);
  expect(clusterTag({ ...cluster, status: { ...cluster.status, version: "1.36.4" } })).toBe(tag);
  const reordered = { proxyMode: "ebpf", konnectivityEnabled: true };
  expect(clusterTag({ ...cluster, spec: { clusterNetwork: reordered, version: "1.36.3" } })).toBe(tag);
  for (const other of [
    { name: "demo2" },
    { labels: {} },
    { annotations: { a: "b" } },
    { spec: { version: "1.36.4" } },
  ]) {
    expect(clusterTag({ ...cluster, ...other })).not.toBe(tag);
  }
});

test.each([[undefined], ["*"], [clusterTag(cluster)], [`"other", ${clusterTag(cluster)}`]])(
  "If-Match %s lets through",
  (header) => {
    expect(() => requireMatch(header, cluster)).not.toThrow();
  },
);

test.each(['"other"', "", `W/${clusterTag(cluster)}`])("If-Match %j is refused with 412", (header) => {
  expect(() => requireMatch(header, cluster)).toThrow(expect.objectContaining({ statusCode: 412 }));
});
