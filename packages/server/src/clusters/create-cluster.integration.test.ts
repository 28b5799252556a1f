import {
  type ApiCluster,
  type Cluster,
  clusterOwnerAnnotation,
  clusterType,
  controlPlaneFinalizer,
} from "@fairlead/resources";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { minimal } from "../testing/requests.ts";
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

function stored(id: string): Promise<Cluster> {
  return api.management.get(clusterType, { name: id });
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
    const { metadata, spec } = await stored(body.id);
    expect(metadata.labels).toEqual({ "project-id": project });
    expect(spec).toMatchObject({ humanReadableName: "least", clusterNetwork: body.spec.clusterNetwork });
    expect(spec.cloud.providerName).toBe("bringyourown");
    // Without webhooks: what the REST API creates is complete.
    expect(metadata.finalizers).toEqual([controlPlaneFinalizer]);
    expect(JSON.parse(metadata.annotations?.[clusterOwnerAnnotation] ?? "")).toEqual({
      email: "admin@fairlead.local",
      name: "admin",
    });
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
    expect(metadata.annotations).toEqual({ ...body.annotations, [clusterOwnerAnnotation]: expect.any(String) });
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
