import type { ApplicationDefinition, ApplicationInstallation, Cluster } from "@fairlead/resources";
import { describe, expect, test } from "vitest";
import { admitApplicationInstallation } from "./admit-application-installation.ts";

type Spec = ApplicationInstallation["spec"];

const managed = { "apps.kubermatic.k8c.io/managed-by": "kkp", "apps.kubermatic.k8c.io/type": "cni" };
const definition = {
  metadata: { name: "cilium" },
  spec: { versions: [{ version: "1.18.10" }, { version: "1.19.4" }] },
} as ApplicationDefinition;

function installation(spec: Partial<Spec> = {}, labels: Record<string, string> = {}): ApplicationInstallation {
  return {
    metadata: { name: "cilium", namespace: "kube-system", labels },
    spec: {
      applicationRef: { name: "cilium", version: "1.18.10" },
      namespace: { name: "kube-system", create: false },
      ...spec,
    },
  };
}

function create(object: ApplicationInstallation): string[] {
  const { errors } = admitApplicationInstallation({ operation: "CREATE", object, definition, byFairlead: false });
  return errors.map(({ field }) => field);
}

function update(oldObject: ApplicationInstallation, object: ApplicationInstallation, byFairlead = false): string[] {
  const write = { operation: "UPDATE", object, oldObject, definition, byFairlead } as const;
  return admitApplicationInstallation(write).errors.map(({ field }) => field);
}

describe("a new installation", () => {
  test.each<[Partial<Spec>, string[]]>([
    [{}, []],
    [{ reconciliationInterval: "30m" }, []],
    [{ reconciliationInterval: "0" }, []],
    [{ reconciliationInterval: "-1m" }, ["spec.reconciliationInterval"]],
    [{ reconciliationInterval: "soon" }, ["spec.reconciliationInterval"]],
    [{ applicationRef: { name: "cilium", version: "1.2.3" } }, ["spec.applicationRef.version"]],
    [{ deployOptions: { helm: { timeout: "1m" } } }, ["spec.deployOptions.helm.timeout"]],
    [{ valuesBlock: "a: 1" }, []],
    [{ values: {}, valuesBlock: "a: 1" }, []],
    [{ values: { a: 1 }, valuesBlock: "a: 1" }, ["spec.valuesBlock"]],
    [{ valuesBlock: "- a" }, ["spec.valuesBlock"]],
    [{ valuesBlock: "a: {{ .Cluster.Name }}" }, []],
    [{ valuesBlock: "a: {{ .Cluster.Secret }}" }, ["spec.valuesBlock"]],
    [{ values: { a: ["{{ .Cluster.Name | quote }}"] } }, ["spec.values.a[0]"]],
  ])("%j: %j", (spec, expected) => {
    expect(create(installation(spec))).toEqual(expected);
  });
  test("of no known application is refused", () => {
    expect(
      admitApplicationInstallation({ operation: "CREATE", object: installation(), byFairlead: true }).errors,
    ).toMatchObject([{ reason: "FieldValueNotFound", field: "spec.applicationRef.name" }]);
  });
  test.each([{}, { spec: null }, { spec: { applicationRef: 1, deployOptions: 2 } }])("%j does not crash", (rest) => {
    expect(() => create({ metadata: {}, ...rest } as unknown as ApplicationInstallation)).not.toThrow();
  });
});

describe("values that do not fit the cluster", () => {
  const cluster = {
    metadata: { name: "abcdefghij" },
    spec: { clusterNetwork: { pods: { cidrBlocks: ["172.25.0.0/16"] }, services: { cidrBlocks: ["10.240.16.0/20"] } } },
  } as unknown as Cluster;
  const flannel = {
    metadata: { name: "flannel" },
    spec: { versions: [{ version: "1.0.0", template: { source: { helm: { chartName: "flannel" } } } }] },
  } as unknown as ApplicationDefinition;
  const other = structuredClone(flannel);
  if (other.spec.versions[0]?.template.source.helm) other.spec.versions[0].template.source.helm.chartName = "other";
  const warningsOf = (values: object, application = flannel, byFairlead = false) => {
    const object = installation({ applicationRef: { name: "flannel", version: "1.0.0" }, values: { ...values } });
    const write = { operation: "CREATE", object, definition: application, cluster, byFairlead } as const;
    const { errors, warnings } = admitApplicationInstallation(write);
    expect(errors).toEqual([]);
    return warnings.map(({ field }) => field);
  };

  test.each<[object, string[]]>([
    [{ podCidr: "10.244.0.0/16" }, ["spec.values.podCidr"]],
    [{ podCidr: "{{ .Cluster.Network.PodCIDRIPv4 }}" }, []],
    [{ podCidr: "{{ .Cluster.Network.ServiceCIDRIPv4 }}" }, ["spec.values.podCidr"]],
    [{ host: "{{ .Cluster.Address.ExternalName }}" }, ["spec.values.host"]],
  ])("%j: a warning for %j", (values, expected) => {
    expect(warningsOf(values)).toEqual(expected);
  });
  test("only a CNI has to fit; a label makes any application one", () => {
    expect(warningsOf({ podCidr: "10.244.0.0/16" }, other)).toEqual([]);
    const labelled = { ...other, metadata: { name: "x", labels: { "apps.kubermatic.k8c.io/type": "cni" } } };
    expect(warningsOf({ podCidr: "10.244.0.0/16" }, labelled)).toEqual(["spec.values.podCidr"]);
    expect(warningsOf({ podCidr: "10.244.0.0/16" }, flannel, true)).toEqual([]);
  });
});

describe("a changed installation", () => {
  test("stays usable though its definition lost the version", () => {
    const old = installation({ applicationRef: { name: "cilium", version: "1.13.0" } });
    expect(update(old, { ...old, spec: { ...old.spec, values: { a: 1 } } })).toEqual([]);
  });
  test.each<[Partial<Spec>, string[]]>([
    [{ applicationRef: { name: "cilium", version: "1.19.4" } }, []],
    [{ namespace: { name: "other", create: false } }, ["spec.namespace.name"]],
    [{ namespace: { name: "kube-system", create: true } }, ["spec.namespace.create"]],
  ])("%j: %j", (spec, expected) => {
    expect(update(installation(), installation(spec))).toEqual(expected);
  });
  test("keeps its application", () => {
    const fields = update(installation(), installation({ applicationRef: { name: "x", version: "1.19.4" } }));
    expect(fields).toContain("spec.applicationRef.name");
  });

  test("becomes no system application later, nor stops to be one", () => {
    const label = "metadata.labels[apps.kubermatic.k8c.io/managed-by]";
    expect(update(installation(), installation({}, managed))).toEqual([label]);
    expect(update(installation({}, managed), installation())).toEqual([
      label,
      "metadata.labels[apps.kubermatic.k8c.io/type]",
    ]);
    expect(update(installation(), installation({}, managed), true)).toEqual([]);
  });

  test("of a cluster's CNI follows the Cluster's version", () => {
    const newer = { applicationRef: { name: "cilium", version: "1.19.4" } };
    expect(update(installation({}, managed), installation(newer, managed))).toEqual(["spec.applicationRef.version"]);
    expect(update(installation({}, managed), installation(newer, managed), true)).toEqual([]);
  });

  describe("of a cluster's CNI, with its values", () => {
    const values = {
      kubeProxyReplacement: "true",
      k8sServiceHost: "h",
      k8sServicePort: 1,
      cni: { exclusive: false },
      operator: { securityContext: { seccompProfile: { type: "RuntimeDefault" } }, replicas: 1 },
      nodePort: { range: "30000,31000" },
    };
    const old = installation({ values }, managed);
    old.metadata.annotations = { "fairlead.dev/managed-values": '["/nodePort/range"]' };
    const edit = (changes: object, byFairlead = false) =>
      update(old, { ...old, spec: { ...old.spec, values: { ...values, ...changes } } }, byFairlead);

    test.each<[object, string[]]>([
      [{ hubble: { enabled: true } }, []],
      [{ operator: { ...values.operator, replicas: 2 } }, []],
      [{ cni: { exclusive: true } }, ["spec.values.cni.exclusive"]],
      [{ nodePort: { range: "1,2" } }, ["spec.values.nodePort.range"]],
      [{ kubeProxyReplacement: undefined }, ["spec.values.kubeProxyReplacement"]],
    ])("%j: %j", (changes, expected) => {
      expect(edit(changes)).toEqual(expected);
    });
    test("what Fairlead notes of a change under way is neither taken away nor made up", () => {
      const record = { "fairlead.dev/values-change": "{}" };
      const noted = { ...old, metadata: { ...old.metadata, annotations: { ...old.metadata.annotations, ...record } } };
      const stored = (oldObject: ApplicationInstallation, object: ApplicationInstallation, byFairlead = false) =>
        admitApplicationInstallation({ operation: "UPDATE", object, oldObject, definition, byFairlead }).object;
      expect(stored(noted, old).metadata.annotations).toEqual(noted.metadata.annotations);
      expect(stored(old, noted).metadata.annotations).toEqual(old.metadata.annotations);
      expect(stored(noted, old, true).metadata.annotations).toEqual(old.metadata.annotations);
    });
    test("an edit as text is judged the same, and stored as an object", () => {
      const block = (changes: object) => ({
        ...old,
        spec: { ...old.spec, values: undefined, valuesBlock: JSON.stringify({ ...values, ...changes }) },
      });
      expect(update(old, block({ cni: { exclusive: true } }))).toEqual(["spec.values.cni.exclusive"]);
      const write = { operation: "UPDATE", object: block({ more: 1 }), oldObject: old, definition } as const;
      const { errors, object } = admitApplicationInstallation({ ...write, byFairlead: false });
      expect(errors).toEqual([]);
      expect(object.spec).toEqual({ ...old.spec, values: { ...values, more: 1 } });
    });
    test("Fairlead itself may write what it keeps from users", () => {
      expect(edit({ cni: { exclusive: true }, nodePort: {} }, true)).toEqual([]);
    });
  });

  test("that is being deleted is left alone", () => {
    const old = installation({}, managed);
    old.metadata.deletionTimestamp = "2026-01-01T00:00:00Z";
    expect(update(old, installation({ namespace: { name: "other" } }))).toEqual([]);
  });
});
