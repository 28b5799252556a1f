import type { Cluster, Project } from "@fairlead/resources";
import { describe, expect, test } from "vitest";
import { installation, minimalCluster, project } from "../testing/installation.ts";
import { admitCluster } from "./admit-cluster.ts";

function create(object: Cluster, found: { project?: Project | undefined } = { project }) {
  return admitCluster({ operation: "CREATE", object, ...found }, installation);
}

function update(oldObject: Cluster, object: Cluster) {
  return admitCluster({ operation: "UPDATE", object, oldObject }, installation);
}

/** As admission stores it. */
function stored(spec: Partial<Cluster["spec"]> = {}): Cluster {
  return create(minimalCluster(spec)).object;
}

describe("a new Cluster", () => {
  test("gets every default, and the request is not written to", () => {
    const sent = minimalCluster();
    const { errors, object } = create(sent);
    expect(errors).toEqual([]);
    expect(object.spec).toMatchObject({
      cniPlugin: { type: "canal", version: "v3.31" },
      clusterNetwork: { proxyMode: "ipvs", konnectivityEnabled: false, dnsDomain: "cluster.local" },
      exposeStrategy: "NodePort",
    });
    expect(sent).toEqual(minimalCluster());
  });

  test("is warned about what it may do but should not", () => {
    expect(create(minimalCluster()).warnings.map(({ code }) => code)).toEqual(["ipvs-deprecated"]);
  });

  test("hears all that is wrong at once", () => {
    const bad = minimalCluster({ clusterNetwork: { pods: { cidrBlocks: ["10.0.0.0/33"] } }, version: "1.2.3" });
    bad.metadata = { name: "A" };
    expect(create(bad, {}).errors.map(({ field }) => field)).toEqual([
      "metadata.name",
      "metadata.labels[project-id]",
      "spec.version",
      "spec.clusterNetwork.pods.cidrBlocks[0]",
    ]);
  });

  test.each(["a", "a-1", "a".repeat(36)])("may be named %s", (name) => {
    expect(create({ ...minimalCluster(), metadata: { name, labels: { "project-id": "p1" } } }).errors).toEqual([]);
  });
  test.each(["1a", "a.b", "A", "a-", "a".repeat(37)])("may not be named %s", (name) => {
    const { errors } = create({ ...minimalCluster(), metadata: { name, labels: { "project-id": "p1" } } });
    expect(errors.map(({ code, field }) => [code, field])).toEqual([["cluster-name", "metadata.name"]]);
  });
  test("may leave its name to the server", () => {
    const metadata = { generateName: "c-", labels: { "project-id": "p1" } };
    expect(create({ ...minimalCluster(), metadata }).errors).toEqual([]);
  });

  test.each<[string, Record<string, string>, Project | undefined, string]>([
    ["no project", {}, undefined, "project-label"],
    ["an empty project", { "project-id": "" }, undefined, "project-label"],
    ["an unknown project", { "project-id": "p1" }, undefined, "project-unknown"],
    [
      "a project on its way out",
      { "project-id": "p1" },
      { ...project, metadata: { name: "p1", deletionTimestamp: "2026-01-01T00:00:00Z" } },
      "project-deleted",
    ],
  ])("of %s is refused", (_, labels, found, code) => {
    const { errors } = create({ ...minimalCluster(), metadata: { name: "abc", labels } }, { project: found });
    expect(errors.map((error) => [error.code, error.field])).toEqual([[code, "metadata.labels[project-id]"]]);
  });

  test.each([{}, { spec: null }, { spec: 7 }, { spec: [] }, { spec: { cloud: 1, clusterNetwork: "x" } }])(
    "that is %j is refused without a crash",
    (rest) => {
      expect(create({ metadata: minimalCluster().metadata, ...rest } as unknown as Cluster).errors).not.toEqual([]);
    },
  );
});

describe("a changed Cluster", () => {
  test("that changes nothing is let through as it is", () => {
    expect(update(stored(), stored())).toMatchObject({ errors: [], object: stored() });
  });

  const overlapping = { clusterNetwork: { services: { cidrBlocks: ["172.25.0.0/20"] } } };

  test("that was stored before there was admission can be labelled, and gets the defaults", () => {
    const { errors, object } = update(minimalCluster(overlapping), minimalCluster(overlapping));
    expect(errors).toEqual([]);
    expect(object.spec.clusterNetwork?.pods).toEqual({ cidrBlocks: ["172.25.0.0/16"] });
    expect(update(minimalCluster(overlapping), object).errors).toEqual([]); // as the validating webhook sees it
  });
  test("is held to what it changes", () => {
    const { errors } = update(stored(), stored({ clusterNetwork: { dnsDomain: "other.local" }, version: "1.2.3" }));
    expect(new Set(errors.map(({ field }) => field))).toEqual(
      new Set(["spec.clusterNetwork.dnsDomain", "spec.version"]),
    );
  });

  test.each(["p2", ""])("cannot move to project %j", (id) => {
    const { errors } = update(stored(), { ...stored(), metadata: { name: "abc", labels: { "project-id": id } } });
    expect(errors.map(({ code }) => code)).toEqual(["project-label-immutable"]);
  });
  test("cannot lose its project", () => {
    const { errors } = update(stored(), { ...stored(), metadata: { name: "abc" } });
    expect(errors.map(({ field }) => field)).toEqual(["metadata.labels[project-id]"]);
  });
  test("that never had a project may get one", () => {
    expect(update({ ...stored(), metadata: { name: "abc" } }, stored()).errors).toEqual([]);
  });
  test.each([
    ["cannot get another owner", "ada", "eve", 'must stay "ada"'],
    ["cannot lose its owner", "ada", undefined, 'must stay "ada"'],
    ["that came without an owner gets none", undefined, "eve", "must not be set"],
  ])("%s", (_, before, after, expected) => {
    const owned = (owner: string | undefined): Cluster => {
      const annotations: Record<string, string> = owner === undefined ? {} : { "fairlead.dev/owner": owner };
      return { ...stored(), metadata: { ...stored().metadata, annotations } };
    };
    const { errors } = update(owned(before), owned(after));
    expect(errors.map(({ field }) => field)).toEqual(["metadata.annotations[fairlead.dev/owner]"]);
    expect(errors[0]?.message).toContain(expected);
    expect(update(owned(after), owned(after)).errors).toEqual([]);
  });
  test("keeps a name that a new one could not have", () => {
    const metadata = { name: "1.2", labels: { "project-id": "p1" } };
    expect(update({ ...stored(), metadata }, { ...stored(), metadata }).errors).toEqual([]);
  });

  test("that is being deleted is left alone, whatever it says", () => {
    const metadata = { ...stored().metadata, deletionTimestamp: "2026-01-01T00:00:00Z", finalizers: ["x"] };
    const broken = { metadata: { name: "abc" }, spec: {} } as unknown as Cluster;
    expect(update({ ...broken, metadata }, broken)).toEqual({ errors: [], warnings: [], object: broken });
  });
});

describe("a change of the CNI's values", () => {
  const annotation = "fairlead.dev/cni-values-change";
  const cilium = { type: "cilium", version: "1.18.10" } as const;
  const deep = `${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`;
  function asking(text: string, cniPlugin: Cluster["spec"]["cniPlugin"] = cilium): Cluster {
    const cluster = stored();
    return {
      ...cluster,
      metadata: { ...cluster.metadata, annotations: { [annotation]: text } },
      spec: { ...cluster.spec, cniPlugin },
    };
  }
  const problems = (cluster: Cluster) =>
    update({ ...cluster, metadata: stored().metadata }, cluster).errors.filter(({ field }) =>
      field.startsWith("metadata.annotations"),
    );

  test("is a merge patch of Helm values", () => {
    expect(problems(asking('{"hubble":{"ui":null}}'))).toEqual([]);
  });
  test.each([
    ["x", "expected a JSON object"],
    ["[]", "expected a JSON object"],
    ["{}", "expected a JSON object"],
    [deep, "at most 32 levels"],
    [`{"a":"${"x".repeat(70_000)}"}`, "at most 65536 characters"],
  ])("is not %.20s", (text, message) => {
    expect(problems(asking(text))).toMatchObject([
      { field: `metadata.annotations[${annotation}]`, message: expect.stringContaining(message) },
    ]);
  });
  test.each([
    { type: "cilium", version: "v1.12" },
    { type: "canal", version: "v3.31" },
    { type: "none", version: "" },
  ] as const)("needs an application, and $type $version is none", (cniPlugin) => {
    expect(problems(asking('{"a":1}', cniPlugin))).toMatchObject([
      { message: expect.stringContaining("does not come as application") },
    ]);
  });
  test("that was stored before is not held against other changes", () => {
    const other = asking("x");
    other.metadata.labels = { ...other.metadata.labels, team: "a" };
    expect(update(asking("x"), other).errors).toEqual([]);
  });
});

describe("the target of a CNI upgrade", () => {
  const annotation = "fairlead.dev/cni-target-version";
  function aiming(target: string): Cluster {
    const cluster = stored();
    return { ...cluster, metadata: { ...cluster.metadata, annotations: { [annotation]: target } } };
  }

  test("is a version that legal steps lead to", () => {
    expect(update(stored(), aiming("v3.29")).errors).toEqual([]);
    expect(update(stored(), aiming("v3.31")).errors).toEqual([]);
  });
  test.each(["v3.99", "1.19.4", ""])("is not %j", (target) => {
    expect(update(stored(), aiming(target)).errors).toMatchObject([
      {
        field: `metadata.annotations[${annotation}]`,
        code: "cni-target-version",
        message: expect.stringContaining("v3.31"),
      },
    ]);
  });
  test("that was stored before is not held against other changes", () => {
    const other = aiming("v3.99");
    other.metadata.labels = { ...other.metadata.labels, team: "a" };
    expect(update(aiming("v3.99"), other).errors).toEqual([]);
  });
});

test.each([
  ["20m", true],
  ["1h30m", true],
  ["0s", false],
  ["-1m", false],
  ["soon", false],
])("a roll-out may take %j: %s", (timeout, accepted) => {
  const cluster = stored();
  cluster.metadata.annotations = { "fairlead.dev/cni-rollout-timeout": timeout };
  expect(update(stored(), cluster).errors.map(({ code }) => code)).toEqual(accepted ? [] : ["cni-rollout-timeout"]);
});
