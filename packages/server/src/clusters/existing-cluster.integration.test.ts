import { builtin } from "@fairlead/kube";
import { type ApiCluster, clusterType } from "@fairlead/resources";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { errorOf, minimal } from "../testing/requests.ts";
import { TestApi } from "../testing/test-api.ts";

let api: TestApi;
let project: string;
let clusters: string;

beforeAll(async () => {
  api = await TestApi.start();
  project = await api.project("clusters");
  clusters = `/api/v2/projects/${project}/clusters`;
});
afterAll(() => api?.stop());

describe("an existing cluster", () => {
  let id: string;
  let url: string;

  beforeAll(async () => {
    id = (await api.post(clusters, minimal("existing"))).json<ApiCluster>().id;
    url = `${clusters}/${id}`;
  });

  test("is shown and listed in its own project only", async () => {
    expect((await api.get(url)).json()).toMatchObject({ id, name: "existing" });
    expect((await api.get(clusters)).json<ApiCluster[]>().map((cluster) => cluster.id)).toContain(id);
    const empty = await api.project("empty");
    expect((await api.get(`/api/v2/projects/${empty}/clusters`)).json()).toEqual([]);
    const foreign = await api.get(`/api/v2/projects/${empty}/clusters/${id}`);
    expect([foreign.statusCode, errorOf(foreign).message]).toEqual([404, `cluster "${id}" not found`]);
  });

  test("tells its health in KKP's shape, empty while nothing is known", async () => {
    const unknown = {
      apiserver: "",
      applicationController: "",
      scheduler: "",
      controller: "",
      machineController: "",
      etcd: "",
      cloudProviderInfrastructure: "",
      userClusterControllerManager: "",
    };
    expect((await api.get(`${url}/health`)).json()).toEqual(unknown);
    const extendedHealth = {
      apiserver: "HealthStatusUp",
      etcd: "HealthStatusProvisioning",
      konnectivity: "HealthStatusUp",
    };
    await api.management.mergePatchStatus(clusterType, { name: id }, { status: { extendedHealth } });
    expect((await api.get(`${url}/health`)).json()).toEqual({
      ...unknown,
      apiserver: "HealthStatusUp",
      etcd: "HealthStatusProvisioning",
    });
  });

  test("has nodes once its API server can be talked to", async () => {
    const early = await api.get(`${url}/nodes`);
    expect([early.statusCode, errorOf(early).message]).toEqual([503, expect.stringContaining("not ready yet")]);
    api.userClusters.set(id, api.server.client()); // any API server will do to keep Node objects in
    const labels = { "fairlead.dev/simulated": "true" };
    await api.management.create(builtin.Node, { metadata: { name: "worker-1", labels } });
    await api.management.mergePatchStatus(
      builtin.Node,
      { name: "worker-1" },
      {
        status: {
          capacity: { cpu: "4", memory: "8Gi" },
          nodeInfo: { kubeletVersion: "v1.36.3", containerRuntimeVersion: "containerd://2.1.0" },
          conditions: [{ type: "Ready", status: "False", reason: "KubeletNotReady", message: "no network" }],
        },
      },
    );
    const [node] = (await api.get(`${url}/nodes`)).json();
    expect(node).toMatchObject({
      id: "worker-1",
      spec: { versions: { kubelet: "1.36.3" }, labels },
      status: {
        capacity: { cpu: "4", memory: "8Gi" },
        nodeInfo: { containerRuntime: "containerd", containerRuntimeVersion: "2.1.0" },
        errorReason: "KubeletNotReady",
        errorMessage: "no network",
        conditions: [{ type: "Ready", status: "False", reason: "KubeletNotReady", message: "no network" }],
      },
    });
  });

  test("gives its kubeconfig once there is one, as a file", async () => {
    const early = await api.get(`${url}/kubeconfig`);
    expect([early.statusCode, errorOf(early).message]).toEqual([503, expect.stringContaining("no kubeconfig yet")]);
    const namespace = `cluster-${id}`;
    await api.management.create(builtin.Namespace, { metadata: { name: namespace } });
    await api.management.create(builtin.Secret, {
      metadata: { name: "admin-kubeconfig", namespace },
      stringData: { kubeconfig: api.server.kubeconfig() },
    });
    api.userClusters.delete(id);
    expect((await api.get(`${url}/kubeconfig`)).statusCode).toBe(503);
    api.userClusters.set(id, api.management);
    const response = await api.get(`${url}/kubeconfig`);
    expect([response.statusCode, response.body]).toEqual([200, expect.stringContaining("current-context: admin@")]);
    expect(response.headers).toMatchObject({
      "content-type": "application/octet-stream",
      "content-disposition": `attachment; filename=kubeconfig-admin-${id}`,
      "cache-control": "no-store",
    });
  });

  test("is deleted with regard to its finalizers", async () => {
    await api.management.mergePatch(clusterType, { name: id }, { metadata: { finalizers: ["test/hold"] } });
    const response = await api.call({ method: "DELETE", url });
    expect([response.statusCode, response.json()]).toEqual([200, {}]);
    expect((await api.get(url)).json<ApiCluster>().deletionTimestamp).toBeDefined();
    await api.management.mergePatch(clusterType, { name: id }, { metadata: { finalizers: null } });
    expect((await api.get(url)).statusCode).toBe(404);
    expect((await api.call({ method: "DELETE", url })).statusCode).toBe(404);
  });
});
