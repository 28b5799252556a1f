import { describe, expect, it } from "vitest";
import { applyOrder, groupKindOfObject, phaseOf, pruneOrder } from "./phases.ts";

const applyRank = (groupKind: string) => applyOrder.indexOf(phaseOf(groupKind));
const pruneRank = (groupKind: string) => pruneOrder.indexOf(phaseOf(groupKind));

describe("apply order", () => {
  it.each([
    ["Namespace", "ConfigMap"],
    ["CustomResourceDefinition.apiextensions.k8s.io", "IPPool.crd.projectcalico.org"],
    ["ServiceAccount", "DaemonSet.apps"],
    ["ClusterRole.rbac.authorization.k8s.io", "ClusterRoleBinding.rbac.authorization.k8s.io"],
    ["IPPool.crd.projectcalico.org", "DaemonSet.apps"],
    ["Deployment.apps", "ValidatingWebhookConfiguration.admissionregistration.k8s.io"],
  ])("%s before %s", (first, second) => {
    expect(applyRank(first)).toBeLessThan(applyRank(second));
  });
});

describe("prune order", () => {
  it.each([
    ["IPPool.crd.projectcalico.org", "CustomResourceDefinition.apiextensions.k8s.io"],
    ["IPPool.crd.projectcalico.org", "Deployment.apps"],
    ["DaemonSet.apps", "ServiceAccount"],
    ["ConfigMap", "Namespace"],
  ])("%s before %s", (first, second) => {
    expect(pruneRank(first)).toBeLessThan(pruneRank(second));
  });

  it("holds the phases of the apply order, each once", () => {
    expect([...pruneOrder].sort()).toEqual([...applyOrder].sort());
  });
});

describe("groupKindOfObject", () => {
  it.each([
    [{ apiVersion: "v1", kind: "Pod", metadata: {} }, "Pod"],
    [{ apiVersion: "apps/v1", kind: "Deployment", metadata: {} }, "Deployment.apps"],
  ])("of %o is %s", (object, expected) => {
    expect(groupKindOfObject(object)).toBe(expected);
  });

  it("names the missing field and the object", () => {
    expect(() => groupKindOfObject({ kind: "Pod", metadata: { name: "a" } })).toThrow("apiVersion: required (Pod a)");
    expect(() => groupKindOfObject({ apiVersion: "v1", metadata: { name: "a" } })).toThrow("kind: required (v1 a)");
  });
});
