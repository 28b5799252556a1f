import { describe, expect, test } from "vitest";
import { defaultClusterSpec } from "../../defaults/default-cluster-spec.ts";
import { creationRows } from "../../testing/creation-rows/index.ts";
import { contextFor, minimalSpec, withFields } from "../../testing/fixtures.ts";
import { validateCreate } from "../validate-create.ts";
import { creationRules } from "./index.ts";

describe.each(creationRows)(
  "$code: $refused",
  ({ code, refused, at, reason, accepted, provider, context: changes }) => {
    const usual = contextFor(provider);
    const context = { ...usual, ...changes };
    const valid = defaultClusterSpec(minimalSpec(provider), usual).spec;

    test("refuses at the exact field", () => {
      const { errors } = validateCreate(withFields(valid, refused), context);
      const own = errors.filter((error) => error.code === code);
      expect(own.map(({ field }) => field)).toEqual(at.map((path) => `spec.${path}`));
      expect(own.map((error) => error.reason)).toEqual(at.map(() => reason));
      expect(own.map(({ stricter }) => stricter)).toEqual(at.map(() => stricterCodes.has(code)));
    });

    test("accepts its twin", () => {
      const { errors } = validateCreate(withFields(valid, accepted), context.datacenter ? context : usual);
      expect(errors).toEqual([]);
    });
  },
);

/** Those that only ruling 8 raises. */
const stricterCodes = new Set([
  "allowed-ip-ranges-syntax",
  "tunneling-agent-ip-syntax",
  "cidr-ipv4-mapped",
  "cidr-host-bits",
  "pods-services-overlap",
  "range-overlaps-tunneling-agent",
  "range-overlaps-node-local-dns",
  "range-overlaps-loopback",
  "range-overlaps-link-local",
  "range-overlaps-multicast",
  "services-too-large",
  "services-too-small",
  "node-mask-too-long",
  "node-mask-too-many-nodes",
  "core-dns-replicas-negative",
]);

test("every rule has its row, and every code is its own", () => {
  const codes = creationRules.map(({ code }) => code);
  expect(new Set(creationRows.map(({ code }) => code))).toEqual(new Set(codes));
  expect(new Set(codes).size).toBe(codes.length);
  expect(
    creationRules
      .filter(({ stricter }) => stricter)
      .map(({ code }) => code)
      .toSorted(),
  ).toEqual([...stricterCodes].toSorted());
});

test("findings are about the fields that the rule names", () => {
  for (const { code, at } of creationRows) {
    if (code === "field-type") continue; // Any field may have the wrong type.
    const fields = creationRules.find((rule) => rule.code === code)?.fields;
    expect(fields).toEqual(expect.arrayContaining(at.map((path) => `spec.${path.replace(/\[\d+\]$/, "")}`)));
  }
});

test("messages name what would be accepted", () => {
  const spec = defaultClusterSpec(minimalSpec(), contextFor()).spec;
  const broken = withFields(spec, {
    "clusterNetwork.services.cidrBlocks": ["10.240.16.1/20"],
    "clusterNetwork.nodeCidrMaskSizeIPv4": 33,
    "clusterNetwork.proxyMode": "nft",
    version: "1.1.1",
  });
  const messages = validateCreate(broken, contextFor()).errors.map(({ field, message }) => `${field}: ${message}`);
  expect(messages).toEqual([
    'spec.version: supported values: "1.25.16", "1.30.9", "1.33.5", "1.35.4", "1.36.3"',
    "spec.clusterNetwork.services.cidrBlocks[0]: expected 10.240.16.0/20",
    "spec.clusterNetwork.nodeCidrMaskSizeIPv4: expected at most 32 for IPv4",
    'spec.clusterNetwork.proxyMode: supported values: "ipvs", "iptables", "ebpf", "nftables"',
  ]);
});

test.each([
  [{ clusterNetwork: [], cniPlugin: { type: 4 } }, ["spec.clusterNetwork", "spec.cniPlugin.type"]],
  [{ "clusterNetwork.pods": "x" }, ["spec.clusterNetwork.pods"]],
  [{ "clusterNetwork.pods.cidrBlocks": "x" }, ["spec.clusterNetwork.pods.cidrBlocks"]],
  [{ "clusterNetwork.proxyMode": 1, "clusterNetwork.dnsDomain": {} }, ["proxyMode", "dnsDomain"]],
  [{ cniPlugin: "canal" }, ["spec.cniPlugin"]],
  [{ "cniPlugin.version": 3.31 }, ["spec.cniPlugin.version"]],
  [{ exposeStrategy: ["NodePort"] }, ["spec.exposeStrategy"]],
])("%j has the wrong type, and nothing else is wrong with it", (wrong, fields) => {
  const { spec } = defaultClusterSpec(minimalSpec(), contextFor());
  const { errors } = validateCreate(withFields(spec, wrong), contextFor());
  expect(errors.map(({ code }) => code)).toEqual(fields.map(() => "field-type"));
  expect(errors.map(({ field }) => field)).toEqual(fields.map((field) => expect.stringContaining(field)));
});
