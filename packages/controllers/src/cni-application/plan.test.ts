import type { ApplicationDefinition, ApplicationInstallation, Cluster } from "@fairlead/resources";
import { describe, expect, test } from "vitest";
import { testCluster, testNetwork } from "../testing/cluster.ts";
import { type InstallationPlan, planInstallation } from "./plan.ts";

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

function created(cluster: Cluster): ApplicationInstallation {
  return installationOf(planInstallation({ cluster, definition, existing: undefined }));
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
    expect(planInstallation({ cluster: cilium(), definition, existing: created(cilium()) })).toEqual({
      action: "none",
    });
  });

  test("a user's own values stay, a managed one is put back", () => {
    const existing = created(cilium());
    existing.spec.values = { ...existing.spec.values, cni: { exclusive: true }, debug: { enabled: true } };
    const { values } = installationOf(planInstallation({ cluster: cilium(), definition, existing })).spec;
    expect(values).toMatchObject({ cni: { exclusive: false }, debug: { enabled: true } });
  });

  test("a default that the user deleted stays deleted", () => {
    const existing = created(cilium());
    const { replicas: _gone, ...operator } = (existing.spec.values?.operator ?? {}) as Record<string, unknown>;
    existing.spec.values = { ...existing.spec.values, operator };
    expect(planInstallation({ cluster: cilium(), definition, existing })).toEqual({ action: "none" });
  });

  test("leaving ebpf takes the API server's address away again", () => {
    const existing = created(cilium());
    const { values } = installationOf(
      planInstallation({ cluster: cilium({ proxyMode: "iptables" }), definition, existing }),
    ).spec;
    expect(values).toMatchObject({ kubeProxyReplacement: "disabled" });
    expect(values).not.toHaveProperty("k8sServiceHost");
    expect(values).not.toHaveProperty("k8sServicePort");
  });

  test("a new version of the cluster's CNI changes the reference and the form of the values", () => {
    const plan = planInstallation({ cluster: cilium({}, "1.19.4"), definition, existing: created(cilium()) });
    const { applicationRef, values } = installationOf(plan).spec;
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
    const plan = planInstallation({ cluster: cilium(), definition, existing });
    expect(installationOf(plan).metadata.annotations?.["fairlead.dev/managed-values"]).toContain("/cni/exclusive");
    expect(installationOf(plan).spec.values).toEqual(existing.spec.values);
  });
});
