import { isDeepStrictEqual } from "node:util";
import { expect, test } from "vitest";
import { catalogueNames, loadCatalogue } from "./catalogue/load.ts";
import { validateCiliumValuesUpdate } from "./cilium-values-update.ts";
import { defaultClusterSpec } from "./defaults/default-cluster-spec.ts";
import type { JsonObject } from "./json.ts";
import { contextFor, minimalSpec, withFields } from "./testing/fixtures.ts";
import { variants } from "./testing/mutated-json.ts";
import type { RuleContext } from "./types.ts";
import { prepareUpdate } from "./update/prepare-update.ts";
import { validateUpdate } from "./update/validate-update.ts";
import { validateCreate } from "./validation/validate-create.ts";

/** FAIRLEAD_FUZZ_SEED takes other objects. */
const RUNS = Number(process.env.FAIRLEAD_FUZZ_RUNS ?? 100_000);
const seed = Number(process.env.FAIRLEAD_FUZZ_SEED ?? 1);
const timeout = 300_000;

const kubernetesVersions = ["1.22.0", "1.25.16", "1.33.5", "1.35.4", "1.36.3"];
const contexts = catalogueNames.map((name) =>
  contextFor("aws", { catalogue: loadCatalogue(name), kubernetesVersions }),
);
/** A cluster that says everything, so that a mutation finds every field. */
const base = defaultClusterSpec(
  withFields(minimalSpec("aws"), {
    exposeStrategy: "Tunneling",
    cniPlugin: { type: "cilium", version: "1.19.4" },
    "clusterNetwork.ipFamily": "IPv4+IPv6",
    "clusterNetwork.konnectivityEnabled": true,
    "clusterNetwork.coreDNSReplicas": 2,
    "cloud.aws.nodePortsAllowedIPRange": "10.0.0.0/8",
    "apiServerAllowedIPRanges.cidrBlocks": [],
  }),
  contextFor("aws"),
).spec;

function expectFindings(findings: readonly { field: string; message: string; code: string }[]): void {
  for (const { field, message, code } of findings) {
    if (/^spec(\.|\[|$)/.test(field) && message.length > 5 && code !== "") continue;
    throw new Error(`${code} of ${JSON.stringify(field)}: ${JSON.stringify(message)}`);
  }
}

/** Creates, completes and changes clusters; says whether creation accepted the spec. */
function judge(spec: unknown, labels: unknown, context: RuleContext): boolean {
  const completed = defaultClusterSpec<unknown>(spec, context).spec;
  const created = validateCreate(completed, context);
  expectFindings([...created.errors, ...created.warnings]);
  const old = { spec: base };
  const next = prepareUpdate<unknown>(old, { spec }, context).spec;
  const changed = validateUpdate(old, { spec: next, labels: labels as JsonObject as Record<string, string> }, context);
  expectFindings([...changed.errors, ...changed.warnings]);
  // What is stored is judged again by every webhook and controller: nothing may be left to say.
  if (created.errors.length === 0) {
    const again = defaultClusterSpec<unknown>(completed, context).spec;
    if (!isDeepStrictEqual(again, completed)) throw new Error(`not idempotent: ${JSON.stringify([completed, again])}`);
    if (validateCreate(again, context).errors.length > 0) throw new Error(`refused at last: ${JSON.stringify(again)}`);
  }
  return created.errors.length === 0;
}

test(`${RUNS} hostile specs are judged, and none is an accident (seed ${seed})`, { timeout }, () => {
  let [accepted, refused] = [0, 0];
  const request = { spec: base, labels: { "unsafe-cni-upgrade": "", team: "a" } };
  for (const one of variants(request, { count: RUNS, seed })) {
    const { spec, labels } = typeof one === "object" && one !== null ? (one as JsonObject) : { spec: one, labels: one };
    const context = contexts[(accepted + refused) % contexts.length] as RuleContext;
    if (judge(spec, labels, context)) accepted++;
    else refused++;
  }
  // Neither all right nor all wrong: then nothing would be tested.
  expect(Math.min(accepted, refused)).toBeGreaterThan(RUNS / 100);
});

test(`hostile Helm values are judged, and none is an accident (seed ${seed})`, { timeout }, () => {
  const values = {
    kubeProxyReplacement: "true",
    cni: { exclusive: false },
    operator: { securityContext: {} },
    ipam: {},
  };
  for (const next of variants(values, { count: RUNS / 10, seed })) {
    for (const [old, changed] of [
      [values, next],
      [next, values],
      [next, next],
    ]) {
      const errors = validateCiliumValuesUpdate({ old, next: changed });
      for (const { field } of errors) if (!field.startsWith("spec.values")) throw new Error(field);
    }
  }
});
