import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type CiliumCluster, managedCiliumValues } from "./cilium-values.ts";
import { type CiliumValuesUpdate, validateCiliumValuesUpdate } from "./cilium-values-update.ts";
import type { JsonObject } from "./json.ts";
import { withFields } from "./testing/fixtures.ts";

/** The values of an installation: what Fairlead manages, and what a user has added. */
function valuesOf(version: string, proxyMode: "ebpf" | "iptables", overwriteRegistry?: string): JsonObject {
  const cluster: CiliumCluster = {
    spec: {
      cniPlugin: { version },
      clusterNetwork: {
        pods: { cidrBlocks: ["10.4.0.0/16", "fd01::/48"] },
        services: { cidrBlocks: ["10.96.0.0/16", "fd02::/120"] },
        proxyMode,
        dnsDomain: "cluster.local",
      },
      componentsOverride: { apiserver: { nodePortRange: "31000-31999" } },
    },
    status: { address: { externalName: "c.example", port: 6443 } },
  };
  const { values } = managedCiliumValues(cluster, overwriteRegistry ? { overwriteRegistry } : {});
  return withFields(values, { "operator.replicas": 1, "hubble.relay.enabled": true });
}

const fieldsOf = (update: CiliumValuesUpdate) => validateCiliumValuesUpdate(update).map(({ field }) => field);

const generations = [
  ["1.13.8", "ebpf"],
  ["1.13.8", "iptables"],
  ["1.19.4", "ebpf"],
  ["1.19.4", "iptables"],
] as const;

describe.each(generations)("Cilium %s with %s", (version, proxyMode) => {
  const old = valuesOf(version, proxyMode);
  const cluster = { version, old };

  test.each([
    { "operator.replicas": 2 },
    { "hubble.relay.enabled": false, "hubble.ui.enabled": true },
    { debug: { enabled: true }, tunnel: "geneve", "image.repository": "mirror.example/cilium" },
    {},
  ])("users may set %j", (changes) => {
    expect(fieldsOf({ ...cluster, next: withFields(old, changes) })).toEqual([]);
  });

  test.each([
    ["cni.exclusive", true],
    ["cni.binPath", "/opt"],
    ["cni.chainingMode", "none"],
    ["ipam.mode", "kubernetes"],
    ["ipam.operator.clusterPoolIPv4MaskSize", 25],
    ["ipam.operator.clusterPoolIPv6MaskSize", null],
    ["ipv6.enabled", false],
    ["kubeProxyReplacement", proxyMode === "ebpf" ? "false" : "true"],
    ["operator.securityContext.seccompProfile.type", "Unconfined"],
    ["operator.securityContext.runAsUser", 0],
  ])("nobody sets %s to %j", (path, value) => {
    const errors = validateCiliumValuesUpdate({ ...cluster, next: withFields(old, { [path]: value }) });
    const own = errors.filter(({ field }) => field === `spec.values.${path}`);
    expect(own).toEqual([
      expect.objectContaining({ reason: "FieldValueInvalid", code: "cilium-value-managed", stricter: false }),
    ]);
    expect(own[0]?.message).toMatch(/^value is immutable: expected .+, since .+/);
  });

  test.each(["cni", "ipam", "ipv6", "operator", "kubeProxyReplacement"])("nobody removes %s", (key) => {
    expect(fieldsOf({ ...cluster, next: withFields(old, { [key]: undefined }) }).join()).toContain(
      `spec.values.${key}`,
    );
    expect(fieldsOf({ ...cluster, next: withFields(old, { [key]: "text" }) }).join()).toContain(`spec.values.${key}`);
  });

  test("texts count as what they spell, and null as nothing", () => {
    const same = {
      kubeProxyReplacement: proxyMode === "ebpf",
      "ipam.operator.clusterPoolIPv4MaskSize": "24",
      "ipam.operator.clusterPoolIPv6MaskSize": 64,
      "cni.x": null,
    };
    const own = version === "1.13.8" ? { ...same, kubeProxyReplacement: old.kubeProxyReplacement } : same;
    expect(fieldsOf({ ...cluster, next: withFields(old, own) })).toEqual([]);
  });

  test("without the version, the values tell the generation", () => {
    const next = withFields(old, { "cni.exclusive": true, k8sServiceHost: "h", sessionAffinity: false });
    expect(fieldsOf({ old, next })).toEqual(fieldsOf({ version, old, next }));
  });
});

describe("keys that depend on the mode", () => {
  test.each(["k8sServiceHost", "k8sServicePort", "nodePort.range"])(
    "%s is managed in place of kube-proxy only",
    (key) => {
      for (const version of ["1.13.8", "1.19.4"]) {
        const change = (proxyMode: "ebpf" | "iptables") => {
          const old = valuesOf(version, proxyMode);
          return fieldsOf({ version, old, next: withFields(old, { [key]: "x" }) });
        };
        expect(change("ebpf")).toEqual([`spec.values.${key}`]);
        expect(change("iptables")).toEqual([]);
      }
    },
  );

  test("session affinity is managed beside kube-proxy, from 1.14 on", () => {
    const change = (version: string, proxyMode: "ebpf" | "iptables") => {
      const old = valuesOf(version, proxyMode);
      return fieldsOf({ version, old, next: withFields(old, { sessionAffinity: "other" }) });
    };
    expect(change("1.19.4", "iptables")).toEqual(["spec.values.sessionAffinity"]);
    expect(change("1.19.4", "ebpf")).toEqual([]);
    expect(change("1.13.8", "iptables")).toEqual([]);
  });

  test("switching to ebpf by hand needs the API server's address, and is refused anyway", () => {
    const old = valuesOf("1.19.4", "iptables");
    const errors = validateCiliumValuesUpdate({ old, next: { ...old, kubeProxyReplacement: "true" } });
    expect(errors.map(({ field, reason }) => `${field} ${reason}`)).toEqual([
      "spec.values.k8sServiceHost FieldValueRequired",
      "spec.values.k8sServicePort FieldValueRequired",
      "spec.values.kubeProxyReplacement FieldValueInvalid",
    ]);
  });

  test("images are managed where the installation says so", () => {
    const old = valuesOf("1.19.4", "ebpf", "registry.example");
    const next = withFields(old, { "image.repository": "other.example/cilium", "image.tag": "v1" });
    expect(fieldsOf({ old, next })).toEqual([]);
    expect(fieldsOf({ old, next, managed: [["image", "repository"]] })).toEqual(["spec.values.image.repository"]);
  });

  test("a list of which one entry is Fairlead's takes others", () => {
    const path = "extraConfig.exclude-local-address";
    const old = valuesOf("1.19.4", "ebpf");
    const change = (text: unknown) => fieldsOf({ old, next: withFields(old, { [path]: text }) });
    expect(change("10.1.1.1/32 169.254.20.10/32")).toEqual([]);
    expect(change("10.1.1.1/32")).toEqual([`spec.values.${path}`]);
    expect(change(null)).toEqual([`spec.values.${path}`]);
  });
});

test.each([null, "x", 5, [], undefined])("values that are %j are none", (next) => {
  expect(validateCiliumValuesUpdate({ old: {}, next })).toEqual([
    expect.objectContaining({ field: "spec.values", code: "cilium-values-type" }),
  ]);
});

test("any JSON gets an answer, and an edit of nothing is accepted", { timeout: 60_000 }, () => {
  const values = fc.oneof(
    fc.jsonValue(),
    fc.dictionary(
      fc.constantFrom("cni", "ipam", "operator", "kubeProxyReplacement", "hubble", "extraConfig"),
      fc.jsonValue(),
    ),
  );
  fc.assert(
    fc.property(values, values, (old, next) => {
      for (const { field, message } of validateCiliumValuesUpdate({ old, next })) {
        expect(field).toMatch(/^spec\.values(\.|$)/);
        expect(message).not.toBe("");
      }
      const managed = validateCiliumValuesUpdate({ old, next: old }).filter(
        ({ code }) => code === "cilium-value-managed",
      );
      expect(managed).toEqual([]);
    }),
    { numRuns: 2_000 },
  );
  const deep = JSON.parse(`${'{"a":'.repeat(3000)}1${"}".repeat(3000)}`) as unknown;
  const flat = valuesOf("1.19.4", "ebpf");
  expect(fieldsOf({ old: flat, next: { ...flat, cni: deep } }).length).toBeGreaterThan(0);
});
