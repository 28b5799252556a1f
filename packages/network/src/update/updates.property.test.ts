import fc from "fast-check";
import { expect, test } from "vitest";
import { allowedVersions } from "../catalogue/catalogue.ts";
import { catalogueNames, loadCatalogue } from "../catalogue/load.ts";
import { defaultClusterSpec } from "../defaults/default-cluster-spec.ts";
import { explainCluster } from "../explain/cluster.ts";
import { explainVersions } from "../explain/versions.ts";
import type { JsonObject } from "../json.ts";
import type { Labels } from "../labels.ts";
import { anyContext, anyLabels, anySpec } from "../testing/arbitraries.ts";
import { contextFor, minimalSpec, withFields } from "../testing/fixtures.ts";
import { creationRules } from "../validation/rules/index.ts";
import { validateCreate } from "../validation/validate-create.ts";
import { inUse } from "./in-use.ts";
import { prepareUpdate } from "./prepare-update.ts";
import { validateUpdate } from "./validate-update.ts";

/** `FAIRLEAD_FUZZ_RUNS=100000 vitest run …` runs the long form. */
const RUNS = Number(process.env.FAIRLEAD_FUZZ_RUNS ?? 5_000);
const timeout = 60_000 + RUNS * 10;

test("any write to any cluster gets a verdict, and errors name a field and what is expected", { timeout }, () => {
  fc.assert(
    fc.property(anySpec, anySpec, anyLabels, anyContext, (old, next, labels, context) => {
      const before = JSON.stringify([old, next]);
      const state = { spec: old };
      const { spec } = prepareUpdate<unknown>(state, { spec: next }, context);
      for (const written of [next, spec]) {
        const { errors, warnings } = validateUpdate(state, { spec: written, labels: labels as Labels }, context);
        for (const { field, message } of [...errors, ...warnings]) {
          expect(field).toMatch(/^spec(\.|$)/);
          expect(message.length).toBeGreaterThan(10);
        }
      }
      expect(JSON.stringify([old, next])).toBe(before);
    }),
    { numRuns: RUNS },
  );
});

test("a write that changes nothing is held to the rules that hold everywhere, and to no others", { timeout }, () => {
  const pardoned = new Set(
    creationRules.flatMap(({ code, stricter, surroundings }) => (stricter || surroundings ? [code] : [])),
  );
  fc.assert(
    fc.property(anySpec, anyContext, (spec, context) => {
      const held = validateCreate(spec, inUse(spec, context)).errors.filter(({ code }) => !pardoned.has(code));
      expect(validateUpdate({ spec }, { spec }, context).errors).toEqual(held);
    }),
    { numRuns: RUNS / 5 },
  );
});

test("preparing is idempotent", { timeout }, () => {
  fc.assert(
    fc.property(anySpec, anySpec, anyContext, (old, next, context) => {
      const once = prepareUpdate<unknown>({ spec: old }, { spec: next }, context).spec;
      expect(prepareUpdate<unknown>({ spec: old }, { spec: once }, context).spec).toEqual(once);
    }),
    { numRuns: RUNS / 5 },
  );
});

test("any cluster can be explained", { timeout }, () => {
  fc.assert(
    fc.property(anySpec, anyLabels, anyContext, (spec, labels, context) => {
      const state = { spec, labels: labels as Labels };
      for (const { field, reason } of explainCluster(state, context)) {
        expect(field).toMatch(/^spec\./);
        expect(reason).not.toBe("");
      }
      for (const { code, message } of explainVersions(state, context)) expect([code, message]).not.toContain("");
    }),
    { numRuns: RUNS / 10 },
  );
});

const kubernetesVersions = Array.from({ length: 17 }, (_, index) => `1.${20 + index}.0`);

/** One field of a Cluster as users change it, right and wrong. */
function change(versions: readonly string[]) {
  const values: Record<string, fc.Arbitrary<unknown>> = {
    version: fc.constantFrom(...kubernetesVersions),
    cniPlugin: fc.oneof(
      fc.record({ type: fc.constantFrom("canal", "cilium", "none"), version: fc.constantFrom(...versions, "") }),
      fc.record({ type: fc.constantFrom("canal", "cilium", "none") }),
      fc.constant(null),
    ),
    "cniPlugin.version": fc.constantFrom(...versions),
    exposeStrategy: fc.constantFrom("NodePort", "LoadBalancer", "Tunneling", "x"),
    "apiServerAllowedIPRanges.cidrBlocks": fc.constantFrom([], ["10.0.0.0/8"], ["10.0.0.1/8"], ["x"]),
    "clusterNetwork.proxyMode": fc.constantFrom("ipvs", "iptables", "ebpf", "nftables", null),
    "clusterNetwork.konnectivityEnabled": fc.constantFrom(true, false, null),
    "clusterNetwork.nodeCidrMaskSizeIPv4": fc.constantFrom(16, 24, 28, 33, null),
    "clusterNetwork.nodeCidrMaskSizeIPv6": fc.constantFrom(48, 64, 65, null),
    "clusterNetwork.coreDNSReplicas": fc.integer({ min: -1, max: 3 }),
    "clusterNetwork.tunnelingAgentIP": fc.constantFrom("172.25.3.4", "192.168.30.10", "x", "", null),
    "clusterNetwork.pods.cidrBlocks": fc.constantFrom(
      ["172.25.0.0/16"],
      ["10.240.16.0/20"],
      ["172.25.0.0/16", "fd01::/48"],
    ),
    "clusterNetwork.ipFamily": fc.constantFrom("IPv4", "IPv4+IPv6"),
    "clusterNetwork.ipvs.strictArp": fc.boolean(),
    "clusterNetwork.nodeLocalDNSCacheEnabled": fc.constantFrom(true, false, null),
    "componentsOverride.apiserver.nodePortRange": fc.constantFrom("30000-32767", "1-2", ""),
    clusterNetwork: fc.constantFrom(undefined, null, {}),
  };
  return fc
    .constantFrom(...Object.keys(values))
    .chain((path) => (values[path] ?? fc.constant(null)).map((value) => ({ [path]: value })));
}

test("what creation accepts, accepted writes keep acceptable", { timeout }, () => {
  for (const name of catalogueNames) {
    const context = contextFor("bringyourown", { catalogue: loadCatalogue(name), kubernetesVersions });
    const versions = ["canal", "cilium"].flatMap((type) =>
      allowedVersions(context.catalogue, type).map(({ version }) => version),
    );
    const edit = fc.tuple(fc.array(change(versions), { minLength: 1, maxLength: 3 }), anyLabels);
    let accepted = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...kubernetesVersions),
        fc.array(change(versions), { maxLength: 4 }),
        fc.array(edit, { maxLength: 8 }),
        (version, wishes, edits) => {
          const wished = wishes.reduce<JsonObject>(withFields, { ...minimalSpec(), version });
          let { spec } = defaultClusterSpec(wished, context);
          if (validateCreate(spec, context).errors.length > 0) return;
          for (const [changes, labels] of edits) {
            const next = { spec: changes.reduce<JsonObject>(withFields, spec), labels: labels as Labels };
            const prepared = prepareUpdate({ spec }, next, context).spec;
            if (validateUpdate({ spec }, { ...next, spec: prepared }, context).errors.length > 0) continue;
            spec = prepared;
            accepted++;
            expect(validateCreate(spec, context).errors).toEqual([]);
          }
        },
      ),
      { numRuns: RUNS / 10 },
    );
    // A test whose writes were all refused would show nothing.
    expect(accepted).toBeGreaterThan(RUNS / 40);
  }
});
