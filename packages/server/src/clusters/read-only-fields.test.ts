import type { ApiCluster } from "@fairlead/resources";
import { expect, test } from "vitest";
import { readOnlyWarnings } from "./read-only-fields.ts";

const shown = {
  id: "abc",
  name: "demo",
  creationTimestamp: "2026-11-24T04:00:00Z",
  type: "kubernetes",
  spec: {},
  status: { version: "1.36.3", url: "https://127.0.0.1:6443", externalCCMMigration: "Unsupported" },
} satisfies ApiCluster;

test.each<[string, Record<string, unknown>]>([
  ["nothing", {}],
  ["what is there", { ...shown }],
  ["nulls", { id: null, status: null, creationTimestamp: null }],
  [
    "Go's zero values",
    { id: "", creationTimestamp: "0001-01-01T00:00:00.000Z", machineDeploymentCount: 0, status: {} },
  ],
  ["the same time in another form", { creationTimestamp: "2026-11-24T05:00:00.000+01:00" }],
  ["an empty part of the status", { status: { version: "" } }],
  ["labels of one's own", { labels: { team: "a" } }],
])("a patch with %s says nothing of what only the server sets", (_, patch) => {
  expect(readOnlyWarnings(patch, shown)).toEqual([]);
});

test.each<[Record<string, unknown>, string]>([
  [{ id: "other" }, "id"],
  [{ type: "openshift" }, "type"],
  [{ creationTimestamp: "2020-01-01T00:00:00Z" }, "creationTimestamp"],
  [{ deletionTimestamp: "2020-01-01T00:00:00Z" }, "deletionTimestamp"],
  [{ status: { url: "https://elsewhere" } }, "status"],
  [{ machineDeploymentCount: 3 }, "machineDeploymentCount"],
  [{ labels: { "project-id": "x" } }, "labels[project-id]"],
  [{ labels: { "worker-name": null } }, "labels[worker-name]"],
])("%j is named", (patch, field) => {
  expect(readOnlyWarnings(patch, shown)).toEqual([`${field}: is set by the server and was not changed`]);
});
