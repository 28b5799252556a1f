import { builtin, type KubeClient, waitFor } from "@fairlead/kube";
import {
  type ApiCluster,
  type ApiNodeDeployment,
  clusterType,
  machineDeploymentType,
  userClusterCrds,
} from "@fairlead/resources";
import { afterAll, beforeAll, expect, test } from "vitest";
import { errorOf, minimal, warningsOf } from "../testing/requests.ts";
import { TestApi } from "../testing/test-api.ts";

let api: TestApi;
let id: string;
let url: string;
/** Any API server will do to keep MachineDeployments and Nodes in. */
let client: KubeClient;

beforeAll(async () => {
  api = await TestApi.start();
  const project = await api.project("nodes");
  const clusters = `/api/v2/projects/${project}/clusters`;
  id = (await api.post(clusters, minimal("nodes"))).json<ApiCluster>().id;
  url = `${clusters}/${id}/machinedeployments`;
  client = api.server.client();
  for (const crd of userClusterCrds())
    await client.apply(builtin.CustomResourceDefinition, crd, { fieldManager: "test" });
  await waitFor(() => client.list(machineDeploymentType), { what: "the CRD of MachineDeployments" });
});
afterAll(() => api?.stop());

function stored(name: string) {
  return client.get(machineDeploymentType, { name, namespace: "kube-system" });
}

test("until the cluster's API server answers, all is 503", async () => {
  const answers = await Promise.all([
    api.get(url),
    api.post(url, { spec: {} }),
    api.get(`${url}/x`),
    api.patch(`${url}/x`, {}),
    api.delete(`${url}/x`),
    api.get(`${url}/x/nodes`),
  ]);
  for (const answer of answers) {
    expect([answer.statusCode, errorOf(answer).message]).toEqual([503, expect.stringContaining("not ready yet")]);
  }
  api.userClusters.set(id, client);
  expect((await api.get(url)).json()).toEqual([]);
});

test("a group of nodes is created as KKP's UI asks for it, and shown again", async () => {
  const body = {
    name: "workers",
    spec: {
      replicas: 2,
      dynamicConfig: false,
      minReplicas: 1,
      maxReplicas: 4,
      template: {
        cloud: { bringyourown: {} },
        operatingSystem: { ubuntu: { distUpgradeOnBoot: true } },
        labels: { disk: "ssd" },
        taints: [{ key: "only", value: "us", effect: "NoSchedule" }],
      },
    },
  };
  const response = await api.post(url, body);
  expect([response.statusCode, response.headers["content-type"]]).toEqual([201, "application/json"]);
  const created = response.json<ApiNodeDeployment>();
  expect(created).toEqual({
    id: "workers",
    name: "workers",
    creationTimestamp: expect.stringMatching(/^2/),
    spec: {
      replicas: 2,
      minReplicas: 1,
      maxReplicas: 4,
      template: { ...body.spec.template, versions: { kubelet: "1.36.3" } },
    },
    status: {},
  });
  expect((await api.get(`${url}/workers`)).json()).toEqual(created);
  expect((await api.get(url)).json()).toEqual([created]);
  expect((await stored("workers")).spec).toMatchObject({
    replicas: 2,
    template: {
      spec: {
        metadata: { labels: { disk: "ssd" } },
        taints: [{ key: "only" }],
        versions: { kubelet: "1.36.3" },
        providerSpec: { value: { cloudProvider: "bringyourown", operatingSystem: "ubuntu" } },
      },
    },
  });
  expect((await api.post(url, body)).statusCode).toBe(409);
});

test("without a name it gets one, and with nulls its defaults", async () => {
  const response = await api.post(url, {
    name: null,
    spec: { replicas: null, minReplicas: null, template: { labels: null } },
  });
  expect(response.json()).toMatchObject({ name: expect.stringMatching(`^${id}-worker-`), spec: { replicas: 1 } });
});

test("a patch scales it, and keeps the rest", async () => {
  const before = (await api.get(`${url}/workers`)).json<ApiNodeDeployment>();
  const response = await api.patch(`${url}/workers`, { spec: { replicas: 3 } });
  expect([response.statusCode, response.json()]).toEqual([200, { ...before, spec: { ...before.spec, replicas: 3 } }]);
  const whole = { ...response.json<ApiNodeDeployment>(), spec: { ...before.spec, replicas: 0, maxReplicas: null } };
  const scaled = (await api.patch(`${url}/workers`, whole)).json<ApiNodeDeployment>();
  expect(scaled.spec).toEqual({ replicas: 0, minReplicas: 1, template: before.spec.template });
  expect((await stored("workers")).spec.replicas).toBe(0);
});

test("twenty patches at once: none is lost", async () => {
  await api.post(url, { name: "raced", spec: { replicas: 1 } });
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      api.patch(`${url}/raced`, { spec: { template: { labels: { [`l${n}`]: "x" } } } }),
    ),
  );
  const labels = (await stored("raced")).spec.template?.spec?.metadata?.labels ?? {};
  for (const [n, { statusCode }] of answers.entries()) {
    expect([200, 409]).toContain(statusCode);
    expect(Object.hasOwn(labels, `l${n}`)).toBe(statusCode === 200);
  }
});

test.each<[string, object, number, string]>([
  ["no spec", {}, 400, "spec"],
  ["too many nodes", { spec: { replicas: 5001 } }, 400, "spec.replicas"],
  ["a negative number", { spec: { replicas: -1 } }, 400, "spec.replicas"],
  ["a number as text", { spec: { replicas: "2" } }, 400, "spec.replicas"],
  ["bounds that cross", { spec: { minReplicas: 3, maxReplicas: 2 } }, 400, "spec.minReplicas"],
  ["a kubelet that is too new", { spec: { template: { versions: { kubelet: "1.37.0" } } } }, 400, "versions.kubelet"],
  ["a kubelet that is no version", { spec: { template: { versions: { kubelet: "new" } } } }, 400, "versions.kubelet"],
  ["a name that Kubernetes refuses", { name: "A B", spec: {} }, 422, "metadata.name"],
])("%s is refused, and nothing is stored", async (_, body, status, field) => {
  const before = (await api.get(url)).json();
  const response = await api.post(url, body);
  expect([response.statusCode, errorOf(response).message]).toEqual([status, expect.stringContaining(field)]);
  expect((await api.get(url)).json()).toEqual(before);
});

test("unknown fields are named, and dry runs store nothing", async () => {
  const response = await api.post(`${url}?dryRun=All`, { name: "dry", spec: { replicas: 1, x: 1 } });
  expect([response.statusCode, warningsOf(response)]).toEqual([201, ['unknown field "spec.x"']]);
  expect((await api.get(`${url}/dry`)).statusCode).toBe(404);
  expect((await api.patch(`${url}/workers?dryRun=All`, { spec: { replicas: 9 } })).json()).toMatchObject({
    spec: { replicas: 9 },
  });
  expect((await stored("workers")).spec.replicas).toBe(0);
  expect((await api.delete(`${url}/workers?dryRun=All`)).statusCode).toBe(200);
  expect((await api.get(`${url}/workers`)).statusCode).toBe(200);
});

test("its nodes are those that carry its label", async () => {
  for (const [name, owner] of [
    ["workers-0", "workers"],
    ["other-0", "other"],
  ]) {
    await client.create(builtin.Node, {
      metadata: { name, labels: { "fairlead.dev/machine-deployment": owner ?? "" } },
    });
  }
  expect((await api.get(`${url}/workers/nodes`)).json()).toMatchObject([{ name: "workers-0" }]);
});

test("it is deleted, once", async () => {
  const response = await api.delete(`${url}/workers`);
  expect([response.statusCode, response.json()]).toEqual([200, {}]);
  expect((await api.get(`${url}/workers`)).statusCode).toBe(404);
  expect((await api.delete(`${url}/workers`)).statusCode).toBe(404);
  expect((await api.patch(`${url}/workers`, {})).statusCode).toBe(404);
});

test("the kubelets of all groups are upgraded at once, and never beyond the control plane", async () => {
  const upgrades = url.replace(/machinedeployments$/, "nodes/upgrades");
  const put = (payload: object, query = "") => api.call({ method: "PUT", url: upgrades + query, payload });
  for (const name of ["old-a", "old-b"]) {
    const versions = { kubelet: "1.35.4" };
    expect((await api.post(url, { name, spec: { replicas: 0, template: { versions } } })).statusCode).toBe(201);
  }
  expect((await put({ version: "1.36.3" }, "?dryRun=All")).statusCode).toBe(200);
  expect((await stored("old-a")).spec.template?.spec?.versions?.kubelet).toBe("1.35.4");
  for (const version of ["1.37.0", "1.32.9", "newest", "", undefined]) {
    expect(errorOf(await put({ version }))).toMatchObject({ code: 400, fieldErrors: [{ field: "version" }] });
  }
  // Asked for is not reached.
  await api.management.mergePatchStatus(
    clusterType,
    { name: id },
    { status: { versions: { controlPlane: "1.35.4" } } },
  );
  expect((await put({ version: "1.36.3" })).statusCode).toBe(400);
  await api.management.mergePatchStatus(
    clusterType,
    { name: id },
    { status: { versions: { controlPlane: "1.36.3" } } },
  );
  const answer = await put({ version: "v1.36.3" });
  expect([answer.statusCode, answer.json()]).toEqual([200, {}]);
  const { items } = await client.list(machineDeploymentType, { namespace: "kube-system" });
  expect(items.length).toBeGreaterThan(2);
  expect(new Set(items.map(({ spec }) => spec.template?.spec?.versions?.kubelet))).toEqual(new Set(["1.36.3"]));
});
