/**
 * Which add-ons a cluster gets by default (DESIGN section 6). Pure.
 * @module
 */

import type { Tunnel } from "@fairlead/control-plane";
import { addonObstacle, type CniPlugin } from "@fairlead/network";
import { tunnelClients } from "../tunnel/status.ts";

/** How the catalogue delivers the cluster's CNI; undefined for type `none` and for a version it does not know. */
export type CniDelivery = "addon" | "application" | undefined;

export interface AddonSelectionInput {
  cni: CniPlugin;
  cniDelivery: CniDelivery;
  proxyMode: string;
  nodeLocalDNSCacheEnabled: boolean;
  /** Names that the operator wants in every cluster besides, as far as they fit it. */
  configured: readonly string[];
  /** Names of the add-ons that there are. */
  available: ReadonlySet<string>;
  tunnel: {
    /** Tunnels whose clients belong into the cluster: two while it is switched from one to the other. */
    clients: readonly Tunnel[];
    /** What the API server goes through. With OpenVPN the metrics-server is beside it. */
    use: Tunnel;
  };
}

/** Whether a cluster has one of these follows from its network, never from the operator's list (as KKP's has it). */
const ofTheNetwork = new Set([
  "canal",
  "cilium",
  "kube-proxy",
  "coredns",
  "node-local-dns",
  "metrics-server",
  ...Object.values(tunnelClients),
]);

/**
 * Names of the default add-ons, in the order in which they are installed: the network before what runs on it.
 * `ebpf` replaces kube-proxy by Cilium; a CNI that comes as application is not installed a second time as add-on.
 */
export function defaultAddons(input: AddonSelectionInput): string[] {
  const names: string[] = [];
  const { type } = input.cni;
  if (type !== "none" && input.cniDelivery === "addon") names.push(type);
  if (input.proxyMode !== "ebpf") names.push("kube-proxy");
  names.push("coredns");
  if (input.nodeLocalDNSCacheEnabled) names.push("node-local-dns");
  names.push(...input.tunnel.clients.map((tunnel) => tunnelClients[tunnel]));
  if (input.tunnel.use === "konnectivity") names.push("metrics-server");
  const fits = (name: string) => input.available.has(name) && !addonObstacle(name, input.cni);
  return [...names, ...new Set(input.configured.filter((name) => !ofTheNetwork.has(name) && fits(name)))];
}

export interface AddonView {
  metadata: { name?: string; deletionTimestamp?: string };
  spec?: { isDefault?: boolean };
}

export interface AddonsPlan {
  create: string[];
  remove: string[];
}

/** The add-ons that are CNIs. One goes only when what comes in its place is known to work: the CNI controller sees to that. */
export const cniAddons: readonly string[] = ["canal", "cilium"];

/**
 * Default add-ons that are missing and those that are no longer asked for. What a user installed is left alone, and CNIs are
 * not removed.
 * @param keep what is no longer asked for, and still needed
 */
export function planAddons(
  wanted: readonly string[],
  existing: readonly AddonView[],
  { keep = [] }: { keep?: readonly string[] } = {},
): AddonsPlan {
  const present = new Set(existing.map((addon) => addon.metadata.name));
  const kept = new Set([...wanted, ...cniAddons, ...keep]);
  return {
    create: wanted.filter((name) => !present.has(name)),
    remove: existing.flatMap((addon) => {
      const { name, deletionTimestamp } = addon.metadata;
      return name && addon.spec?.isDefault && !deletionTimestamp && !kept.has(name) ? [name] : [];
    }),
  };
}
