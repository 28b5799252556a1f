import { builtin } from "@fairlead/kube";
import { type ApiCluster, type Cluster, clusterType } from "@fairlead/resources";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { errorOf, minimal, warningsOf } from "../testing/requests.ts";
import { TestApi } from "../testing/test-api.ts";

let api: TestApi;
let project: string;
let clusters: string;

beforeAll(async () => {
  api = await TestApi.start();
  project = await api.project("patched");
  clusters = `/api/v2/projects/${project}/clusters`;
});
afterAll(() => api?.stop());

let serial = 0;
let id: string;
let url: string;

async function create(spec: object = {}): Promise<ApiCluster> {
  const response = await api.post(clusters, minimal(`patched-${++serial}`, spec));
  expect([response.statusCode, response.body]).toEqual([201, expect.any(String)]);
  const cluster = response.json<ApiCluster>();
  id = cluster.id;
  url = `${clusters}/${id}`;
  return cluster;
}

function stored(): Promise<Cluster> {
  return api.management.get(clusterType, { name: id });
}

describe("a patch", () => {
  beforeEach(async () => {
    await create({ cniPlugin: { type: "canal", version: "v3.29" } });
  });

  test("changes what it carries and nothing else", async () => {
    const before = (await api.get(url)).json<ApiCluster>();
    const spec = { clusterNetwork: { konnectivityEnabled: true, coreDNSReplicas: 3 }, cniPlugin: { version: "v3.30" } };
    const response = await api.patch(url, { spec });
    expect([response.statusCode, response.headers["content-type"]]).toEqual([200, "application/json"]);
    expect(response.json()).toEqual({
      ...before,
      spec: {
        ...before.spec,
        clusterNetwork: { ...before.spec.clusterNetwork, konnectivityEnabled: true, coreDNSReplicas: 3 },
        cniPlugin: { type: "canal", version: "v3.30" },
      },
    });
    expect((await stored()).spec).toMatchObject(spec);
  });

  test("that is what was read before changes nothing, and warns of nothing that it changes not", async () => {
    const before = await stored();
    const response = await api.patch(url, (await api.get(url)).json());
    expect(response.statusCode).toBe(200);
    expect(warningsOf(response).filter((text) => /unknown field|not changed/.test(text))).toEqual([]);
    // KKP's form of a cluster has oidc even where there is none.
    expect((await stored()).spec).toEqual({ ...before.spec, oidc: {} });
  });

  test("by null takes a field away; a network that is left open stays as it is", async () => {
    await api.patch(url, { spec: { clusterNetwork: { konnectivityEnabled: true, coreDNSReplicas: 5 } } });
    const response = await api.patch(url, { spec: { clusterNetwork: { coreDNSReplicas: null } } });
    expect([response.statusCode, response.body]).toEqual([200, expect.not.stringContaining("coreDNSReplicas")]);
    const before = await stored();
    expect(before.spec.clusterNetwork).not.toHaveProperty("coreDNSReplicas");
    for (const spec of [
      { clusterNetwork: null },
      { clusterNetwork: { konnectivityEnabled: null } },
      { cniPlugin: null },
    ]) {
      expect((await api.patch(url, { spec })).statusCode).toBe(200);
      expect((await stored()).spec).toEqual(before.spec);
    }
  });

  test("that is the whole form of KKP's UI is taken", async () => {
    const body = {
      name: "renamed",
      labels: { team: "a" },
      spec: {
        cloud: {},
        auditLogging: { enabled: false, policyPreset: "" },
        opaIntegration: { enabled: false },
        clusterNetwork: { konnectivityEnabled: true },
        kubernetesDashboard: { enabled: true },
        enableOperatingSystemManager: true,
        mla: { loggingEnabled: false, monitoringEnabled: false },
        usePodNodeSelectorAdmissionPlugin: null,
        usePodSecurityPolicyAdmissionPlugin: null,
        useEventRateLimitAdmissionPlugin: null,
        eventRateLimitConfig: null,
        admissionPlugins: null,
        containerRuntime: "containerd",
      },
    };
    const response = await api.patch(`${url}?skip_kubelet_version_validation=true`, body);
    expect([response.statusCode, response.json()]).toEqual([
      200,
      expect.objectContaining({ name: "renamed", labels: { team: "a" } }),
    ]);
    const { metadata, spec } = await stored();
    expect(spec).toMatchObject({ humanReadableName: "renamed", cloud: { dc: "local", bringyourown: {} } });
    expect(metadata.labels).toEqual({ team: "a", "project-id": project });
  });

  test("cannot touch what is the server's, and says so", async () => {
    const response = await api.patch(url, {
      id: "other",
      type: "openshift",
      creationTimestamp: "2020-01-01T00:00:00Z",
      status: { url: "https://evil.example.com" },
      labels: { "project-id": "other", team: "b" },
    });
    expect(response.statusCode).toBe(200);
    expect(warningsOf(response).filter((text) => text.includes("not changed"))).toEqual([
      "id: is set by the server and was not changed",
      "type: is set by the server and was not changed",
      "creationTimestamp: is set by the server and was not changed",
      "status: is set by the server and was not changed",
      "labels[project-id]: is set by the server and was not changed",
    ]);
    expect(response.json()).toMatchObject({ id, type: "kubernetes", labels: { team: "b" } });
    expect((await stored()).metadata.labels).toEqual({ team: "b", "project-id": project });
    const quiet = await api.patch(url, {
      id: "",
      creationTimestamp: "0001-01-01T00:00:00.000Z",
      status: {},
      labels: null,
    });
    expect(warningsOf(quiet).filter((text) => text.includes("not changed"))).toEqual([]);
    expect((await stored()).metadata.labels).toEqual({ "project-id": project });
  });

  test("keeps what the API does not show: credentials, settings for administrators, annotations of controllers", async () => {
    const cloud = { dc: "aws-eu", aws: { accessKeyID: "key", secretAccessKey: "s3cret", vpcID: "vpc" } };
    await create({ cloud });
    const hidden = { componentsOverride: { apiserver: { replicas: 3 } }, pause: true };
    await api.management.mergePatch(
      clusterType,
      { name: id },
      {
        metadata: { annotations: { "example.com/controller": "state" } },
        spec: hidden,
      },
    );
    const body = (await api.get(url)).json<ApiCluster>();
    expect(JSON.stringify(body)).not.toContain("s3cret");
    const spec = { ...body.spec, clusterNetwork: { ...body.spec.clusterNetwork, konnectivityEnabled: true } };
    expect((await api.patch(url, { ...body, annotations: null, spec })).statusCode).toBe(200);
    const cluster = await stored();
    expect(cluster.spec).toMatchObject({ ...hidden, cloud, clusterNetwork: { konnectivityEnabled: true } });
    expect(cluster.metadata.annotations).toMatchObject({ "example.com/controller": "state" });
  });

  test("names its unknown fields in warnings, or is refused under Strict", async () => {
    const body = { spec: { clusterNetwork: { konnectivityEnabled: true, mtu: 1500 }, x: null } };
    const strict = await api.patch(`${url}?fieldValidation=Strict`, body);
    expect([strict.statusCode, errorOf(strict).details]).toEqual([
      400,
      ["spec.clusterNetwork.mtu: Forbidden: unknown field", "spec.x: Forbidden: unknown field"],
    ]);
    expect((await stored()).spec.clusterNetwork?.konnectivityEnabled).toBe(false);
    const response = await api.patch(url, body);
    expect([response.statusCode, warningsOf(response)]).toEqual([
      200,
      expect.arrayContaining(['unknown field "spec.clusterNetwork.mtu"', 'unknown field "spec.x"']),
    ]);
    expect((await stored()).spec.clusterNetwork).not.toHaveProperty("mtu");
  });

  test("warns of a setting without effect when it is set, and not at every other change", async () => {
    const without = "spec.mla: is kept but has no effect: Fairlead does not act on this field";
    const set = await api.patch(url, { spec: { mla: { loggingEnabled: true } } });
    expect(warningsOf(set)).toContain(without);
    const other = await api.patch(url, { labels: { a: "b" } });
    expect(warningsOf(other).filter((text) => text.includes("no effect"))).toEqual([]);
  });

  test("with dryRun answers what would be, and stores nothing", async () => {
    const before = await stored();
    const response = await api.patch(`${url}?dryRun=All`, { spec: { clusterNetwork: { konnectivityEnabled: true } } });
    expect([response.statusCode, response.json()]).toEqual([
      200,
      expect.objectContaining({
        spec: expect.objectContaining({ clusterNetwork: expect.objectContaining({ konnectivityEnabled: true }) }),
      }),
    ]);
    expect(await stored()).toEqual(before);
    const refused = await api.patch(`${url}?dryRun=All`, { spec: { cniPlugin: { version: "v0" } } });
    expect(refused.statusCode).toBe(400);
    expect(errorOf(await api.patch(`${url}?dryRun=maybe`, {})).message).toContain("dryRun");
  });
});

describe("a refused patch", () => {
  test.each<[string, object, object, string]>([
    ["another CNI", {}, { cniPlugin: { type: "cilium", version: "" } }, "spec.cniPlugin.type"],
    [
      "a CNI version that is too far",
      { cniPlugin: { type: "canal", version: "v3.24" } },
      { cniPlugin: { version: "v3.31" } },
      "spec.cniPlugin.version",
    ],
    ["an unknown CNI version", {}, { cniPlugin: { version: "v9" } }, "spec.cniPlugin.version"],
    ["another proxy mode", {}, { clusterNetwork: { proxyMode: "iptables" } }, "spec.clusterNetwork.proxyMode"],
    ["other pods", {}, { clusterNetwork: { pods: { cidrBlocks: ["10.9.0.0/16"] } } }, "spec.clusterNetwork.pods"],
    ["another DNS domain", {}, { clusterNetwork: { dnsDomain: "x.local" } }, "spec.clusterNetwork.dnsDomain"],
    ["another datacenter", {}, { cloud: { dc: "aws-eu" } }, "spec.cloud"],
    ["an unknown version", {}, { version: "1.99.0" }, "spec.version"],
    ["a wrong type", {}, { clusterNetwork: { konnectivityEnabled: "yes" } }, "spec.clusterNetwork.konnectivityEnabled"],
    ["no spec at all", {}, null as never, "spec."],
    [
      "ebpf without Konnectivity",
      { cniPlugin: { type: "cilium", version: "" }, clusterNetwork: { konnectivityEnabled: true, proxyMode: "ebpf" } },
      { clusterNetwork: { konnectivityEnabled: false } },
      "spec.clusterNetwork.proxyMode",
    ],
  ])("with %s names the field and stores nothing", async (_, initial, spec, field) => {
    await create(initial);
    const before = await stored();
    const response = await api.patch(url, { spec });
    expect([response.statusCode, response.body]).toEqual([400, expect.any(String)]);
    const error = errorOf(response);
    expect(error.message).toMatch(/^invalid cluster: /);
    expect(error.fieldErrors?.map((found) => found.field)).toEqual(
      expect.arrayContaining([expect.stringContaining(field)]),
    );
    expect(await stored()).toEqual(before);
  });

  test.each<[string, unknown, number]>([
    ["a list", [], 400],
    ["a text", "text", 400],
    ["a preset", { credential: "mine" }, 400],
    ["labels of another type", { labels: { a: 1 } }, 400],
    ["a label that Kubernetes refuses", { labels: { "a b": "c" } }, 422],
    ["a name that is too long", { name: "x".repeat(101) }, 400],
    ["no name", { name: null }, 400],
    ["CNI values that are no object", { annotations: { "kubermatic.io/initial-cni-values-request": "[]" } }, 400],
  ])("of %s", async (_, payload, status) => {
    await create();
    const response = await api.call({
      method: "PATCH",
      url,
      payload: JSON.stringify(payload),
      headers: { "content-type": "application/json" },
    });
    expect([response.statusCode, errorOf(response)]).toEqual([status, expect.anything()]);
  });

  test("with a name that is taken is 409", async () => {
    const other = await create();
    await create();
    const response = await api.patch(url, { name: other.name });
    expect([response.statusCode, errorOf(response).message]).toEqual([409, `cluster "${other.name}" already exists`]);
    const own = (await stored()).spec.humanReadableName;
    expect((await api.patch(url, { name: own })).statusCode).toBe(200);
  });
});

test("a patch of what somebody else has changed since is refused with 412, and nothing of it is stored", async () => {
  await create();
  const { etag } = (await api.get(url)).headers;
  const edit = (coreDNSReplicas: number, tag: unknown) =>
    api.call({
      method: "PATCH",
      url,
      payload: { spec: { clusterNetwork: { coreDNSReplicas } } },
      headers: { "if-match": String(tag) },
    });
  await api.management.mergePatchStatus(clusterType, { name: id }, { status: { errorMessage: "no edit" } });
  const first = await edit(3, etag);
  expect([first.statusCode, first.headers.etag]).toEqual([200, (await api.get(url)).headers.etag]);
  const second = await edit(4, etag);
  expect([second.statusCode, errorOf(second).message]).toEqual([412, expect.stringContaining("was changed since")]);
  expect((await stored()).spec.clusterNetwork?.coreDNSReplicas).toBe(3);
  expect((await edit(4, first.headers.etag)).statusCode).toBe(200);
});

describe("labels in the same patch", () => {
  test("allow what they are there for", async () => {
    await create({ cniPlugin: { type: "canal", version: "v3.24" } });
    const jump = { labels: { "unsafe-cni-upgrade": "" }, spec: { cniPlugin: { version: "v3.31" } } };
    expect((await api.patch(url, jump)).json()).toMatchObject({ spec: { cniPlugin: { version: "v3.31" } } });
    await create();
    const change = {
      labels: { "unsafe-cni-migration": "true" },
      spec: { cniPlugin: { type: "cilium", version: "" }, clusterNetwork: { proxyMode: "iptables" } },
    };
    expect((await api.patch(url, change)).json()).toMatchObject({ spec: { cniPlugin: { type: "cilium" } } });
  });
});

describe("the Kubernetes version", () => {
  beforeEach(async () => {
    await create({ version: "1.35.4" });
  });

  test("is raised once the nodes' kubelets are known to fit", async () => {
    const raise = { spec: { version: "1.36.3" } };
    expect((await api.patch(url, raise)).statusCode).toBe(503);
    api.userClusters.set(id, api.server.client());
    const name = `old-${id}`;
    await api.management.create(builtin.Node, { metadata: { name } });
    const nodeInfo = { kubeletVersion: "v1.30.1" };
    await api.management.mergePatchStatus(builtin.Node, { name }, { status: { nodeInfo } });
    const refused = await api.patch(url, raise);
    expect([refused.statusCode, errorOf(refused).message]).toEqual([
      400,
      "Cluster contains nodes running the following incompatible kubelet versions: [v1.30.1]. Upgrade your nodes before you upgrade the cluster.",
    ]);
    expect((await api.get(`${url}/upgrades`)).json()).toEqual([
      { version: "1.36.3", restrictedByKubeletVersion: true },
    ]);
    const skipped = await api.patch(`${url}?skip_kubelet_version_validation=true&dryRun=All`, raise);
    expect(skipped.statusCode).toBe(200);
    await api.management.delete(builtin.Node, { name });
    expect((await api.get(`${url}/upgrades`)).json()).toEqual([{ version: "1.36.3" }]);
    expect((await api.patch(url, raise)).json()).toMatchObject({ spec: { version: "1.36.3" } });
    expect((await api.get(`${url}/upgrades`)).json()).toEqual([]);
  });

  test("and a bad query parameter is the client's fault", async () => {
    const response = await api.patch(`${url}?skip_kubelet_version_validation=maybe`, {});
    expect([response.statusCode, errorOf(response).message]).toEqual([
      400,
      "query parameter skip_kubelet_version_validation: must be true or false",
    ]);
  });
});

test("of twenty patches at once none is lost: each is 200 or 409, and what was answered 200 is there", async () => {
  await create();
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) => api.patch(url, { labels: { [`label-${index}`]: `${index}` } })),
  );
  const labels = (await stored()).metadata.labels ?? {};
  for (const [index, answer] of answers.entries()) {
    expect([200, 409]).toContain(answer.statusCode);
    expect(labels[`label-${index}`]).toBe(answer.statusCode === 200 ? `${index}` : undefined);
    if (answer.statusCode === 409) expect(errorOf(answer).message).toContain("nothing of this request was stored");
  }
  expect(answers.filter(({ statusCode }) => statusCode === 200).length).toBeGreaterThan(4);
});
