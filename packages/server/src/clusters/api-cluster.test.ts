import { type Cloud, type Cluster, cloudProviders } from "@fairlead/resources";
import fc from "fast-check";
import { expect, test } from "vitest";
import { toApiCluster } from "./api-cluster.ts";

const cluster: Cluster = {
  metadata: {
    name: "abcdefghij",
    creationTimestamp: "2026-11-24T03:00:00Z",
    labels: { "project-id": "p", "worker-name": "w", "is-credential-preset": "true", team: "a" },
    annotations: {
      "kubectl.kubernetes.io/last-applied-configuration": "s3cret",
      "kubermatic.io/initial-machinedeployment-request": "s3cret",
      presetName: "preset",
    },
  },
  spec: {
    humanReadableName: "name",
    version: "1.36.3",
    cloud: { dc: "dc", providerName: "aws", aws: { secretAccessKey: "s3cret" } },
    oidc: { issuerURL: "https://example.com", clientSecret: "s3cret" },
    componentsOverride: { apiserver: { replicas: 2 } },
    features: { x: true },
    auditLogging: { enabled: true, sidecar: { config: { password: "s3cret" } } },
    clusterNetwork: { proxyMode: "ipvs", ipvs: { strictArp: false } },
  },
  status: {
    versions: { controlPlane: "1.36.3" },
    address: { url: "https://127.0.0.1:1", adminToken: "s3cret" },
    inheritedLabels: { tier: "gold" },
    userEmail: "a@b.c",
  },
};

test("shows a Cluster in KKP's shape", () => {
  expect(JSON.parse(JSON.stringify(toApiCluster(cluster)))).toEqual({
    id: "abcdefghij",
    name: "name",
    creationTimestamp: "2026-11-24T03:00:00Z",
    labels: { team: "a" },
    annotations: { presetName: "preset" },
    inheritedLabels: { tier: "gold" },
    type: "kubernetes",
    spec: {
      cloud: { dc: "dc", aws: {} },
      version: "1.36.3",
      oidc: { issuerURL: "https://example.com" },
      auditLogging: { enabled: true },
      clusterNetwork: { proxyMode: "ipvs", ipvs: { strictArp: false } },
    },
    status: { version: "1.36.3", url: "https://127.0.0.1:1", externalCCMMigration: "Unsupported" },
  });
});

test("shows no credential, wherever in the Cluster one is", () => {
  expect(JSON.stringify(toApiCluster(cluster))).not.toContain("s3cret");
});

test("shows no field of a provider that is not known to be harmless", () => {
  const settings = fc.dictionary(fc.string(), fc.constant("s3cret"));
  fc.assert(
    fc.property(fc.constantFrom(...cloudProviders), settings, (provider, fields) => {
      const cloud: Cloud = { dc: "dc", [provider]: fields };
      const shown = toApiCluster({ ...cluster, spec: { ...cluster.spec, cloud } }).spec.cloud;
      expect(JSON.stringify(shown)).not.toContain("s3cret");
      expect(Object.keys(shown ?? {})).toEqual(["dc", provider]);
    }),
  );
});

test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
  [
    "openstack",
    {
      username: "u",
      password: "p",
      token: "t",
      network: "n",
      floatingIPPool: "f",
      nodePortsAllowedIPRanges: { cidrBlocks: [] },
    },
    { network: "n", floatingIPPool: "f", nodePortsAllowedIPRanges: { cidrBlocks: [] } },
  ],
  [
    "azure",
    { clientSecret: "s", assignAvailabilitySet: false, nodePortsAllowedIPRange: "10.0.0.0/8" },
    { assignAvailabilitySet: false },
  ],
  [
    "gcp",
    { serviceAccount: "s", nodePortsAllowedIPRanges: { cidrBlocks: ["::/0"] } },
    { nodePortsAllowedIPRanges: { cidrBlocks: ["::/0"] } },
  ],
  ["kubevirt", { kubeconfig: "k", preAllocatedDataVolumes: [] }, { preAllocatedDataVolumes: [] }],
  ["hetzner", { token: "t", network: "n" }, {}],
])("shows of %s what KKP shows", (provider, settings, shown) => {
  const cloud: Cloud = { dc: "dc", [provider]: settings };
  expect(toApiCluster({ ...cluster, spec: { ...cluster.spec, cloud } }).spec.cloud).toEqual({
    dc: "dc",
    [provider]: shown,
  });
});
