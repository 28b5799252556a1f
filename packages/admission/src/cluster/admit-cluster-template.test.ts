import type { ClusterTemplate } from "@fairlead/resources";
import { describe, expect, test } from "vitest";
import { installation, minimalCluster, withSeedTemplate } from "../testing/installation.ts";
import { admitClusterTemplate, admitTemplateDeletion } from "./admit-cluster-template.ts";

function template(labels: Record<string, string>, more: Partial<ClusterTemplate> = {}): ClusterTemplate {
  return { metadata: { name: "t", labels }, spec: minimalCluster().spec, ...more };
}

function codes(object: ClusterTemplate, oldObject?: ClusterTemplate): (string | undefined)[] {
  const operation = oldObject ? "UPDATE" : "CREATE";
  const write = { operation, object, ...(oldObject ? { oldObject } : {}) } as const;
  return admitClusterTemplate(write, installation).errors.map(({ code, field }) => `${code} ${field}`);
}

const user = { scope: "user" };
const badNetwork = { clusterNetwork: { pods: { cidrBlocks: ["10.0.0.0/33"] } } };

test.each<[string, ClusterTemplate, string[]]>([
  ["a minimal one", template(user), []],
  ["one without scope", template({}), ["template-scope metadata.labels[scope]"]],
  ["one of an unknown scope", template({ scope: "weird" }), ["template-scope metadata.labels[scope]"]],
  ["a project's without project", template({ scope: "project" }), ["template-project metadata.labels[project-id]"]],
  ["a project's", template({ scope: "project", "project-id": "p1" }), []],
  [
    "an SSH key without id",
    template(user, {
      userSSHKeys: [
        { id: "a", name: "a" },
        { id: "", name: "b" },
      ],
    }),
    ["template-ssh-key userSSHKeys[1].id"],
  ],
  [
    "a bad network",
    template(user, { spec: { ...minimalCluster().spec, ...badNetwork } }),
    ["cidr-syntax spec.clusterNetwork.pods.cidrBlocks[0]"],
  ],
  ["a seed's with a provider", template({ scope: "seed" }), ["seed-template-provider spec.cloud.bringyourown"]],
  ["a seed's", template({ scope: "seed" }, { spec: { ...minimalCluster().spec, cloud: { dc: "local" } } }), []],
  [
    "a seed's with a bad network",
    template({ scope: "seed" }, { spec: { ...minimalCluster().spec, cloud: { dc: "local" }, ...badNetwork } }),
    ["cidr-syntax spec.clusterNetwork.pods.cidrBlocks[0]"],
  ],
  [
    "a seed's in no datacenter",
    template({ scope: "seed" }, { spec: { ...minimalCluster().spec, cloud: { dc: "nowhere" } } }),
    ["datacenter-unknown spec.cloud.dc"],
  ],
])("%s", (_, object, expected) => {
  expect(codes(object)).toEqual(expected);
});

test.each([
  ["initial-cni-values-request", "[]", "Helm values"],
  ["initial-cni-values-request", "{", "Helm values"],
  ["initial-machinedeployment-request", "7", "NodeDeployment"],
  ["initial-application-installations-request", "{}", "list"],
])("what is to be JSON in annotation %s is not %s", (name, text, expected) => {
  const object = template(user);
  object.metadata.annotations = { [`kubermatic.io/${name}`]: text };
  const { errors } = admitClusterTemplate({ operation: "CREATE", object }, installation);
  expect(errors).toMatchObject([
    { field: `metadata.annotations[kubermatic.io/${name}]`, message: expect.stringContaining(expected) },
  ]);
});

describe("a template that a seed has as its default", () => {
  const named = withSeedTemplate(
    template({ scope: "seed" }, { spec: { ...minimalCluster().spec, cloud: { dc: "local" } } }),
  );
  const [object] = named.defaultTemplates ?? [];
  if (!object) throw new Error("no template");

  test("cannot be deleted, nor be given another scope", () => {
    expect(admitTemplateDeletion(object, named)).toMatchObject([
      { field: "metadata.name", code: "seed-template-in-use" },
    ]);
    const moved = { ...object, metadata: { ...object.metadata, labels: { scope: "global" } } };
    const { errors } = admitClusterTemplate({ operation: "UPDATE", object: moved, oldObject: object }, named);
    expect(errors.map(({ code }) => code)).toContain("seed-template-in-use");
  });
  test("is not judged by itself", () => {
    const spec = { ...object.spec, cniPlugin: { type: "cilium" as const, version: "1.19.4" } };
    const { errors } = admitClusterTemplate(
      { operation: "UPDATE", object: { ...object, spec }, oldObject: object },
      named,
    );
    expect(errors).toEqual([]);
  });
  test("can be deleted once no seed names it", () => {
    expect(admitTemplateDeletion(object, installation)).toEqual([]);
  });
});

test("nothing is filled in", () => {
  const object = template(user);
  expect(admitClusterTemplate({ operation: "CREATE", object }, installation).object).toBe(object);
});

test("a template that was accepted once can be relabelled, whatever has become of its spec", () => {
  const spec = { ...minimalCluster().spec, version: "1.20.0" };
  expect(codes(template({ scope: "global" }, { spec }), template(user, { spec }))).toEqual([]);
  expect(codes(template({}, { spec }), template(user, { spec }))).toEqual(["template-scope metadata.labels[scope]"]);
});

test("one without a spec is refused without a crash", () => {
  expect(codes({ metadata: { labels: user } } as unknown as ClusterTemplate)).not.toEqual([]);
});
