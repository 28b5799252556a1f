import {
  isDualStack,
  type NetworkedSpec,
  NODE_LOCAL_DNS_ADDRESS,
  nodeMask,
  podsRange,
  usesNodeLocalDns,
} from "./addresses.ts";
import { isObject, type JsonObject, valueAt } from "./json.ts";
import { DEFAULT_NODE_PORT_RANGE, parsePortRange } from "./port-range.ts";
import type { CniPlugin } from "./types.ts";
import { minorNumber } from "./versions.ts";

/** What the managed values are made from: a valid cluster of type `cilium`. */
export interface CiliumCluster {
  readonly spec: NetworkedSpec & {
    readonly cniPlugin: Pick<CniPlugin, "version">;
    readonly componentsOverride?: { readonly apiserver?: { readonly nodePortRange?: string } };
  };
  readonly status?: { readonly address?: { readonly externalName?: string; readonly port?: number } };
}

export interface CiliumValueOptions {
  /** The registry that all images come from, instead of their own. */
  readonly overwriteRegistry?: string;
  /** The values as they are; entries of shared lists that are the user's are kept. */
  readonly currentValues?: JsonObject;
}

/** A Helm value that Fairlead sets and keeps (ruling 14). */
export interface OwnedValue {
  readonly path: readonly string[];
  readonly value: unknown;
  readonly reason: string;
}

export interface ManagedValues {
  readonly values: JsonObject;
  readonly owned: readonly OwnedValue[];
}

/** What decides which keys there are. */
export interface CiliumMode {
  /** Cilium replaces kube-proxy. */
  readonly ebpf: boolean;
  /** Charts before 1.14 take strings where later ones take lists and numbers, and have fewer keys. */
  readonly legacy: boolean;
}

interface Input extends CiliumMode {
  readonly cluster: CiliumCluster;
  readonly options: CiliumValueOptions;
}

/** A key of the chart's values that Fairlead manages in some clusters. */
export interface ManagedKey extends KeyRule {
  readonly keys: readonly string[];
}

interface KeyRule {
  /** As Helm's `--set` writes it. */
  readonly path: string;
  readonly reason: string;
  /** The modes in which it is Fairlead's; absent: all. */
  readonly when?: (mode: CiliumMode) => boolean;
  /** Whether it is Fairlead's depends on more than the mode. */
  readonly conditional?: true;
  /** The key is a list in a text, of which only this entry is Fairlead's. */
  readonly sharedEntry?: string;
  /** Undefined where the key does not apply. */
  readonly value: (input: Input) => unknown;
}

const network = (input: Input) => input.cluster.spec.clusterNetwork;
const always = (value: unknown) => () => value;
const modern = ({ legacy }: CiliumMode) => !legacy;
const replacingKubeProxy = ({ ebpf }: CiliumMode) => ebpf;
const besideKubeProxy = ({ ebpf, legacy }: CiliumMode) => !ebpf && !legacy;

const nodeLocalDnsEntry = `${NODE_LOCAL_DNS_ADDRESS}/32`;

/** The entries of a list that is written as a text. */
export function entriesOf(text: unknown): string[] {
  return typeof text === "string" ? text.split(/\s+/).filter(Boolean) : [];
}

const hardening = "containers run with the runtime's default seccomp profile";
const replacement = "spec.clusterNetwork.proxyMode decides whether Cilium replaces kube-proxy";
const apiServer = "without kube-proxy, agents reach the API server by its external address";
const ranges = "pods get addresses from spec.clusterNetwork.pods";
const masks = "each node gets a part of the pods range as long as spec.clusterNetwork says";
const registry = "images come from the configured registry, where their digests differ";

function poolCidr(family: "IPv4" | "IPv6", form: "PodCIDR" | "PodCIDRList"): KeyRule {
  return {
    path: `ipam.operator.clusterPool${family}${form}`,
    reason: ranges,
    when: ({ legacy }) => legacy === (form === "PodCIDR"),
    value: (input) => {
      const range = podsRange(network(input), family);
      if (range === undefined) return undefined;
      return form === "PodCIDR" ? range.text : [range.text];
    },
  };
}

function poolMask(family: "IPv4" | "IPv6"): KeyRule {
  return {
    path: `ipam.operator.clusterPool${family}MaskSize`,
    reason: masks,
    value: (input) => {
      if (podsRange(network(input), family) === undefined) return undefined;
      const mask = nodeMask(network(input), family);
      return input.legacy ? String(mask) : mask;
    },
  };
}

function image(path: string, name: string, when: (mode: CiliumMode) => boolean = () => true): KeyRule[] {
  const ifConfigured = (input: Input, value: unknown) => (input.options.overwriteRegistry ? value : undefined);
  const key = { reason: registry, when, conditional: true } as const;
  return [
    {
      ...key,
      path: `${path}.repository`,
      value: (input) => ifConfigured(input, `${input.options.overwriteRegistry?.replace(/\/+$/, "")}/cilium/${name}`),
    },
    { ...key, path: `${path}.useDigest`, value: (input) => ifConfigured(input, false) },
  ];
}

const seccomp = (path: string, when: (mode: CiliumMode) => boolean = modern): KeyRule => ({
  path: `${path}.seccompProfile.type`,
  reason: hardening,
  when,
  value: always("RuntimeDefault"),
});

const keyRules: readonly KeyRule[] = [
  { path: "cni.exclusive", reason: "other CNI plugins, like Multus, may stay on the nodes", value: always(false) },
  {
    path: "cni.chainingMode",
    reason: "beside kube-proxy, host ports need the portmap plugin",
    when: besideKubeProxy,
    value: always("portmap"),
  },
  {
    path: "sessionAffinity",
    reason: "Cilium keeps session affinity only if told so when kube-proxy stays",
    when: besideKubeProxy,
    value: always(true),
  },
  seccomp("operator.securityContext", () => true),
  seccomp("podSecurityContext"),
  seccomp("operator.podSecurityContext"),
  seccomp("envoy.podSecurityContext"),
  seccomp("certgen.podSecurityContext"),
  seccomp("hubble.relay.podSecurityContext"),
  { path: "hubble.ui.securityContext.enabled", reason: hardening, when: modern, value: always(true) },
  seccomp("hubble.ui.securityContext"),
  {
    path: "kubeProxyReplacement",
    reason: replacement,
    value: ({ ebpf, legacy }) => (legacy ? (ebpf ? "strict" : "disabled") : String(ebpf)),
  },
  {
    path: "k8sServiceHost",
    reason: apiServer,
    when: replacingKubeProxy,
    value: (input) => apiServerAddress(input).host,
  },
  {
    path: "k8sServicePort",
    reason: apiServer,
    when: replacingKubeProxy,
    value: (input) => apiServerAddress(input).port,
  },
  {
    path: "nodePort.range",
    reason: "Cilium serves the NodePorts that kube-apiserver hands out",
    when: replacingKubeProxy,
    value: (input) => {
      const text = input.cluster.spec.componentsOverride?.apiserver?.nodePortRange ?? DEFAULT_NODE_PORT_RANGE;
      const ports = parsePortRange(text);
      if (ports === undefined) return undefined;
      return text.trim() === DEFAULT_NODE_PORT_RANGE ? undefined : `${ports.from},${ports.to}`;
    },
  },
  poolCidr("IPv4", "PodCIDR"),
  poolCidr("IPv4", "PodCIDRList"),
  poolMask("IPv4"),
  {
    path: "ipv6.enabled",
    reason: "the cluster is dual-stack",
    value: (input) => (isDualStack(network(input)) ? true : undefined),
  },
  poolCidr("IPv6", "PodCIDR"),
  poolCidr("IPv6", "PodCIDRList"),
  poolMask("IPv6"),
  {
    path: "extraConfig.exclude-local-address",
    reason: "the node's DNS cache must be seen as an address outside of the host",
    when: modern,
    sharedEntry: nodeLocalDnsEntry,
    value: (input) => {
      if (!usesNodeLocalDns(network(input))) return undefined;
      const current = valueAt(input.options.currentValues, ["extraConfig", "exclude-local-address"]);
      return [...new Set([...entriesOf(current), nodeLocalDnsEntry])].join(" ");
    },
  },
  ...image("image", "cilium"),
  ...image("operator.image", "operator"),
  ...image("hubble.relay.image", "hubble-relay"),
  ...image("hubble.ui.backend.image", "hubble-ui-backend"),
  ...image("hubble.ui.frontend.image", "hubble-ui"),
  ...image("certgen.image", "certgen"),
  ...image("envoy.image", "cilium-envoy", modern),
];

/** Every key that may be managed in some cluster. */
export const managedKeys: readonly ManagedKey[] = keyRules.map((rule) => ({ ...rule, keys: rule.path.split(".") }));

/**
 * The Helm values of Cilium that follow from the cluster, in the form that the chart of its version reads. Throws if
 * Cilium replaces kube-proxy and the cluster's status holds no API server address yet.
 */
export function managedCiliumValues(cluster: CiliumCluster, options: CiliumValueOptions = {}): ManagedValues {
  const input: Input = {
    cluster,
    options,
    ebpf: cluster.spec.clusterNetwork.proxyMode === "ebpf",
    legacy: isLegacyChart(cluster.spec.cniPlugin.version),
  };
  const owned = managedKeys.flatMap(({ keys, reason, when, value }): OwnedValue[] => {
    const result = when === undefined || when(input) ? value(input) : undefined;
    return result === undefined ? [] : [{ path: keys, value: result, reason }];
  });
  const values: JsonObject = {};
  for (const { path, value } of owned) place(values, path, value);
  return { values, owned };
}

/** Whether a chart of Cilium has the form of those before 1.14. */
export function isLegacyChart(version: string): boolean {
  return minorNumber(version) < minorNumber("1.14");
}

function apiServerAddress({ cluster }: Input): { host: string; port: number } {
  const { externalName, port } = cluster.status?.address ?? {};
  if (!externalName || !port) {
    throw new Error("status.address: the API server's external name and port are needed and not known yet");
  }
  return { host: externalName, port };
}

function place(values: JsonObject, path: readonly string[], value: unknown): void {
  let node = values;
  for (const key of path.slice(0, -1)) {
    const child = node[key];
    if (isObject(child)) node = child;
    else {
      const created: JsonObject = {};
      node[key] = created;
      node = created;
    }
  }
  node[path.at(-1) ?? ""] = value;
}
