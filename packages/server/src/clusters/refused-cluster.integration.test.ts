import { projectType } from "@fairlead/resources";
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
