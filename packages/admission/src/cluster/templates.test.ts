import type { Cluster, ClusterSpec, ClusterTemplate } from "@fairlead/resources";
import { describe, expect, test } from "vitest";
import { installation, minimalCluster, project, withSeedTemplate } from "../testing/installation.ts";
import { admitCluster } from "./admit-cluster.ts";
import { clusterFromTemplate } from "./templates.ts";

const values = "kubermatic.io/initial-cni-values-request";
const nodes = "kubermatic.io/initial-machinedeployment-request";
const from = "fairlead.dev/cluster-template";

function template(
  name: string,
  labels: Record<string, string>,
  { spec = {}, annotations = {} }: { spec?: Partial<ClusterSpec>; annotations?: Record<string, string> } = {},
): ClusterTemplate {
  return {
    metadata: { name, labels, annotations },
    spec: { humanReadableName: name, version: "1.36.3", cloud: { dc: "local" }, ...spec },
  };
}

const seedDefaults = template(
  "house",
  { scope: "seed" },
  {
    spec: {
      cniPlugin: { type: "cilium", version: "1.19.4" },
      clusterNetwork: { konnectivityEnabled: true, nodeCidrMaskSizeIPv4: 26, nodeLocalDNSCacheEnabled: true },
    },
    annotations: { [values]: '{"house":1}', [nodes]: '{"spec":{"replicas":9}}' },
  },
);
const withHouse = withSeedTemplate(seedDefaults);

const own = template(
  "own",
  { scope: "project", "project-id": "p1" },
  {
    spec: {
      cloud: { dc: "local", bringyourown: {} },
      cniPlugin: { type: "cilium", version: "1.18.10" },
      clusterNetwork: { nodeCidrMaskSizeIPv4: 25, dnsDomain: "own.example" },
      version: "1.35.4",
    },
    annotations: { [values]: '{"own":1}', [nodes]: '{"spec":{"replicas":3}}' },
  },
);

function create(object: Cluster, known = withHouse, chosen?: ClusterTemplate) {
  return admitCluster({ operation: "CREATE", object, project, template: chosen }, known);
}

function madeFrom(name: string, spec: object = {}): Cluster {
  return {
    metadata: { name: "abc", labels: { "project-id": "p1" }, annotations: { [from]: name } },
    spec: { humanReadableName: "c", ...spec } as ClusterSpec,
  };
}

describe("the template of a seed", () => {
  test("fills what a cluster leaves open, and not its name", () => {
    const { errors, object } = create(minimalCluster());
    expect(errors).toEqual([]);
    expect(object.spec).toMatchObject({
      humanReadableName: "c",
      cniPlugin: { type: "cilium", version: "1.19.4" },
      clusterNetwork: { konnectivityEnabled: true, nodeCidrMaskSizeIPv4: 26, proxyMode: "ebpf" },
    });
    expect(object.metadata.annotations).toEqual({ [values]: '{"house":1}' });
  });

  test("gives way to what the cluster says, false and an empty document included", () => {
    const cluster = minimalCluster({ clusterNetwork: { konnectivityEnabled: false, nodeLocalDNSCacheEnabled: false } });
    cluster.metadata.annotations = { [values]: "{}" };
    const { object } = create(cluster);
    expect(object.spec.clusterNetwork).toMatchObject({
      konnectivityEnabled: false,
      nodeLocalDNSCacheEnabled: false,
      proxyMode: "iptables",
    });
    expect(object.metadata.annotations).toEqual({ [values]: "{}" });
  });

  test("keeps its Helm values from another CNI", () => {
    const { object } = create(minimalCluster({ cniPlugin: { type: "canal" } as ClusterSpec["cniPlugin"] }));
    expect(object.metadata.annotations).toBeUndefined();
  });

  test("does not reach existing clusters", () => {
    const { object: stored } = create(minimalCluster(), installation);
    const { object } = admitCluster({ operation: "UPDATE", object: stored, oldObject: stored }, withHouse);
    expect(object).toEqual(stored);
  });

  test.each([
    ["is missing", { ...withHouse, defaultTemplates: [] }, "does not exist"],
    ["has another scope", withSeedTemplate(template("house", { scope: "global" })), "scope=seed"],
  ])("that %s stops new clusters, and no existing one", (_, broken, message) => {
    expect(create(minimalCluster(), broken).errors).toMatchObject([
      { field: "spec.cloud.dc", code: "seed-template-unusable", message: expect.stringContaining(message) },
    ]);
    const { object: stored } = create(minimalCluster(), installation);
    const renamed = { ...stored, spec: { ...stored.spec, humanReadableName: "d" } };
    expect(admitCluster({ operation: "UPDATE", object: renamed, oldObject: stored }, broken).errors).toEqual([]);
  });
});

describe("a cluster that names its template", () => {
  test("needs no more than a name", () => {
    const { errors, object } = create(madeFrom("own"), installation, own);
    expect(errors).toEqual([]);
    expect(object.spec).toMatchObject({
      humanReadableName: "c",
      version: "1.35.4",
      cloud: { dc: "local", providerName: "bringyourown" },
      cniPlugin: { type: "cilium", version: "1.18.10" },
      clusterNetwork: { nodeCidrMaskSizeIPv4: 25, dnsDomain: "own.example" },
    });
    expect(object.metadata.annotations).toEqual({ [from]: "own", ...own.metadata.annotations });
  });

  test("gets it before the seed's", () => {
    const { object } = create(madeFrom("own", { clusterNetwork: { dnsDomain: "mine.example" } }), withHouse, own);
    expect(object.spec).toMatchObject({
      cniPlugin: { type: "cilium", version: "1.18.10" },
      clusterNetwork: { dnsDomain: "mine.example", nodeCidrMaskSizeIPv4: 25, konnectivityEnabled: true },
    });
    expect(object.metadata.annotations?.[values]).toBe('{"own":1}');
  });

  test("is complete at once: the validating webhook sees nothing to add", () => {
    const { object } = create(madeFrom("own"), withHouse, own);
    expect(create(object, withHouse, own).object).toEqual(object);
  });

  test.each([
    ["nothing", undefined, "template-unknown"],
    ["another project's", template("own", { scope: "project", "project-id": "p2" }), "template-scope"],
    ["a seed's", seedDefaults, "template-scope"],
  ])("is refused if that is %s", (_, chosen, code) => {
    const { errors } = create(madeFrom("own", minimalCluster().spec), installation, chosen);
    expect(errors.map((error) => [error.code, error.field])).toEqual([[code, `metadata.annotations[${from}]`]]);
  });
});

test("a Cluster made of a template says where it comes from, and is accepted", () => {
  const labelled = { ...own, clusterLabels: { team: "a", "project-id": "foreign" } };
  const cluster = clusterFromTemplate(labelled, { id: "abc", name: "own-1", project: "p1", labels: { batch: "b" } });
  expect(cluster.metadata).toEqual({
    name: "abc",
    labels: { team: "a", batch: "b", "project-id": "p1" },
    annotations: { [from]: "own" },
  });
  expect(create(cluster, installation, own).errors).toEqual([]);
  expect(cluster.spec).toEqual({ ...own.spec, humanReadableName: "own-1" });
});
