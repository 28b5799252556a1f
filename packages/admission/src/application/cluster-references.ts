/**
 * References to the cluster in Helm values: `{{ .Cluster.Network.PodCIDRIPv4 }}`. The names are KKP's, of its
 * application and add-on templates. They are replaced in the strings of values that are parsed already, and there is
 * no language around them: neither what a user writes nor what the cluster holds can become anything but a value.
 * @module
 */
import { isDualStack, networkAddresses, nodeMask, podsRange } from "@fairlead/network";
import type { Cluster, HelmValues } from "@fairlead/resources";
import { type FieldProblem, problem } from "../field-problem.ts";

/** What one reference stands for; undefined while the cluster does not have it. */
type Fact = string | number | boolean | readonly string[] | undefined;

type Network = NonNullable<Cluster["spec"]["clusterNetwork"]>;

const addressFacts = {
  "Cluster.Address.URL": ({ status }: Cluster) => status?.address?.url,
  "Cluster.Address.Port": ({ status }: Cluster) => status?.address?.port,
  "Cluster.Address.ExternalName": ({ status }: Cluster) => status?.address?.externalName,
  "Cluster.Address.InternalName": ({ status }: Cluster) => status?.address?.internalURL,
  "Cluster.Address.IP": ({ status }: Cluster) => status?.address?.ip,
} as const;

const networkFacts = {
  "Cluster.Network.PodCIDRBlocks": (network: Network) => network.pods?.cidrBlocks,
  "Cluster.Network.PodCIDRIPv4": (network: Network) => rangeOf(network.pods?.cidrBlocks, "IPv4"),
  "Cluster.Network.PodCIDRIPv6": (network: Network) => rangeOf(network.pods?.cidrBlocks, "IPv6"),
  "Cluster.Network.ServiceCIDRBlocks": (network: Network) => network.services?.cidrBlocks,
  "Cluster.Network.ServiceCIDRIPv4": (network: Network) => rangeOf(network.services?.cidrBlocks, "IPv4"),
  "Cluster.Network.ServiceCIDRIPv6": (network: Network) => rangeOf(network.services?.cidrBlocks, "IPv6"),
  "Cluster.Network.NodeCIDRMaskSizeIPv4": (network: Network) => maskOf(network, "IPv4"),
  "Cluster.Network.NodeCIDRMaskSizeIPv6": (network: Network) => maskOf(network, "IPv6"),
  "Cluster.Network.DNSDomain": (network: Network) => network.dnsDomain,
  "Cluster.Network.DNSClusterIP": (network: Network) => addressesOf(network)?.dnsServiceIPs[0],
  "Cluster.Network.DNSResolverIP": (network: Network) => addressesOf(network)?.dnsResolverIP,
  "Cluster.Network.ProxyMode": (network: Network) => network.proxyMode,
  "Cluster.Network.DualStack": (network: Network) => dualStackOf(network),
} as const;

const facts: Readonly<Record<string, (cluster: Cluster) => Fact>> = {
  "Cluster.Name": ({ metadata }) => metadata.name,
  "Cluster.HumanReadableName": ({ spec }) => spec.humanReadableName,
  "Cluster.OwnerEmail": ({ status }) => status?.userEmail,
  "Cluster.Version": ({ spec }) => spec.version.replace(/^v/, ""),
  "Cluster.MajorMinorVersion": ({ spec }) => /^v?(\d+\.\d+)/.exec(spec.version)?.[1],
  ...addressFacts,
  ...Object.fromEntries(
    Object.entries(networkFacts).map(([name, fact]): [string, (cluster: Cluster) => Fact] => [
      name,
      ({ spec }) => spec.clusterNetwork && fact(spec.clusterNetwork),
    ]),
  ),
};

/** All references that there are, without braces and dot: `Cluster.Name`. */
export const clusterReferenceNames: readonly string[] = Object.keys(facts);

interface Action {
  readonly start: number;
  readonly end: number;
  /** With braces. */
  readonly whole: string;
  readonly inside: string;
}

/**
 * All actions that mention the cluster; helm's own in values (`{{ .Release.Name }}`) are the chart's business. Every character
 * is looked at a fixed number of times, whatever the text: it is a user's, and this process is everybody's.
 */
function* actionsIn(text: string): Generator<Action> {
  let from = 0;
  for (let close = text.indexOf("}}"); close >= 0; close = text.indexOf("}}", from)) {
    const before = text.slice(from, close);
    const open = before.lastIndexOf("{{");
    const body = open < 0 ? "" : before.slice(open + 2);
    const start = from + open;
    from = close + 2;
    if (!/^[^{}]*$/.test(body) || !/\.Cluster\b/.test(body)) continue;
    const inside = body.replace(/^-/, "").replace(/-$/, "").trim();
    yield { start, end: from, whole: text.slice(start, from), inside };
  }
}

const plainReference = /^\.([\w.]+)$/;

/**
 * What is wrong with the references in values, by field. With a cluster also what it does not have: nothing is ever
 * replaced by an empty text.
 */
export function referenceProblems(values: HelmValues, cluster?: Cluster): FieldProblem[] {
  const problems: FieldProblem[] = [];
  walk(values, "spec.values", (text, field) => {
    for (const { whole, inside } of actionsIn(text)) {
      const message = objection(inside, cluster);
      if (message) problems.push(problem("invalid", field, { value: whole, message, code: "cluster-reference" }));
    }
  });
  return problems;
}

function objection(inside: string, cluster: Cluster | undefined): string | undefined {
  const name = plainReference.exec(inside)?.[1] ?? "";
  const fact = Object.hasOwn(facts, name) ? facts[name] : undefined;
  if (!fact) {
    return `expected one of ${clusterReferenceNames.map((known) => `{{ .${known} }}`).join(", ")}; there are no functions and no conditions`;
  }
  return cluster && fact(cluster) === undefined ? "the cluster has no such value, at least not yet" : undefined;
}

/**
 * The values with every reference replaced. A reference that is the whole text keeps its type: a number, a flag, a list.
 * @returns the same object if there is no reference in it
 * @throws TypeError for a reference that `referenceProblems` objects to
 */
export function resolveReferences(values: HelmValues, cluster: Cluster): HelmValues {
  return resolve(values, cluster) as HelmValues;
}

function resolve(value: unknown, cluster: Cluster): unknown {
  if (typeof value === "string") return resolveText(value, cluster);
  if (Array.isArray(value)) {
    const items = value.map((item) => resolve(item, cluster));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, item]): [string, unknown] => [key, resolve(item, cluster)]);
  return entries.some(([key, item]) => item !== (value as HelmValues)[key]) ? Object.fromEntries(entries) : value;
}

function resolveText(text: string, cluster: Cluster): unknown {
  if (!text.includes("{{")) return text;
  const factOf = (whole: string, inside: string): Exclude<Fact, undefined> => {
    const fact = facts[plainReference.exec(inside)?.[1] ?? ""]?.(cluster);
    if (fact === undefined) throw new TypeError(`${whole}: ${objection(inside, cluster) ?? "not known"}`);
    return fact;
  };
  const actions = [...actionsIn(text)];
  const [first] = actions;
  if (!first) return text;
  if (first.whole === text.trim()) {
    const fact = factOf(first.whole, first.inside);
    return Array.isArray(fact) ? [...fact] : fact;
  }
  const pieces: string[] = [];
  let from = 0;
  for (const { start, end, whole, inside } of actions) {
    const fact = factOf(whole, inside);
    pieces.push(text.slice(from, start), Array.isArray(fact) ? fact.join(",") : String(fact));
    from = end;
  }
  return [...pieces, text.slice(from)].join("");
}

function walk(value: unknown, field: string, visit: (text: string, field: string) => void): void {
  if (typeof value === "string") visit(value, field);
  else if (Array.isArray(value)) for (const [index, item] of value.entries()) walk(item, `${field}[${index}]`, visit);
  else if (typeof value === "object" && value !== null) {
    for (const [key, item] of Object.entries(value)) walk(item, `${field}.${key}`, visit);
  }
}

function rangeOf(cidrBlocks: readonly string[] | undefined, family: "IPv4" | "IPv6"): string | undefined {
  return cidrBlocks?.find((block) => block.includes(":") === (family === "IPv6"));
}

function maskOf(network: Network, family: "IPv4" | "IPv6"): number | undefined {
  const known = asKnown(network);
  return known && podsRange(known, family) && nodeMask(known, family);
}

function dualStackOf(network: Network): boolean | undefined {
  const known = asKnown(network);
  return known && isDualStack(known);
}

function addressesOf(network: Network) {
  const known = asKnown(network);
  return known && networkAddresses({ clusterNetwork: known });
}

/** The network once the rules have completed it. */
function asKnown(network: Network): Parameters<typeof nodeMask>[0] | undefined {
  const { pods, services } = network;
  return pods && services ? (network as Parameters<typeof nodeMask>[0]) : undefined;
}
