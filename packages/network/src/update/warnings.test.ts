import { describe, expect, test } from "vitest";
import { loadCatalogue } from "../catalogue/load.ts";
import { defaultClusterSpec } from "../defaults/default-cluster-spec.ts";
import type { Labels } from "../labels.ts";
import { contextFor, minimalSpec, withFields } from "../testing/fixtures.ts";
import { validateUpdate } from "./validate-update.ts";
import { updateWarnings } from "./warnings.ts";

interface Row {
  code: string;
  old: Record<string, unknown>;
  warned: Record<string, unknown>;
  labels?: Labels;
  field: string;
  says: string;
  silent: Record<string, unknown>;
}

const cilium = (version: string) => ({ type: "cilium", version });
const canal = (version: string) => ({ type: "canal", version });
const mode = "clusterNetwork.proxyMode";
const mask = "clusterNetwork.nodeCidrMaskSizeIPv4";
const konnectivity = "clusterNetwork.konnectivityEnabled";

const rows: Row[] = [
  {
    code: "konnectivity-switch",
    old: {},
    warned: { [konnectivity]: true },
    field: konnectivity,
    says: "from OpenVPN to Konnectivity",
    silent: { [konnectivity]: undefined },
  },
  {
    code: "node-mask-new-nodes-only",
    old: {},
    warned: { [mask]: 25 },
    field: mask,
    says: "new nodes only",
    silent: { [mask]: 24 },
  },
  {
    code: "cni-migration",
    old: {},
    warned: { cniPlugin: cilium("1.19.4") },
    labels: { "unsafe-cni-migration": "" },
    field: "cniPlugin.type",
    says: "unsafe-cni-migration",
    silent: { cniPlugin: canal("v3.30") },
  },
  {
    code: "proxy-mode-migration",
    old: {},
    warned: { [mode]: "nftables" },
    labels: { "unsafe-cni-migration": "" },
    field: mode,
    says: "rules of ipvs stay",
    silent: { [mode]: "ipvs" },
  },
  {
    code: "expose-strategy-migration",
    old: {},
    warned: { exposeStrategy: "LoadBalancer" },
    labels: { "unsafe-expose-strategy-migration": "" },
    field: "exposeStrategy",
    says: "address changes",
    silent: {},
  },
  {
    code: "cni-version-jump",
    old: { cniPlugin: canal("v3.28") },
    warned: { cniPlugin: canal("v3.31") },
    field: "cniPlugin.version",
    says: "skips minor releases",
    silent: { cniPlugin: canal("v3.29") },
  },
  {
    code: "cni-version-downgrade",
    old: { cniPlugin: canal("v3.30") },
    warned: { cniPlugin: canal("v3.29") },
    field: "cniPlugin.version",
    says: "older than v3.30",
    silent: { cniPlugin: canal("v3.31") },
  },
  {
    code: "cni-forced-upgrade",
    old: { version: "1.22.0", cniPlugin: canal("v3.20") },
    warned: { version: "1.23.0", cniPlugin: canal("v3.22") },
    field: "cniPlugin.version",
    says: "upgraded to v3.22",
    silent: { version: "1.22.0", cniPlugin: canal("v3.21") },
  },
  {
    code: "cni-version-not-for-kubernetes",
    old: { version: "1.24.0", cniPlugin: canal("v3.22") },
    warned: { cniPlugin: canal("v3.21") },
    field: "cniPlugin.version",
    says: "the next Kubernetes upgrade makes it v3.22",
    silent: { cniPlugin: canal("v3.23") },
  },
  {
    code: "cni-delivery-change",
    old: { cniPlugin: cilium("v1.12") },
    warned: { cniPlugin: cilium("1.13.8") },
    field: "cniPlugin.version",
    says: "is an addon and 1.13.8 an application",
    silent: { cniPlugin: cilium("v1.11") },
  },
];

describe.each(rows)("$code: $warned", ({ code, old: stored, warned, labels, field, says, silent }) => {
  const context = contextFor("bringyourown", {
    catalogue: loadCatalogue("current"),
    kubernetesVersions: ["1.22.0", "1.23.0", "1.24.0", "1.36.3"],
  });
  const old = withFields(defaultClusterSpec(minimalSpec(), context).spec, stored);
  const judge = (changes: Record<string, unknown>) => {
    const { errors, warnings } = validateUpdate({ spec: old }, { spec: withFields(old, changes), labels }, context);
    expect(errors).toEqual([]);
    return warnings.filter((warning) => warning.code === code);
  };

  test("warns", () => {
    expect(judge(warned)).toEqual([{ code, field: `spec.${field}`, message: expect.stringContaining(says) }]);
  });

  test("is silent on its twin", () => {
    expect(judge(silent)).toEqual([]);
  });
});

test("every warning has its row", () => {
  const codes = updateWarnings.map(({ code }) => code);
  expect(new Set(rows.map(({ code }) => code))).toEqual(new Set(codes));
  expect(new Set(codes).size).toBe(codes.length);
});

test("the warnings about what the cluster is come with every write", () => {
  const context = contextFor();
  const { spec } = defaultClusterSpec(minimalSpec(), context);
  const { warnings } = validateUpdate({ spec }, { spec: withFields(spec, { humanReadableName: "d" }) }, context);
  expect(warnings.map(({ code }) => code)).toEqual(["ipvs-deprecated"]);
});
