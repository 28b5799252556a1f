import { defaultVersion } from "../catalogue/catalogue.ts";
import { readingOf, tryParseCidr } from "../cidr/cidr.ts";
import { isObject, isSet } from "../json.ts";
import { DEFAULT_NODE_PORT_RANGE } from "../port-range.ts";
import { providers, standardProvider } from "../providers.ts";
import type { Draft } from "./draft.ts";
import { namedProviders } from "./layers.ts";

/** What a rule says about a field that no layer sets. */
export interface Decision {
  readonly value: unknown;
  readonly source: "provider" | "rule";
  readonly reason: string;
}

/** A field below `spec`. */
export interface FieldPath {
  readonly keys: readonly string[];
  /** The JSON path: `spec.clusterNetwork.proxyMode`. */
  readonly text: string;
}

function at(...keys: string[]): FieldPath {
  return { keys, text: `spec.${keys.join(".")}` };
}

/** How one field gets its value where nobody gave one. */
export interface DefaultRule {
  readonly name: string;
  /** One sentence for documentation. */
  readonly summary: string;
  /** A rule whose field depends on the cluster answers undefined where it has none. */
  readonly path: FieldPath | ((draft: Draft) => FieldPath | undefined);
  /** Another field that gives this one its meaning: when it changes, the value that the cluster has does not stay. */
  readonly belongsTo?: FieldPath;
  /** The field follows from others: what is given for it does not count. */
  readonly derived?: true;
  /** Undefined: the field stays unset. */
  readonly decide: (draft: Draft) => Decision | undefined;
}

const cniTypePath = at("cniPlugin", "type");
const cniVersionPath = at("cniPlugin", "version");
const ipFamilyPath = at("clusterNetwork", "ipFamily");
const podsPath = at("clusterNetwork", "pods", "cidrBlocks");
const servicesPath = at("clusterNetwork", "services", "cidrBlocks");
const konnectivityPath = at("clusterNetwork", "konnectivityEnabled");
const proxyModePath = at("clusterNetwork", "proxyMode");
const exposeStrategyPath = at("exposeStrategy");

const isDual = (draft: Draft) => draft.get(ipFamilyPath.keys) === "IPv4+IPv6";

const byRule = (value: unknown, reason: string): Decision => ({ value, source: "rule", reason });

const byProvider = (value: unknown, reason: string): Decision => ({ value, source: "provider", reason });

/** A range of the provider's own, or the one that most providers share. */
function range(draft: Draft, use: "pods" | "services", second: string): Decision {
  const key = `${use}Cidr` as const;
  const value = isDual(draft) ? [draft.provider[key], second] : [draft.provider[key]];
  return draft.provider[key] === standardProvider[key]
    ? byRule(value, `it is the usual ${use} range`)
    : { value, source: "provider", reason: `it is the ${use} range of provider ${draft.providerName}` };
}

function nodeMask(family: "IPv4" | "IPv6", length: number): DefaultRule {
  const reason = `each node gets a /${length} of the ${family} pods range`;
  const isOfFamily = (text: string) => readingOf(tryParseCidr(text))?.family === family;
  return {
    name: `node-mask-${family.toLowerCase()}-default`,
    summary: `With an ${family} pods range, each node gets a /${length} of it.`,
    path: at("clusterNetwork", `nodeCidrMaskSize${family}`),
    decide: (draft) => (draft.texts(podsPath.keys).some(isOfFamily) ? byRule(length, reason) : undefined),
  };
}

const nodePortRangesPaths: ReadonlyMap<string, FieldPath> = new Map(
  [...providers.values()]
    .filter(({ nodePortRanges }) => nodePortRanges)
    .map(({ name }) => [name, at("cloud", name, "nodePortsAllowedIPRanges")]),
);

/** In the order of their dependence: a rule reads only fields that stand above it. */
export const defaultRules: readonly DefaultRule[] = [
  {
    name: "provider-name",
    summary: "The provider is named after its object under spec.cloud.",
    path: at("cloud", "providerName"),
    derived: true,
    decide: ({ spec }) => {
      const named = isObject(spec.cloud) ? namedProviders(spec.cloud) : [];
      return named.length === 1 ? byRule(named[0], `spec.cloud holds the object ${named[0]}`) : undefined;
    },
  },
  {
    name: "nodeport-range-default",
    summary: "NodePorts come from Kubernetes' own range.",
    path: at("componentsOverride", "apiserver", "nodePortRange"),
    decide: () => byRule(DEFAULT_NODE_PORT_RANGE, "it is kube-apiserver's own default"),
  },
  {
    name: "expose-strategy-default",
    summary: "The API server is exposed by NodePort unless the seed says otherwise.",
    path: exposeStrategyPath,
    decide: () => byRule("NodePort", "neither the cluster nor its seed chooses an expose strategy"),
  },
  {
    name: "cni-type-default",
    summary: "A cluster that names no CNI gets Canal.",
    path: cniTypePath,
    // One that names a version and no type is a mistake, which nobody can guess right.
    decide: (draft) => (isSet(draft.get(["cniPlugin"])) ? undefined : byRule("canal", "the cluster names no CNI")),
  },
  {
    name: "cni-version-default",
    summary:
      "The CNI version is the catalogue's default if it is tested with the Kubernetes version, else the newest supported one that is.",
    path: cniVersionPath,
    belongsTo: cniTypePath,
    decide: (draft) => {
      const { catalogue } = draft.context;
      const entry = defaultVersion(catalogue, draft.text(cniTypePath.keys) ?? "", draft.kubernetesMinor);
      if (entry === undefined) return undefined;
      return byRule(entry.version, `it is the default of catalogue ${catalogue.name} for this Kubernetes version`);
    },
  },
  {
    name: "ip-family-default",
    summary: "Two pods ranges make a dual-stack cluster, one an IPv4 cluster.",
    path: ipFamilyPath,
    decide: (draft) => {
      const count = draft.texts(podsPath.keys).length;
      const ranges = ["no pods range", "one pods range"][count] ?? `${count} pods ranges`;
      return byRule(count < 2 ? "IPv4" : "IPv4+IPv6", `the cluster names ${ranges}`);
    },
  },
  {
    name: "pods-default",
    summary: "Pods get the provider's range, and fd01::/48 in a dual-stack cluster.",
    path: podsPath,
    decide: (draft) => range(draft, "pods", "fd01::/48"),
  },
  {
    name: "services-default",
    summary: "Services get the provider's range, and fd02::/120 in a dual-stack cluster.",
    path: servicesPath,
    decide: (draft) => range(draft, "services", "fd02::/120"),
  },
  nodeMask("IPv4", 24),
  nodeMask("IPv6", 64),
  {
    name: "konnectivity-default",
    summary: "Konnectivity is off unless asked for, and that is written down.",
    path: konnectivityPath,
    decide: () => byRule(false, "Konnectivity is used only where it is asked for"),
  },
  {
    name: "proxy-mode-default",
    summary:
      "Cilium replaces kube-proxy (ebpf) if Konnectivity is on, else uses iptables; other CNIs use the provider's mode: ipvs, on Hetzner iptables.",
    path: proxyModePath,
    belongsTo: cniTypePath,
    decide: (draft) => {
      if (draft.get(cniTypePath.keys) !== "cilium") {
        const { proxyMode } = draft.provider;
        return proxyMode === "ipvs"
          ? byRule(proxyMode, "a CNI other than Cilium runs with kube-proxy, by default in IPVS mode")
          : byProvider(proxyMode, `on provider ${draft.providerName} kube-proxy runs in ${proxyMode} mode`);
      }
      return draft.get(konnectivityPath.keys) === true
        ? byRule("ebpf", "Cilium replaces kube-proxy, and Konnectivity is on")
        : byRule("iptables", "Cilium can replace kube-proxy only with Konnectivity, which is off");
    },
  },
  {
    name: "strict-arp-default",
    summary: "IPVS answers ARP only for addresses of its own interface; other modes have no such setting.",
    path: at("clusterNetwork", "ipvs", "strictArp"),
    decide: (draft) =>
      draft.get(proxyModePath.keys) === "ipvs"
        ? byRule(true, "load balancers like MetalLB need strict ARP with IPVS")
        : undefined,
  },
  {
    name: "node-local-dns-default",
    summary: "Each node caches DNS.",
    path: at("clusterNetwork", "nodeLocalDNSCacheEnabled"),
    decide: () => byRule(true, "each node caches DNS unless that is switched off"),
  },
  {
    name: "dns-domain-default",
    summary: "The cluster's DNS domain is cluster.local.",
    path: at("clusterNetwork", "dnsDomain"),
    decide: () => byRule("cluster.local", "it is Kubernetes' usual domain"),
  },
  {
    name: "tunneling-agent-ip-default",
    summary: "With expose strategy Tunneling the agent listens on 100.64.30.10.",
    path: at("clusterNetwork", "tunnelingAgentIP"),
    decide: (draft) =>
      draft.get(exposeStrategyPath.keys) === "Tunneling"
        ? byRule("100.64.30.10", "the tunnelling agent needs an address on each node")
        : undefined,
  },
  {
    name: "nodeports-allowed-ranges-default",
    summary:
      "NodePorts are open to every address of the cluster's families, where the provider has a firewall for them.",
    path: ({ providerName = "" }) => nodePortRangesPaths.get(providerName),
    decide: (draft) => {
      const settings = draft.get(["cloud", draft.providerName ?? ""]);
      // The legacy single range is a choice too: opening every address beside it would undo it.
      if (!isObject(settings) || isSet(settings.nodePortsAllowedIPRange)) return undefined;
      const value = { cidrBlocks: isDual(draft) ? ["0.0.0.0/0", "::/0"] : ["0.0.0.0/0"] };
      return byProvider(value, "no allowed ranges are named, so every address may reach the NodePorts");
    },
  },
];
