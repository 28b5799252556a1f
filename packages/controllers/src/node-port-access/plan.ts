/**
 * Who may reach the NodePorts of a cluster, and which rules of its provider's firewall that takes. Pure.
 * @module
 */
import { canonicalForm, DEFAULT_NODE_PORT_RANGE, parsePortRange, tryParseCidr } from "@fairlead/network";
import { type Cluster, type NodePortRangeProvider, nodePortRangeProviders } from "@fairlead/resources";

/** Lets connections of one protocol from one range to ports `from` to `to`, both included. */
export interface FirewallRule {
  protocol: "tcp" | "udp";
  from: number;
  to: number;
  /** In canonical form. */
  cidr: string;
}

/** A rule that lets traffic in and is there. */
export interface StoredRule {
  id: string;
  /** The security group that has it. */
  group: string;
  /** As the cloud says; undefined parts belong to rules that are none of ours. */
  protocol: string | undefined;
  from: number | undefined;
  to: number | undefined;
  cidr: string | undefined;
  /** Whether Fairlead made it, for this cluster. */
  isOurs: boolean;
}

export interface RulePlan {
  authorize: readonly FirewallRule[];
  revoke: readonly StoredRule[];
}

/** The provider of a cluster, if it has a firewall for NodePorts. */
export function firewallProvider({ spec }: Cluster): NodePortRangeProvider | undefined {
  return nodePortRangeProviders.find((name) => spec.cloud[name] !== undefined);
}

/**
 * The ranges of both fields, in canonical form. None at all means everywhere, as in KKP.
 */
export function allowedRanges(cluster: Cluster): string[] {
  const { spec } = cluster;
  const provider = firewallProvider(cluster);
  const settings = provider && spec.cloud[provider];
  const texts = [...(settings?.nodePortsAllowedIPRanges?.cidrBlocks ?? []), settings?.nodePortsAllowedIPRange ?? ""];
  const ranges = texts.flatMap((text) => {
    const parsed = tryParseCidr(text);
    return parsed.ok ? [canonicalForm(parsed.cidr)] : [];
  });
  if (ranges.length > 0) return [...new Set(ranges)];
  return spec.clusterNetwork?.ipFamily === "IPv4+IPv6" ? ["0.0.0.0/0", "::/0"] : ["0.0.0.0/0"];
}

/** One rule for each range and protocol. */
export function wantedRules(cluster: Cluster): FirewallRule[] {
  const text = cluster.spec.componentsOverride?.apiserver?.nodePortRange ?? DEFAULT_NODE_PORT_RANGE;
  const ports = parsePortRange(text) ?? parsePortRange(DEFAULT_NODE_PORT_RANGE);
  if (!ports) return [];
  return allowedRanges(cluster).flatMap((cidr) =>
    (["tcp", "udp"] as const).map((protocol) => ({ protocol, from: ports.from, to: ports.to, cidr })),
  );
}

/**
 * What to change. A rule of somebody else that says the same is enough, and stays when ours would go.
 * @param group the security group that the cluster names; our rules in others are left from before
 */
export function planRules(wanted: readonly FirewallRule[], stored: readonly StoredRule[], group: string): RulePlan {
  const present = new Set(stored.filter((rule) => rule.group === group).map(keyOf));
  const kept = new Set(wanted.map(keyOf));
  return {
    authorize: wanted.filter((rule) => !present.has(keyOf(rule))),
    revoke: stored.filter((rule) => rule.isOurs && (rule.group !== group || !kept.has(keyOf(rule)))),
  };
}

function keyOf({ protocol, from, to, cidr }: FirewallRule | StoredRule): string {
  return `${protocol} ${from}-${to} ${cidr}`;
}
