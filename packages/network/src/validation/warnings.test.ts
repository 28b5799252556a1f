import { describe, expect, test } from "vitest";
import { loadCatalogue } from "../catalogue/load.ts";
import { defaultClusterSpec } from "../defaults/default-cluster-spec.ts";
import { contextFor, minimalSpec, withFields } from "../testing/fixtures.ts";
import { validateCreate } from "./validate-create.ts";
import { creationWarnings } from "./warnings.ts";

interface Row {
  code: string;
  warned: Record<string, unknown>;
  field: string;
  says: string;
  silent: Record<string, unknown>;
}

const cilium = (version: string) => ({ type: "cilium", version });
const canal = (version: string) => ({ type: "canal", version });

const rows: Row[] = [
  {
    code: "ipvs-with-cilium",
    warned: { cniPlugin: cilium("1.19.4"), "clusterNetwork.proxyMode": "ipvs" },
    field: "clusterNetwork.proxyMode",
    says: "prefer ebpf or iptables",
    silent: { cniPlugin: cilium("1.19.4"), "clusterNetwork.proxyMode": "iptables" },
  },
  {
    code: "ipvs-deprecated",
    warned: { version: "1.35.4", "clusterNetwork.proxyMode": "ipvs" },
    field: "clusterNetwork.proxyMode",
    says: "nftables",
    silent: { version: "1.33.5", "clusterNetwork.proxyMode": "ipvs" },
  },
  {
    code: "strict-arp-without-ipvs",
    warned: { "clusterNetwork.proxyMode": "nftables", "clusterNetwork.ipvs": { strictArp: true } },
    field: "clusterNetwork.ipvs.strictArp",
    says: "no effect with proxy mode nftables",
    silent: { "clusterNetwork.proxyMode": "nftables", "clusterNetwork.ipvs": { strictArp: false } },
  },
  {
    code: "cni-version-deprecated",
    warned: { version: "1.25.16", cniPlugin: cilium("1.13.0") },
    field: "cniPlugin.version",
    says: "affected by CVE-2023-34242; supported versions: 1.13.8, 1.19.4",
    silent: { version: "1.25.16", cniPlugin: cilium("1.13.8") },
  },
  {
    code: "cni-version-deprecated",
    warned: { version: "1.25.16", cniPlugin: canal("v3.25") },
    field: "cniPlugin.version",
    says: "canal v3.25 is deprecated; supported versions: v3.24, v3.31",
    silent: { version: "1.25.16", cniPlugin: canal("v3.24") },
  },
  {
    code: "cni-kubernetes-range",
    warned: { version: "1.36.3", cniPlugin: canal("v3.24") },
    field: "cniPlugin.version",
    says: "is tested with Kubernetes 1.22 to 1.25, not with 1.36.3; supported versions that are: v3.31",
    silent: { version: "1.36.3", cniPlugin: canal("v3.31") },
  },
  {
    code: "field-without-effect",
    warned: { auditLogging: { enabled: true } },
    field: "auditLogging",
    says: "has no effect",
    silent: { auditLogging: { enabled: false, policyPreset: "" }, oidc: {}, mla: null, admissionPlugins: [] },
  },
];

describe.each(rows)("$code: $warned", ({ code, warned, field, says, silent }) => {
  const valid = defaultClusterSpec(minimalSpec(), contextFor()).spec;
  const warningsOf = (changes: Record<string, unknown>) => {
    const { errors, warnings } = validateCreate(withFields(valid, changes), contextFor());
    expect(errors).toEqual([]);
    return warnings.filter((warning) => warning.code === code);
  };

  test("warns", () => {
    expect(warningsOf(warned)).toEqual([{ code, field: `spec.${field}`, message: expect.stringContaining(says) }]);
  });

  test("is silent on its twin", () => {
    expect(warningsOf(silent)).toEqual([]);
  });
});

test("every warning has its row", () => {
  const codes = creationWarnings.map(({ code }) => code);
  expect(new Set(rows.map(({ code }) => code))).toEqual(new Set(codes));
  expect(new Set(codes).size).toBe(codes.length);
});

test("a range that no supported version covers says so", () => {
  const context = contextFor("bringyourown", { catalogue: loadCatalogue("2.22") });
  const { spec } = defaultClusterSpec(minimalSpec(), context);
  expect(spec).toMatchObject({ cniPlugin: { type: "canal", version: "v3.24" } });
  const { errors, warnings } = validateCreate(spec, context);
  expect(errors).toEqual([]);
  expect(warnings.find(({ code }) => code === "cni-kubernetes-range")?.message).toContain("versions that are: none");
});

test.each(["1.35.4", "1.36.3"])("a default cluster on Kubernetes %s is warned of nothing but ipvs", (version) => {
  for (const type of ["canal", "cilium", "none"]) {
    const { spec } = defaultClusterSpec({ ...minimalSpec(), version, cniPlugin: { type } }, contextFor());
    const { warnings } = validateCreate(spec, contextFor());
    expect(warnings.map(({ code }) => code)).toEqual(type === "cilium" ? [] : ["ipvs-deprecated"]);
  }
});
