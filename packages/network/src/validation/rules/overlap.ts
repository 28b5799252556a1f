import { NODE_LOCAL_DNS_ADDRESS } from "../../addresses.ts";
import { type Cidr, contains, overlaps, parseAddress } from "../../cidr/cidr.ts";
import { field } from "../fields.ts";
import { eachRange, linkLocal, loopback, multicast, overlapped, type ReservedRanges } from "../ranges.ts";
import { entryPath } from "../reader.ts";
import { type Finding, invalid, type Rule } from "../rule.ts";
import type { ClusterView } from "../view.ts";

const nodeLocalDns = parseAddress(NODE_LOCAL_DNS_ADDRESS);

function reservedRule(ranges: ReservedRanges): Rule {
  const { what } = ranges;
  return {
    code: `range-overlaps-${what}`,
    fields: [field.pods, field.services],
    summary: `The ranges of pods and services stay clear of ${what} addresses.`,
    stricter: true,
    check: ({ pods, services }) =>
      eachRange([pods, services], (range, list, index) => {
        const other = overlapped(ranges, range);
        if (other === undefined) return undefined;
        return invalid(
          entryPath(list, index),
          range.text,
          `expected a range that does not overlap ${other.text}, the ${what} addresses`,
        );
      }),
  };
}

function eachOverlap({ pods, services }: ClusterView, report: (pods: Cidr, services: Cidr, path: string) => Finding) {
  return eachRange([services], (range, list, index) => {
    for (const entry of pods.entries) {
      if (entry?.ok && overlaps(entry.cidr, range)) return report(entry.cidr, range, entryPath(list, index));
    }
    return undefined;
  });
}

/** Ranges that would take each other's packets. */
export const overlapRules: readonly Rule[] = [
  {
    code: "pods-services-overlap",
    fields: [field.services],
    summary: "The ranges of pods and services do not overlap.",
    stricter: true,
    check: (cluster) =>
      eachOverlap(cluster, (pods, services, path) =>
        invalid(path, services.text, `expected a range that does not overlap the pods range ${pods.text}`),
      ),
  },
  {
    code: "range-overlaps-tunneling-agent",
    fields: [field.pods, field.services],
    summary: "The ranges of pods and services do not hold the tunnelling agent's address.",
    stricter: true,
    check: ({ exposeStrategy, tunnelingAgentIp, pods, services }) => {
      const agent = exposeStrategy === "Tunneling" && tunnelingAgentIp ? parseAddress(tunnelingAgentIp) : undefined;
      if (agent === undefined) return undefined;
      return eachRange([pods, services], (range, list, index) =>
        contains(range, agent)
          ? invalid(
              entryPath(list, index),
              range.text,
              `expected a range without the tunnelling agent's address ${tunnelingAgentIp}`,
            )
          : undefined,
      );
    },
  },
  {
    code: "range-overlaps-node-local-dns",
    fields: [field.pods, field.services],
    summary: "The ranges of pods and services do not hold the address of the nodes' DNS cache.",
    stricter: true,
    check: (cluster) => {
      if (cluster.nodeLocalDns === false || nodeLocalDns === undefined) return undefined;
      return eachRange([cluster.pods, cluster.services], (range, list, index) =>
        contains(range, nodeLocalDns)
          ? invalid(
              entryPath(list, index),
              range.text,
              `expected a range without ${NODE_LOCAL_DNS_ADDRESS}, the nodes' DNS cache`,
            )
          : undefined,
      );
    },
  },
  reservedRule(loopback),
  reservedRule(linkLocal),
  reservedRule(multicast),
];
