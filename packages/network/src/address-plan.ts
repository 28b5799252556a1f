/**
 * What a cluster's ranges have room for, and what they share with others. Pure; takes ranges that are not valid, too,
 * which it leaves out: validation speaks of them.
 * @module
 */
import { type NetworkCapacity, NODE_LOCAL_DNS_ADDRESS, networkCapacity } from "./addresses.ts";
import { type Cidr, overlaps, tryParseCidr } from "./cidr/cidr.ts";
import type { ClusterNetwork } from "./types.ts";
import { linkLocal, loopback, multicast } from "./validation/ranges.ts";

export type RangeUse = "pods" | "services";

/** The ranges of a cluster, as far as it says them. */
export interface NetworkRangesOf {
  readonly pods?: { readonly cidrBlocks?: readonly string[] | undefined } | undefined;
  readonly services?: { readonly cidrBlocks?: readonly string[] | undefined } | undefined;
}

/** A range that somebody has. */
export interface OwnedRange {
  /** A cluster's name, or what the range is reserved for. */
  readonly owner: string;
  readonly use?: RangeUse;
  readonly range: Cidr;
}

/** A range of the plan that overlaps another one. */
export interface RangeClash {
  readonly use: RangeUse;
  readonly range: string;
  readonly other: OwnedRange;
}

/** Ranges that no cluster's pods or services can have. */
export const reservedRanges: readonly OwnedRange[] = [
  ...[loopback, linkLocal, multicast].flatMap(({ what, ranges }) => ranges.map((range) => ({ owner: what, range }))),
  ...rangesOf("NodeLocal DNS cache", { pods: { cidrBlocks: [`${NODE_LOCAL_DNS_ADDRESS}/32`] } }).map(
    ({ owner, range }) => ({ owner, range }),
  ),
];

/** The ranges of a network that can be read. */
export function rangesOf(owner: string, network: NetworkRangesOf): OwnedRange[] {
  return (["pods", "services"] as const).flatMap((use) =>
    (network[use]?.cidrBlocks ?? []).flatMap((text) => {
      const parsed = tryParseCidr(text);
      return parsed.ok ? [{ owner, use, range: parsed.cidr }] : [];
    }),
  );
}

/** Every overlap of a network's ranges with those of others. */
export function rangeClashes(network: NetworkRangesOf, others: readonly OwnedRange[]): RangeClash[] {
  return rangesOf("", network).flatMap(({ use, range }) =>
    others
      .filter((other) => overlaps(other.range, range))
      .map((other) => ({ use: use ?? "pods", range: range.text, other })),
  );
}

/** As {@link networkCapacity}; undefined for ranges that validation refuses. */
export function capacityIfValid(network: ClusterNetwork): NetworkCapacity | undefined {
  const texts = [...network.pods.cidrBlocks, ...network.services.cidrBlocks];
  if (texts.length < 2 || texts.some((text) => !tryParseCidr(text).ok)) return undefined;
  const capacity = networkCapacity(network);
  return Object.values(capacity).every((count) => Number.isFinite(count) && count >= 1) ? capacity : undefined;
}
