import { baseValuesOf } from "@fairlead/admission";
import type { ApplicationDefinition, ApplicationInstallation, Cluster } from "@fairlead/resources";
import { describe, expect, test } from "vitest";
import { testCluster, testNetwork } from "../testing/cluster.ts";
import { type InstallationInput, type InstallationPlan, planInstallation } from "./plan.ts";

const definition: ApplicationDefinition = {
  metadata: { name: "cilium" },
  spec: { description: "", method: "helm", versions: [], defaultValues: { operator: { replicas: 1 } } },
};

function cilium(overrides: Cluster["spec"]["clusterNetwork"] = {}, version = "1.13.8"): Cluster {
  const clusterNetwork = testNetwork({ proxyMode: "ebpf", ipvs: undefined, konnectivityEnabled: true, ...overrides });
  return testCluster({ cniPlugin: { type: "cilium", version }, clusterNetwork });
}

function installationOf(plan: InstallationPlan): ApplicationInstallation {
  if (plan.action === "none") throw new Error("expected a write");
  return plan.installation;
}

/** At the Cluster's version. */
function plan(cluster: Cluster, existing?: ApplicationInstallation, more: Partial<InstallationInput> = {}) {
  return planInstallation({ cluster, definition, existing, version: cluster.spec.cniPlugin?.version ?? "", ...more });
}

function created(cluster: Cluster, more: Partial<InstallationInput> = {}): ApplicationInstallation {
  return installationOf(plan(cluster, undefined, more));
}

describe("planInstallation", () => {
  test("creates the installation with KKP's labels, the definition's defaults and the managed values", () => {
    const installation = created(cilium());
    expect(installation.metadata).toMatchObject({
      name: "cilium",
      namespace: "kube-system",
      labels: { "apps.kubermatic.k8c.io/managed-by": "kkp", "apps.kubermatic.k8c.io/type": "cni" },
    });
    expect(installation.spec.applicationRef).toEqual({ name: "cilium", version: "1.13.8" });
    expect(installation.spec.values).toMatchObject({
      operator: { replicas: 1, securityContext: { seccompProfile: { type: "RuntimeDefault" } } },
      cni: { exclusive: false },
      kubeProxyReplacement: "strict",
      k8sServiceHost: "127.0.0.1",
      k8sServicePort: 7000,
      ipam: { operator: { clusterPoolIPv4PodCIDR: "172.25.0.0/16", clusterPoolIPv4MaskSize: "24" } },
    });
  });

  test("initial values of the request replace the definition's defaults", () => {
    const cluster = cilium();
    cluster.metadata.annotations = { "kubermatic.io/initial-cni-values-request": '{"hubble":{"enabled":false}}' };
    const { values } = created(cluster).spec;
    expect(values).toMatchObject({ hubble: { enabled: false }, cni: { exclusive: false } });
    expect(values?.operator).not.toHaveProperty("replicas");
  });

  test.each(["[]", '"x"', "{"])("initial values %s are refused", (request) => {
    const cluster = cilium();
    cluster.metadata.annotations = { "kubermatic.io/initial-cni-values-request": request };
    expect(() => created(cluster)).toThrow(SyntaxError);
  });

  test("writes nothing when everything is so already", () => {
    expect(plan(cilium(), created(cilium()))).toEqual({
      action: "none",
    });
  });

  test("a user's own values stay, a managed one is put back", () => {
    const existing = created(cilium());
    existing.spec.values = { ...existing.spec.values, cni: { exclusive: true }, debug: { enabled: true } };
    const { values } = installationOf(plan(cilium(), existing)).spec;
    expect(values).toMatchObject({ cni: { exclusive: false }, debug: { enabled: true } });
  });

  test("a default that the user deleted stays deleted", () => {
    const existing = created(cilium());
    const { replicas: _gone, ...operator } = (existing.spec.values?.operator ?? {}) as Record<string, unknown>;
    existing.spec.values = { ...existing.spec.values, operator };
    expect(plan(cilium(), existing)).toEqual({ action: "none" });
  });

  test("leaving ebpf takes the API server's address away again", () => {
    const existing = created(cilium());
    const { values } = installationOf(plan(cilium({ proxyMode: "iptables" }), existing)).spec;
    expect(values).toMatchObject({ kubeProxyReplacement: "disabled" });
    expect(values).not.toHaveProperty("k8sServiceHost");
    expect(values).not.toHaveProperty("k8sServicePort");
  });

  test("a new version of the cluster's CNI changes the reference and the form of the values", () => {
    const { applicationRef, values } = installationOf(plan(cilium({}, "1.19.4"), created(cilium()))).spec;
    expect(applicationRef.version).toBe("1.19.4");
    expect(values).toMatchObject({
      kubeProxyReplacement: "true",
      ipam: { operator: { clusterPoolIPv4PodCIDRList: ["172.25.0.0/16"], clusterPoolIPv4MaskSize: 24 } },
    });
    expect(values?.ipam).not.toHaveProperty("operator.clusterPoolIPv4PodCIDR");
  });

  test("a broken record of managed keys takes nothing away and is mended", () => {
    const existing = created(cilium());
    existing.metadata.annotations = { "fairlead.dev/managed-values": "{" };
    const { metadata, spec } = installationOf(plan(cilium(), existing));
    expect(metadata.annotations?.["fairlead.dev/managed-values"]).toContain("/cni/exclusive");
    expect(spec.values).toEqual(existing.spec.values);
  });

  test("a version that waits for its checks changes neither reference nor values", () => {
    const existing = created(cilium());
    expect(plan(cilium({}, "1.19.4"), existing, { version: "1.13.8" })).toEqual({ action: "none" });
  });

  test.each<[string, Record<string, string>, object]>([
    ["definition", {}, { operator: { replicas: 1 } }],
    ["initial", { "kubermatic.io/initial-cni-values-request": '{"debug":true}' }, { debug: true }],
    [
      "template",
      {
        "kubermatic.io/initial-cni-values-request": '{"debug":true}',
        "fairlead.dev/initial-cni-values-layer": "template",
      },
      { debug: true },
    ],
    ["definition", { "kubermatic.io/initial-cni-values-request": "{}" }, { operator: { replicas: 1 } }],
  ])("records that it began with the layer %s", (layer, annotations, values) => {
    const cluster = cilium();
    cluster.metadata.annotations = annotations;
    const existing = created(cluster);
    expect(baseValuesOf(existing)).toEqual({ layer, values });
    expect(plan(cilium(), existing)).toEqual({ action: "none" });
  });

  test("coming from the add-on, Hubble's certificates go on by CronJob unless the values say otherwise", () => {
    const cluster = cilium();
    const method = (values: object) => {
      cluster.metadata.annotations = { "kubermatic.io/initial-cni-values-request": JSON.stringify(values) };
      return created(cluster, { wasAddon: true }).spec.values;
    };
    expect(method({ debug: true })).toMatchObject({ debug: true, hubble: { tls: { auto: { method: "cronJob" } } } });
    expect(method({ hubble: { tls: { auto: { method: "certmanager" } } } })).toMatchObject({
      hubble: { tls: { auto: { method: "certmanager" } } },
    });
  });

  test("once something runs, a failure goes back to it; the timeout is the user's", () => {
    const existing = created(cilium());
    expect(existing.spec.deployOptions?.helm).toEqual({ wait: true, atomic: false, timeout: "10m0s" });
    existing.status = { helmRelease: { version: 1 } };
    existing.spec.deployOptions = { helm: { wait: false, atomic: false, timeout: "30s" } };
    expect(installationOf(plan(cilium(), existing)).spec.deployOptions?.helm).toEqual({
      wait: true,
      atomic: true,
      timeout: "30s",
    });
  });
});
