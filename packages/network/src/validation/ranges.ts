import { type AddressFamily, bitsOf, type Cidr, overlaps, parseCidr, readingOf } from "../cidr/cidr.ts";
import { type CidrList, entryPath } from "./reader.ts";
import type { Finding } from "./rule.ts";
import type { ClusterView } from "./view.ts";

/** Runs a check on each range of the lists that could be parsed. */
export function eachRange(
  lists: readonly CidrList[],
  check: (range: Cidr, list: CidrList, index: number) => Finding | undefined,
): Finding[] | undefined {
  let findings: Finding[] | undefined;
  for (const list of lists) {
    for (let index = 0; index < list.entries.length; index++) {
      const entry = list.entries[index];
      const finding = entry?.ok ? check(entry.cidr, list, index) : undefined;
      if (finding === undefined) continue;
      findings ??= [];
      findings.push(finding);
    }
  }
  return findings;
}

/** Runs a check on each text of the lists that is no CIDR. */
export function eachProblem(
  lists: readonly CidrList[],
  check: (problem: { kind: string; message: string; text: string; path: string }) => Finding | undefined,
): Finding[] | undefined {
  let findings: Finding[] | undefined;
  for (const list of lists) {
    for (let index = 0; index < list.entries.length; index++) {
      const entry = list.entries[index];
      if (entry === undefined || entry.ok) continue;
      const { kind, message } = entry.problem;
      const finding = check({ kind, message, text: entry.text, path: entryPath(list, index) });
      if (finding === undefined) continue;
      findings ??= [];
      findings.push(finding);
    }
  }
  return findings;
}

/** Every list of CIDRs that a cluster has. */
export function allLists({ pods, services, allowedIpRanges, cloud }: ClusterView): readonly CidrList[] {
  return [pods, services, allowedIpRanges, ...cloud.nodePorts];
}

/** The prefix length of the first range of the family. */
export function firstPrefix(list: CidrList, family: AddressFamily): number | undefined {
  for (const entry of list.entries) {
    const reading = entry && readingOf(entry);
    if (reading?.family === family) return reading.prefix;
  }
  return undefined;
}

/** The bits of a range that tell its addresses apart. */
export function hostBits(range: Cidr): number {
  return bitsOf(range.family) - range.prefix;
}

/** Ranges that no packet of a cluster's pods or services may have as their address. */
export interface ReservedRanges {
  readonly what: string;
  readonly ranges: readonly Cidr[];
}

export const loopback: ReservedRanges = reserved("loopback", "127.0.0.0/8", "::1/128");
export const linkLocal: ReservedRanges = reserved("link-local", "169.254.0.0/16", "fe80::/10");
export const multicast: ReservedRanges = reserved("multicast", "224.0.0.0/4", "ff00::/8");

function reserved(what: string, ...texts: string[]): ReservedRanges {
  return { what, ranges: texts.map(parseCidr) };
}

/** The reserved range that a range overlaps. */
export function overlapped({ ranges }: ReservedRanges, range: Cidr): Cidr | undefined {
  for (const other of ranges) {
    if (overlaps(other, range)) return other;
  }
  return undefined;
}
