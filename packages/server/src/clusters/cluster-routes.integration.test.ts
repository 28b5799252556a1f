import { EventRecorder } from "@fairlead/kube";
import { type ApiCluster, type ApiClusterExplanation, type ApiEvent, clusterType } from "@fairlead/resources";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { errorOf, minimal } from "../testing/requests.ts";
import { TestApi } from "../testing/test-api.ts";

let api: TestApi;
let newer: string;
let older: string;

beforeAll(async () => {
  api = await TestApi.start();
  const project = await api.project("routes");
  newer = `/api/v2/projects/${project}/clusters`;
  older = `/api/v1/projects/${project}/dc/embedded/clusters`;
});
afterAll(() => api?.stop());

async function create(name: string, spec: object = {}): Promise<ApiCluster> {
  return (await api.post(newer, minimal(name, spec))).json<ApiCluster>();
}

describe("the older address of clusters", () => {
  test("serves all that the newer one does", async () => {
    const created = await api.post(older, minimal("twin"));
    expect(created.statusCode).toBe(201);
    const { id } = created.json<ApiCluster>();
    for (const path of [
      "",
      "/health",
      "/events",
      "/upgrades",
      "/cniversions",
      "/explain",
      "/nodes",
      "/machinedeployments",
    ]) {
      const [one, two] = await Promise.all([api.get(`${newer}/${id}${path}`), api.get(`${older}/${id}${path}`)]);
      expect([path, two.statusCode, two.body]).toEqual([path, one.statusCode, one.body]);
    }
    expect((await api.get(older)).json()).toEqual((await api.get(newer)).json());
    const patched = await api.patch(`${older}/${id}`, { labels: { a: "b" } });
    expect(patched.json()).toMatchObject({ id, labels: { a: "b" } });
    expect((await api.delete(`${older}/${id}`)).json()).toEqual({});
    expect((await api.get(`${newer}/${id}`)).json()).toMatchObject({ deletionTimestamp: expect.any(String) });
  });

  test("knows no other seed", async () => {
    const { id } = await create("seeded");
    const elsewhere = older.replace("embedded", "elsewhere");
    for (const response of [
      await api.get(elsewhere),
      await api.get(`${elsewhere}/${id}`),
      await api.post(elsewhere, {}),
    ]) {
      expect([response.statusCode, errorOf(response).message]).toEqual([404, 'seed "elsewhere" not found']);
    }
    expect((await api.call({ method: "PUT", url: older })).statusCode).toBe(405);
  });
});

test("a dry run of creation and deletion answers what would be, and stores nothing", async () => {
  const before = await api.storedClusterNames();
  const response = await api.post(`${newer}?dryRun=All`, minimal("dry"));
  expect([response.statusCode, response.json()]).toEqual([201, expect.objectContaining({ name: "dry" })]);
  expect(await api.storedClusterNames()).toEqual(before);
  expect((await api.post(`${newer}?dryRun=All`, minimal("seeded"))).statusCode).toBe(409);
  const { id } = await create("stays");
  expect((await api.delete(`${newer}/${id}?dryRun=All`)).json()).toEqual({});
  expect((await api.get(`${newer}/${id}`)).statusCode).toBe(200);
  expect((await api.delete(`${newer}/${id}?dryRun=no`)).statusCode).toBe(400);
});

test("versions that a cluster can go to", async () => {
  const { id } = await create("versions", { version: "1.35.4", cniPlugin: { type: "cilium", version: "" } });
  expect((await api.get(`${newer}/${id}/upgrades`)).json()).toEqual([{ version: "1.36.3" }]);
  expect((await api.get(`${newer}/${id}/cniversions`)).json()).toEqual(
    (await api.get("/api/v2/cni/cilium/versions")).json(),
  );
  const none = await create("none", { cniPlugin: { type: "none", version: "" } });
  expect((await api.get(`${newer}/${none.id}/cniversions`)).json()).toEqual({ cniPluginType: "none", versions: [""] });
});

test("events are those of the cluster, by type", async () => {
  const { id } = await create("eventful");
  expect((await api.get(`${newer}/${id}/events`)).json()).toEqual([]);
  const cluster = await api.management.get(clusterType, { name: id });
  const recorder = new EventRecorder({ client: api.management, reportingController: "fairlead.dev/test" });
  await recorder.record(cluster, { type: "Normal", reason: "Created", action: "Create", note: "is created" });
  await recorder.record(cluster, { type: "Warning", reason: "Slow", action: "Create", note: "takes long" });
  const other = await api.management.get(clusterType, { name: (await create("other")).id });
  await recorder.record(other, { type: "Normal", reason: "Created", action: "Create", note: "of another" });
  const events = (await api.get(`${newer}/${id}/events`)).json<ApiEvent[]>();
  expect(events).toEqual([
    expect.objectContaining({ type: "Normal", message: "is created", involvedObject: { type: "Cluster", name: id } }),
    expect.objectContaining({ type: "Warning", message: "takes long" }),
  ]);
  expect(events[0]?.lastTimestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  expect((await api.get(`${newer}/${id}/events?type=warning`)).json()).toMatchObject([{ message: "takes long" }]);
  expect((await api.get(`${newer}/${id}/events?type=foo`)).statusCode).toBe(400);
});

test("the default cluster can be created as it is, once it has a name", async () => {
  const response = await api.get("/api/v2/providers/bringyourown/dc/local/defaultcluster");
  const cluster = response.json<ApiCluster>();
  expect(cluster).toMatchObject({
    id: "",
    name: "",
    creationTimestamp: "0001-01-01T00:00:00Z",
    type: "kubernetes",
    spec: { cloud: { dc: "local", bringyourown: {} }, version: "1.36.3", cniPlugin: { type: "canal" } },
  });
  const created = await api.post(newer, { cluster: { ...cluster, name: "by-default" } });
  expect([created.statusCode, created.json<ApiCluster>().spec]).toEqual([201, cluster.spec]);
  expect((await api.get("/api/v2/providers/aws/dc/local/defaultcluster")).statusCode).toBe(400);
  expect((await api.get("/api/v2/providers/aws/dc/nope/defaultcluster")).statusCode).toBe(404);
});

test("an explanation agrees with what the server does", async () => {
  const { id } = await create("explained", {
    cniPlugin: { type: "canal", version: "v3.29" },
    clusterNetwork: { coreDNSReplicas: 3, pods: { cidrBlocks: ["10.1.0.0/16"] } },
  });
  const { fields, cniVersions } = (await api.get(`${newer}/${id}/explain`)).json<ApiClusterExplanation>();
  expect(fields.find(({ field }) => field === "spec.clusterNetwork.pods.cidrBlocks")).toMatchObject({
    value: ["10.1.0.0/16"],
    source: "request",
    reason: expect.stringContaining("left open, it would be"),
    limits: [expect.objectContaining({ unlocked: false })],
  });
  expect(fields.find(({ field }) => field === "spec.clusterNetwork.dnsDomain")).toMatchObject({ source: "rule" });
  expect(cniVersions.filter(({ current }) => current)).toMatchObject([{ version: "v3.29" }]);
  expect(cniVersions.map(({ allowed }) => allowed)).toEqual(expect.arrayContaining([true, false]));
  for (const { version, allowed } of cniVersions) {
    const { statusCode } = await api.patch(`${newer}/${id}?dryRun=All`, { spec: { cniPlugin: { version } } });
    expect([version, statusCode]).toEqual([version, allowed ? 200 : 400]);
  }
});
