import type { Seed } from "@fairlead/resources";
import { describe, expect, test } from "vitest";
import { kubeconfigReference, type SeedFinding, seedSettings, seedStatus } from "./plan.ts";

const now = new Date("2026-11-25T10:00:00Z");
const own = { inside: true, webhooks: { kind: "outside", port: 443 } } as const;

function seed(spec: Seed["spec"] = {}): Seed {
  return { metadata: { name: "europe", namespace: "kubermatic" }, spec };
}

test.each([
  [undefined, undefined],
  [{ name: "europe" }, { name: "europe", namespace: "kubermatic", key: "kubeconfig" }],
  [
    { name: "europe", namespace: "secrets", fieldPath: "admin.conf" },
    { name: "europe", namespace: "secrets", key: "admin.conf" },
  ],
])("the kubeconfig of %j", (kubeconfig, expected) => {
  expect(kubeconfigReference(seed(kubeconfig ? { kubeconfig } : {}))).toEqual(expected);
});

describe("seedSettings", () => {
  test("take the domain and the registry of the configuration, and the seed's own name in it", () => {
    const configuration = {
      metadata: {},
      spec: { ingress: { domain: "k8s.example.com" }, userCluster: { overwriteRegistry: "registry.example" } },
    };
    expect(seedSettings(seed({ seedDNSOverwrite: "eu" }), configuration, own)).toEqual({
      name: "eu",
      domain: "k8s.example.com",
      overwriteRegistry: "registry.example",
      ...own,
    });
  });

  test("leave open what nobody has said", () => {
    expect(seedSettings(seed(), undefined, own)).toMatchObject({ name: "europe", overwriteRegistry: "" });
    expect(seedSettings(seed(), { metadata: {}, spec: { ingress: { domain: "" } } }, own).domain).toBeUndefined();
  });
});

test.each<[SeedFinding, string, string, string]>([
  [{ kind: "healthy", kubernetesVersion: "v1.36.3" }, "Healthy", "True", "True"],
  [{ kind: "invalid", problem: "no Secret" }, "Invalid", "False", "Unknown"],
  [{ kind: "unreachable", problem: "connection refused" }, "Unhealthy", "True", "False"],
])("%j", (finding, phase, valid, reachable) => {
  const status = seedStatus(seed(), finding, { clusters: 3, version: "0.1.0", now });
  expect(status).toMatchObject({
    phase,
    clusters: 3,
    conditions: { KubeconfigValid: { status: valid }, Reachable: { status: reachable } },
  });
  const before = { ...seed(), status: status as NonNullable<Seed["status"]> };
  expect(seedStatus(before, finding, { clusters: 3, version: "0.1.0", now })).toMatchObject({ conditions: undefined });
});
