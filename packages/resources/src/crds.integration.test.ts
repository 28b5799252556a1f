import { readFile } from "node:fs/promises";
import { builtin, type KubeClient, StatusError, waitFor } from "@fairlead/kube";
import { startTestApiServer, type TestApiServer } from "@fairlead/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { type Cluster, clusterType } from "./cluster/cluster.ts";
import { crds, userClusterCrds } from "./crds.ts";

let server: TestApiServer;
let client: KubeClient;
const all = [...crds(), ...userClusterCrds()];

beforeAll(async () => {
  server = await startTestApiServer();
  client = server.client();
  for (const crd of all) {
    await client.apply(builtin.CustomResourceDefinition, crd, { fieldManager: "fairlead" });
  }
});
afterAll(() => server?.stop());

test.each(all.map((crd) => crd.metadata.name))("%s is established and structural", async (name) => {
  const conditions = await waitFor(
    async () => {
      const crd = await client.get(builtin.CustomResourceDefinition, { name });
      const found = crd.status?.conditions ?? [];
      return found.some(({ type, status }) => type === "Established" && status === "True") ? found : undefined;
    },
    { what: `${name} Established`, timeoutMs: 20_000 },
  );
  expect(conditions.filter(({ type }) => type === "NonStructuralSchema")).toEqual([]);
});

describe("a Cluster, under strict field validation", () => {
  const strict = { fieldValidation: "Strict", fieldManager: "test" } as const;

  async function allFields(): Promise<Cluster> {
    return parse(await readFile(new URL("testdata/cluster-all-fields.yaml", import.meta.url), "utf8")) as Cluster;
  }

  test("with every field is stored as it was sent", async () => {
    const sent = await allFields();
    await client.create(clusterType, sent, strict);
    const stored = await client.get(clusterType, { name: "abcdefghij" });
    expect(stored.spec).toEqual(sent.spec);
    expect(stored.metadata).toMatchObject(sent.metadata);
  });

  test("with the least gets no network defaults from its schema", async () => {
    const spec = { humanReadableName: "least", version: "1.36.3", cloud: { dc: "local" }, clusterNetwork: {} };
    const stored = await client.create(clusterType, { metadata: { name: "least" }, spec }, strict);
    expect(stored.spec).toEqual({ ...spec, containerRuntime: "containerd", pause: false });
  });

  test("has one owner of its whole status, and of each field of its spec", async () => {
    const spec = { humanReadableName: "owned", version: "1.36.3", cloud: { dc: "local" } };
    await client.create(clusterType, { metadata: { name: "owned" }, spec }, strict);
    const conditions = { SpecValid: { status: "True", reason: "Valid" } };
    const status = { phase: "Running", conditions };
    const { metadata } = await client.mergePatchStatus(clusterType, { name: "owned" }, { status }, strict);
    expect(metadata.managedFields).toMatchObject([
      { fieldsV1: { "f:spec": { "f:version": {}, "f:cloud": { "f:dc": {} } } } },
      { subresource: "status" },
    ]);
    expect(metadata.managedFields?.[1]).toHaveProperty("fieldsV1", { "f:status": {} });
    const other = await client.mergePatchStatus(
      clusterType,
      { name: "owned" },
      { status: { phase: "Updating" } },
      strict,
    );
    expect(other.status).toMatchObject({ phase: "Updating", conditions });
  });

  test.each<[string, (spec: Record<string, unknown>) => void, string]>([
    ["a misspelt field", (spec) => Object.assign(spec, { clusterNetwrok: {} }), 'unknown field "spec.clusterNetwrok"'],
    [
      "an unknown CNI",
      (spec) => Object.assign(spec, { cniPlugin: { type: "flannel" } }),
      "spec.cniPlugin.type: Unsupported value",
    ],
    [
      "an unknown proxy mode",
      (spec) => Object.assign(spec, { clusterNetwork: { proxyMode: "nft" } }),
      "spec.clusterNetwork.proxyMode: Unsupported value",
    ],
    [
      "IPv6 alone",
      (spec) => Object.assign(spec, { clusterNetwork: { ipFamily: "IPv6" } }),
      "spec.clusterNetwork.ipFamily: Unsupported value",
    ],
    [
      "an unknown provider",
      (spec) => Object.assign(spec, { cloud: { dc: "x", awss: {} } }),
      'unknown field "spec.cloud.awss"',
    ],
    ["no version", (spec) => delete spec.version, "spec.version: Required value"],
  ])("with %s is refused", async (_, change, message) => {
    const { metadata, spec } = await allFields();
    change(spec);
    const refused = client.create(clusterType, { metadata: { ...metadata, name: "refused" }, spec }, strict);
    await expect(refused).rejects.toThrow(message);
    await expect(refused).rejects.toBeInstanceOf(StatusError);
    expect(await client.find(clusterType, { name: "refused" })).toBeUndefined();
  });

  test("status is written through its own subresource only", async () => {
    const name = "least";
    const status = {
      phase: "Running",
      conditions: { Ready: { status: "True" } },
      extendedHealth: { apiserver: "HealthStatusUp" },
    };
    await client.mergePatch(clusterType, { name }, { status });
    expect((await client.get(clusterType, { name })).status).toBeUndefined();
    await client.mergePatchStatus(clusterType, { name }, { status }, strict);
    expect((await client.get(clusterType, { name })).status).toEqual(status);
  });
});

test("kubectl get clusters shows KKP's columns", async () => {
  const accept = "application/json;as=Table;v=v1;g=meta.k8s.io";
  const path = "/apis/kubermatic.k8c.io/v1/clusters";
  const table = await client.request<{ columnDefinitions: { name: string }[] }>({
    method: "GET",
    path,
    headers: { accept },
  });
  expect(table.columnDefinitions.map(({ name }) => name)).toEqual([
    "Name",
    "HumanReadableName",
    "Owner",
    "Version",
    "Provider",
    "Datacenter",
    "Phase",
    "Paused",
    "Age",
  ]);
});
