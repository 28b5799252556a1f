import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { catalogueNames, loadCatalogue } from "../catalogue/load.ts";
import { defaultClusterSpec } from "../defaults/default-cluster-spec.ts";
import { providerNames } from "../providers.ts";
import { contextFor, minimalSpec, withFields } from "../testing/fixtures.ts";
import { validateCreate } from "./validate-create.ts";

const cidr = fc.oneof(
  fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 33 })).map(([ip, prefix]) => `${ip}/${prefix}`),
  fc.tuple(fc.ipV6(), fc.integer({ min: 0, max: 129 })).map(([ip, prefix]) => `${ip}/${prefix}`),
  fc.constantFrom("172.25.0.0/16", "10.240.16.0/20", "fd01::/48", "fd02::/120", "::ffff:10.0.0.0/104", ""),
);
const messy = (usual: fc.Arbitrary<unknown>) => fc.oneof({ weight: 6, arbitrary: usual }, fc.jsonValue());
const ranges = messy(fc.record({ cidrBlocks: messy(fc.array(messy(cidr), { maxLength: 3 })) }, { requiredKeys: [] }));

/** Specs that look like a Cluster's, with anything at all at any place. */
const network = fc.record(
  {
    ipFamily: messy(fc.constantFrom("", "IPv4", "IPv4+IPv6")),
    pods: ranges,
    services: ranges,
    nodeCidrMaskSizeIPv4: messy(fc.integer({ min: -1, max: 40 })),
    nodeCidrMaskSizeIPv6: messy(fc.integer({ min: -1, max: 140 })),
    proxyMode: messy(fc.constantFrom("ipvs", "iptables", "ebpf", "nftables")),
    ipvs: messy(fc.record({ strictArp: messy(fc.boolean()) }, { requiredKeys: [] })),
    konnectivityEnabled: messy(fc.boolean()),
    nodeLocalDNSCacheEnabled: messy(fc.boolean()),
    dnsDomain: messy(fc.constantFrom("cluster.local", "a.b")),
    tunnelingAgentIP: messy(fc.ipV4()),
    coreDNSReplicas: messy(fc.integer()),
  },
  { requiredKeys: [] },
);
const cloud = fc
  .tuple(messy(fc.constantFrom("aws-dc", "x")), fc.dictionary(fc.constantFrom(...providerNames), messy(ranges)))
  .map(([dc, providers]) => ({ dc, ...providers }));
const spec = fc.record(
  {
    humanReadableName: messy(fc.string()),
    version: messy(fc.constantFrom("1.36.3", "1.25.16", "v1.30.9")),
    cloud: messy(cloud),
    cniPlugin: messy(
      fc.record(
        { type: messy(fc.constantFrom("canal", "cilium", "none")), version: messy(fc.constantFrom("v3.31", "")) },
        { requiredKeys: [] },
      ),
    ),
    clusterNetwork: messy(network),
    exposeStrategy: messy(fc.constantFrom("NodePort", "LoadBalancer", "Tunneling")),
    apiServerAllowedIPRanges: ranges,
    componentsOverride: messy(fc.record({ apiserver: messy(fc.record({ nodePortRange: messy(fc.string()) })) })),
  },
  { requiredKeys: [] },
);
const context = fc
  .record({
    provider: fc.constantFrom(...providerNames),
    catalogue: fc.constantFrom(...catalogueNames),
    template: spec,
  })
  .map(({ provider, catalogue, template }) => contextFor(provider, { catalogue: loadCatalogue(catalogue), template }));
const anything = fc.oneof({ weight: 5, arbitrary: spec }, fc.jsonValue());

test("defaulting is idempotent, whatever comes in", { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(anything, context, (request, known) => {
      const before = JSON.stringify(request);
      const once = defaultClusterSpec<unknown>(request, known).spec;
      expect(defaultClusterSpec(once, known).spec).toEqual(once);
      expect(JSON.stringify(request)).toBe(before);
    }),
    { numRuns: 500 },
  );
});

test("validation never throws, and findings name a field and what is expected", { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(anything, context, (request, known) => {
      for (const json of [request, defaultClusterSpec<unknown>(request, known).spec]) {
        const { errors, warnings } = validateCreate(json, known);
        for (const { field, message } of [...errors, ...warnings]) {
          expect(field).toMatch(/^spec(\.|$)/);
          expect(message.length).toBeGreaterThan(10);
        }
      }
    }),
    { numRuns: 1000 },
  );
});

test("values that are hard on recursion and look-ups are survived", () => {
  const deep = JSON.parse(`${"[".repeat(5000)}${"]".repeat(5000)}`);
  const poisoned = JSON.parse('{"__proto__": {"version": "1.36.3"}, "cniPlugin": {"type": "__proto__"}}');
  for (const json of [deep, { oidc: deep, clusterNetwork: { pods: deep } }, poisoned]) {
    const request = defaultClusterSpec<unknown>(json, contextFor("aws", { template: poisoned })).spec;
    expect(validateCreate(request, contextFor()).errors.length).toBeGreaterThan(0);
  }
  expect({}).not.toHaveProperty("version");
});

describe.each(catalogueNames)("catalogue %s", (name) => {
  const minors = Array.from({ length: 17 }, (_, index) => `1.${20 + index}.0`);

  test.each(providerNames)(
    "a minimal cluster on %s is valid with each CNI, family and strategy",
    { timeout: 60_000 },
    (provider) => {
      const known = contextFor(provider, { catalogue: loadCatalogue(name), kubernetesVersions: minors });
      for (const type of ["canal", "cilium", "none", undefined]) {
        for (const version of minors) {
          for (const exposeStrategy of ["NodePort", "LoadBalancer", "Tunneling"]) {
            for (const ipFamily of ["IPv4", "IPv4+IPv6"]) {
              const gcp = { network: "n", subnetwork: "projects/p/regions/r/subnetworks/s" };
              const request = withFields(minimalSpec(provider), {
                version,
                exposeStrategy,
                ...(type === undefined ? {} : { "cniPlugin.type": type }),
                "clusterNetwork.ipFamily": ipFamily,
                "clusterNetwork.konnectivityEnabled": exposeStrategy !== "NodePort",
                ...(provider === "gcp" ? { "cloud.gcp": gcp } : {}),
              });
              const { spec } = defaultClusterSpec(request, known);
              const { errors } = validateCreate(spec, known);
              const tooOld = errors.every(({ code }) => code === "canal-dual-stack-version");
              expect(tooOld ? [] : errors).toEqual([]);
            }
          }
        }
      }
    },
  );
});
