import fc from "fast-check";
import { catalogueNames, loadCatalogue } from "../catalogue/load.ts";
import { providerNames } from "../providers.ts";
import { contextFor } from "./fixtures.ts";

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
/** What the rules know, with another catalogue and a template. */
export const anyContext = fc
  .record({
    provider: fc.constantFrom(...providerNames),
    catalogue: fc.constantFrom(...catalogueNames),
    template: spec,
  })
  .map(({ provider, catalogue, template }) => contextFor(provider, { catalogue: loadCatalogue(catalogue), template }));
/** Anything, mostly a spec with anything in it. */
export const anySpec = fc.oneof({ weight: 5, arbitrary: spec }, fc.jsonValue());

/** Labels of a Cluster, the unsafe ones often among them. */
export const anyLabels = messy(
  fc.dictionary(
    fc.constantFrom("unsafe-cni-upgrade", "unsafe-cni-migration", "unsafe-expose-strategy-migration", "project-id"),
    fc.constantFrom("", "false"),
  ),
);
