import { builtin } from "@fairlead/kube";
import { type ApiCluster, type ApiErrorBody, type Cluster, clusterType, projectType } from "@fairlead/resources";
import type { LightMyRequestResponse } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
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

function minimal(name: string, spec: object = {}): { cluster: { name: string; spec: object } } {
  return { cluster: { name, spec: { cloud: { dc: "local", bringyourown: {} }, version: "1.36.3", ...spec } } };
}

function stored(id: string): Promise<Cluster> {
  return api.management.get(clusterType, { name: id });
}

function errorOf(response: LightMyRequestResponse): ApiErrorBody["error"] {
  expect(response.headers["content-type"]).toBe("application/json");
  const { error } = response.json<ApiErrorBody>();
  expect(error.code).toBe(response.statusCode);
  return error;
}

describe("creating a cluster", () => {
  test("with the least gives KKP's answer, and stores the spec with every network default", async () => {
    const response = await api.post(clusters, minimal("  least  "));
    expect(response.statusCode).toBe(201);
    expect(response.headers["content-type"]).toBe("application/json");
    const body = response.json<ApiCluster>();
    expect(body).toEqual({
      id: expect.stringMatching(/^[a-z][a-z0-9]{9}$/),
      name: "least",
      creationTimestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      type: "kubernetes",
      spec: {
        cloud: { dc: "local", bringyourown: {} },
        version: "1.36.3",
        oidc: {},
        enableUserSSHKeyAgent: true,
        enableOperatingSystemManager: true,
        kubernetesDashboard: { enabled: true },
        containerRuntime: "containerd",
        clusterNetwork: {
          ipFamily: "IPv4",
          services: { cidrBlocks: ["10.240.16.0/20"] },
          pods: { cidrBlocks: ["172.25.0.0/16"] },
          nodeCidrMaskSizeIPv4: 24,
          dnsDomain: "cluster.local",
          proxyMode: "ipvs",
          ipvs: { strictArp: true },
          nodeLocalDNSCacheEnabled: true,
          konnectivityEnabled: false,
        },
        cniPlugin: { type: "canal", version: expect.stringMatching(/^v3\.\d+$/) },
        exposeStrategy: "NodePort",
      },
      status: { version: "", url: "", externalCCMMigration: "Unsupported" },
    });
    const { metadata, spec, status } = await stored(body.id);
    expect(metadata.labels).toEqual({ "project-id": project });
    expect(spec).toMatchObject({ humanReadableName: "least", clusterNetwork: body.spec.clusterNetwork });
    expect(spec.cloud.providerName).toBe("bringyourown");
    expect(status).toMatchObject({ userEmail: "admin@fairlead.local" });
  });

  test("takes the body of KKP's own user interface: nulls, zero times, foreign fields, node deployment", async () => {
    const response = await api.post(clusters, {
      cluster: {
        name: "from-the-ui",
        creationTimestamp: "0001-01-01T00:00:00.000Z",
        labels: null,
        spec: {
          cloud: { bringyourown: { nodePortsAllowedIPRanges: { cidrBlocks: [] } }, dc: "local" },
          version: "1.36.3",
          auditLogging: { enabled: false, policyPreset: "" },
          opaIntegration: {},
          mla: {},
          exposeStrategy: "NodePort",
          containerRuntime: "containerd",
          clusterNetwork: {
            ipFamily: "IPv4+IPv6",
            proxyMode: "ebpf",
            pods: { cidrBlocks: ["172.25.0.0/16", "fd01::/48"] },
            services: { cidrBlocks: ["10.240.16.0/20", "fd02::/120"] },
            nodeCidrMaskSizeIPv4: 24,
            nodeCidrMaskSizeIPv6: 64,
            nodeLocalDNSCacheEnabled: true,
            konnectivityEnabled: true,
            dnsDomain: "cluster.local",
            ipvs: { strictArp: true },
            tunnelingAgentIP: null,
          },
          cniPlugin: { type: "cilium", version: "1.13.8" },
          apiServerAllowedIPRanges: null,
          admissionPlugins: [],
        },
        credential: "",
      },
      nodeDeployment: {
        name: null,
        spec: {
          template: { cloud: {}, labels: { tier: "web" }, taints: [] },
          replicas: 3,
          dynamicConfig: false,
          minReplicas: null,
        },
      },
      applications: [],
    });
    expect(response.statusCode, response.body).toBe(201);
    const { metadata, spec } = await stored(response.json<ApiCluster>().id);
    expect(spec.clusterNetwork).toMatchObject({ ipFamily: "IPv4+IPv6", proxyMode: "ebpf", konnectivityEnabled: true });
    expect(spec.cniPlugin).toEqual({ type: "cilium", version: "1.13.8" });
    const nodes = JSON.parse(metadata.annotations?.["kubermatic.io/initial-machinedeployment-request"] ?? "");
    expect(nodes.spec).toMatchObject({ replicas: 3, template: { labels: { tier: "web" } } });
  });

  test("keeps labels and initial CNI values, drops other annotations and the platform's labels", async () => {
    const { cluster } = minimal("annotated");
    const values = "kubermatic.io/initial-cni-values-request";
    const response = await api.post(clusters, {
      cluster: {
        ...cluster,
        labels: { team: "a", "project-id": "another" },
        annotations: { [values]: '{"hubble":{"enabled":true}}', other: "x" },
      },
    });
    expect(response.statusCode, response.body).toBe(201);
    const body = response.json<ApiCluster>();
    expect(body.labels).toEqual({ team: "a" });
    expect(body.annotations).toEqual({ [values]: '{"hubble":{"enabled":true}}' });
    const { metadata } = await stored(body.id);
    expect(metadata.labels).toEqual({ team: "a", "project-id": project });
    expect(metadata.annotations).toEqual(body.annotations);
  });

  test("warns in headers of what is accepted all the same", async () => {
    const response = await api.post(clusters, minimal("warned", { clusterNetwork: { podz: {}, proxyMode: "ipvs" } }));
    expect(response.statusCode, response.body).toBe(201);
    const warnings = [response.headers.warning].flat();
    expect(warnings).toContainEqual('299 - "unknown field \\"cluster.spec.clusterNetwork.podz\\""');
    expect(warnings).toContainEqual(expect.stringContaining("nftables"));
    expect((await stored(response.json<ApiCluster>().id)).spec.clusterNetwork).not.toHaveProperty("podz");
  });

  test("answers without the credentials that came in, and keeps them in the Cluster", async () => {
    const cloud = { dc: "aws-eu", aws: { accessKeyID: "AKIA", secretAccessKey: "s3cret", vpcID: "vpc" } };
    const response = await api.post(clusters, minimal("secretive", { cloud, oidc: { clientSecret: "s3cret" } }));
    expect(response.statusCode, response.body).toBe(201);
    const { id, spec } = response.json<ApiCluster>();
    expect(response.body).not.toMatch(/s3cret|AKIA/);
    expect(spec.cloud).toEqual({ dc: "aws-eu", aws: { nodePortsAllowedIPRanges: { cidrBlocks: ["0.0.0.0/0"] } } });
    expect((await api.get(`${clusters}/${id}`)).body).not.toMatch(/s3cret|AKIA/);
    expect((await stored(id)).spec.cloud.aws).toMatchObject({ secretAccessKey: "s3cret" });
  });

  test("gives one name to one of ten requests at once", async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => api.post(clusters, minimal("race"))));
    expect(answers.map(({ statusCode }) => statusCode).sort((a, b) => a - b)).toEqual([201, ...Array(9).fill(409)]);
    expect((await api.storedClusterNames()).filter((name) => name === "race")).toHaveLength(1);
  });

  test("gives ten names to ten requests at once", async () => {
    const names = Array.from({ length: 10 }, (_, index) => `parallel-${index}`);
    const answers = await Promise.all(names.map((name) => api.post(clusters, minimal(name))));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array(10).fill(201));
    expect(new Set(answers.map((answer) => answer.json<ApiCluster>().id)).size).toBe(10);
  });
});

describe("a bad request stores nothing:", () => {
  const cases: [string, object | string, number, string | RegExp][] = [
    ["no cluster", {}, 400, '"cluster" must be an object'],
    ["a list", [], 400, "expected a JSON object"],
    ["null", "null", 400, "expected a JSON object"],
    ["malformed JSON", '{"cluster":', 400, "malformed JSON"],
    ["JSON nested beyond reason", `${'{"a":'.repeat(5000)}1${"}".repeat(5000)}`, 400, "nested deeper"],
    ["an empty body", "", 400, "expected a JSON object"],
    ["no name", minimal(""), 400, "spec.humanReadableName: Required value"],
    ["a blank name", minimal("   "), 400, "spec.humanReadableName: Required value"],
    ["a long name", minimal("x".repeat(101)), 400, "at most 100 characters"],
    ["an id", { cluster: { ...minimal("bad").cluster, id: "abcdefghij" } }, 400, "id: Forbidden"],
    [
      "another type",
      { cluster: { ...minimal("bad").cluster, type: "openshift" } },
      400,
      'type: Unsupported value: "openshift"',
    ],
    ["a preset", { cluster: { ...minimal("bad").cluster, credential: "p" } }, 400, "credential: Not found"],
    ["no spec", { cluster: { name: "bad" } }, 400, "spec.version: Required value"],
    [
      "an unknown datacenter",
      minimal("bad", { cloud: { dc: "nope", bringyourown: {} } }),
      400,
      /spec\.cloud\.dc: .*nope/,
    ],
    ["two providers", minimal("bad", { cloud: { dc: "local", bringyourown: {}, aws: {} } }), 400, "spec.cloud"],
    ["an unknown version", minimal("bad", { version: "1.2.3" }), 400, 'spec.version: Unsupported value: "1.2.3"'],
    ["a version of the wrong type", minimal("bad", { version: 1.36 }), 400, "spec.version: Invalid value"],
    [
      "an unknown CNI",
      minimal("bad", { cniPlugin: { type: "flannel" } }),
      400,
      "spec.cniPlugin.type: Unsupported value",
    ],
    [
      "an unknown CNI version",
      minimal("bad", { cniPlugin: { type: "canal", version: "v9" } }),
      400,
      "spec.cniPlugin.version: Unsupported value",
    ],
    [
      "ebpf with Canal",
      minimal("bad", { clusterNetwork: { proxyMode: "ebpf" } }),
      400,
      "spec.clusterNetwork.proxyMode",
    ],
    [
      "an invalid CIDR",
      minimal("bad", { clusterNetwork: { pods: { cidrBlocks: ["10.0.0.0/33"] } } }),
      400,
      "spec.clusterNetwork.pods.cidrBlocks[0]",
    ],
    [
      "a network of the wrong type",
      minimal("bad", { clusterNetwork: "big" }),
      400,
      "spec.clusterNetwork: Invalid value",
    ],
    [
      "IPv6 alone",
      minimal("bad", { clusterNetwork: { ipFamily: "IPv6" } }),
      400,
      "spec.clusterNetwork.ipFamily: Unsupported value",
    ],
    [
      "an unknown container runtime",
      minimal("bad", { containerRuntime: "rkt" }),
      400,
      "spec.containerRuntime: Unsupported value",
    ],
    [
      "CNI values that are no object",
      { cluster: { ...minimal("bad").cluster, annotations: { "kubermatic.io/initial-cni-values-request": "[]" } } },
      400,
      "must be a JSON object of Helm values",
    ],
    [
      "negative replicas",
      { ...minimal("bad"), nodeDeployment: { spec: { replicas: -1 } } },
      400,
      "nodeDeployment.spec.replicas: Invalid value: -1",
    ],
    [
      "too many replicas",
      { ...minimal("bad"), nodeDeployment: { spec: { replicas: 5001 } } },
      400,
      "nodeDeployment.spec.replicas: Invalid value: 5001",
    ],
    [
      "a label that Kubernetes refuses",
      { cluster: { ...minimal("bad").cluster, labels: { a: "not valid!" } } },
      422,
      "metadata.labels",
    ],
    ["1 MiB and more", minimal("bad", { version: "1".repeat(1024 * 1024) }), 413, "larger than 1 MiB"],
  ];

  test.each(cases)("%s", async (_, payload, statusCode, message) => {
    const before = await api.storedClusterNames();
    const headers = { "content-type": "application/json" };
    const response = await api.call({ method: "POST", url: clusters, payload, headers });
    expect(response.statusCode, response.body).toBe(statusCode);
    expect(errorOf(response).message).toMatch(message);
    expect(await api.storedClusterNames()).toEqual(before);
  });

  test("several errors come all at once, in the message, as details and field by field", async () => {
    const response = await api.post(
      clusters,
      minimal("bad", {
        cniPlugin: { type: "foo" },
        containerRuntime: "rkt",
        clusterNetwork: { proxyMode: "nft", nodeCidrMaskSizeIPv4: 99 },
      }),
    );
    expect(response.statusCode).toBe(400);
    const { message, details = [], fieldErrors = [] } = errorOf(response);
    expect(message).toBe(`invalid cluster: [${details.join(", ")}]`);
    expect(fieldErrors.map(({ field }) => field)).toEqual(
      expect.arrayContaining([
        "spec.cniPlugin.type",
        "spec.clusterNetwork.proxyMode",
        "spec.clusterNetwork.nodeCidrMaskSizeIPv4",
        "spec.containerRuntime",
      ]),
    );
  });

  test.each([
    ["text/plain", "hello", 415],
    ["application/x-www-form-urlencoded", "a=b", 415],
  ])("content type %s", async (type, payload, statusCode) => {
    const response = await api.call({ method: "POST", url: clusters, payload, headers: { "content-type": type } });
    expect(response.statusCode).toBe(statusCode);
    expect(errorOf(response).message).toContain("application/json");
  });

  test("an unknown field under fieldValidation=Strict", async () => {
    const payload = minimal("strict", { clusterNetwork: { podz: {} } });
    const response = await api.post(`${clusters}?fieldValidation=Strict`, payload);
    expect(response.statusCode).toBe(400);
    expect(errorOf(response).message).toContain("cluster.spec.clusterNetwork.podz: Forbidden: unknown field");
    expect(await api.storedClusterNames()).not.toContain("strict");
  });

  test("a name that is taken in the project, but not one of another project", async () => {
    expect((await api.post(clusters, minimal("taken"))).statusCode).toBe(201);
    const response = await api.post(clusters, minimal("taken"));
    expect(response.statusCode).toBe(409);
    expect(errorOf(response).message).toBe('cluster "taken" already exists');
    const other = await api.project("other");
    expect((await api.post(`/api/v2/projects/${other}/clusters`, minimal("taken"))).statusCode).toBe(201);
  });

  test("a project that is unknown, not set up, or being deleted", async () => {
    expect((await api.post("/api/v2/projects/nope/clusters", minimal("lost"))).statusCode).toBe(404);
    const { id } = (await api.post("/api/v1/projects", { name: "fresh" })).json<{ id: string }>();
    const early = await api.post(`/api/v2/projects/${id}/clusters`, minimal("lost"));
    expect([early.statusCode, errorOf(early).message]).toEqual([503, expect.stringContaining("not set up yet")]);
    const dying = await api.project("dying");
    await api.management.mergePatch(projectType, { name: dying }, { metadata: { finalizers: ["test/hold"] } });
    await api.call({ method: "DELETE", url: `/api/v1/projects/${dying}` });
    expect((await api.post(`/api/v2/projects/${dying}/clusters`, minimal("lost"))).statusCode).toBe(409);
    await api.management.mergePatch(projectType, { name: dying }, { metadata: { finalizers: null } });
    expect(await api.storedClusterNames()).not.toContain("lost");
  });
});

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
      data: { kubeconfig: Buffer.from("kind: Config\n").toString("base64") },
    });
    const response = await api.get(`${url}/kubeconfig`);
    expect([response.statusCode, response.body]).toEqual([200, "kind: Config\n"]);
    expect(response.headers).toMatchObject({
      "content-type": "application/octet-stream",
      "content-disposition": `attachment; filename=kubeconfig-admin-${id}`,
      "cache-control": "no-cache",
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
