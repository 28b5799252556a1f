import { type AddressFamily, bitsOf } from "../../cidr/cidr.ts";
import { nodeMaskField } from "../fields.ts";
import { firstPrefix } from "../ranges.ts";
import { type Finding, type Found, invalid, type Rule } from "../rule.ts";
import type { ClusterView } from "../view.ts";

/** kube-controller-manager's limit: it keeps one bit for each node's range. */
const MOST_NODE_BITS_IPV6 = 16;

interface Mask {
  readonly family: AddressFamily;
  readonly path: string;
  readonly mask: number;
  /** The prefix length of the family's first pods range. */
  readonly podsPrefix: number | undefined;
}

function maskOf(cluster: ClusterView, family: AddressFamily): Mask | undefined {
  const mask = cluster.nodeMasks[family];
  if (mask === undefined) return undefined;
  return { family, mask, path: nodeMaskField[family], podsPrefix: firstPrefix(cluster.pods, family) };
}

function eachMask(cluster: ClusterView, check: (mask: Mask) => Finding | undefined): Found<Finding> {
  const first = maskOf(cluster, "IPv4");
  const second = maskOf(cluster, "IPv6");
  const found = first && check(first);
  const other = second && check(second);
  return found && other ? [found, other] : (found ?? other);
}

/** How the pods range is cut into one part for each node. */
export const nodeMaskRules: readonly Rule[] = [
  {
    code: "node-mask-not-longer",
    fields: [nodeMaskField.IPv4, nodeMaskField.IPv6],
    summary: "A node's part is smaller than the whole pods range.",
    check: (cluster) =>
      eachMask(cluster, ({ path, mask, podsPrefix }) =>
        podsPrefix === undefined || mask > podsPrefix
          ? undefined
          : invalid(path, mask, `expected more than ${podsPrefix}, the prefix length of the pods range`),
      ),
  },
  {
    code: "node-mask-too-long",
    fields: [nodeMaskField.IPv4, nodeMaskField.IPv6],
    summary: "A node's part is at most as long as an address.",
    stricter: true,
    check: (cluster) =>
      eachMask(cluster, ({ path, mask, family }) =>
        mask <= bitsOf(family) ? undefined : invalid(path, mask, `expected at most ${bitsOf(family)} for ${family}`),
      ),
  },
  {
    code: "node-mask-too-many-nodes",
    fields: [nodeMaskField.IPv6],
    summary: "A node's part of an IPv6 pods range is at most 16 bits longer than the range.",
    stricter: true,
    check: (cluster) =>
      eachMask(cluster, ({ path, mask, family, podsPrefix }) => {
        if (family === "IPv4" || podsPrefix === undefined || mask - podsPrefix <= MOST_NODE_BITS_IPV6) return undefined;
        const most = podsPrefix + MOST_NODE_BITS_IPV6;
        return invalid(path, mask, `expected at most ${most}: ${MOST_NODE_BITS_IPV6} bits more than the pods range`);
      }),
  },
];
