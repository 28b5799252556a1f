import { memoize } from "./memo.ts";

/** Ports from `from` to `to`, both included. */
export interface PortRange {
  readonly from: number;
  readonly to: number;
}

/** Kubernetes' default for NodePorts. */
export const DEFAULT_NODE_PORT_RANGE = "30000-32767";

/** What {@link parsePortRange} accepts, for messages. */
export const PORT_RANGE_SYNTAX = "ports from 1 to 65535 as 30000-32767, as 30000+2767 or as a single port";

/**
 * Parses a port range as kube-apiserver's `--service-node-port-range` does: `a-b`, `a+n` (n ports more) or `a`,
 * whitespace around it ignored. Undefined if it is none, or empty.
 */
export function parsePortRange(text: string): PortRange | undefined {
  return parsed(text) ?? undefined;
}

/** Leading zeros and a plus before the count are what Go's `strconv.Atoi` reads, too. */
const syntax = /^(?<from>[0-9]+)(?:-(?<to>[0-9]+)|\+\+?(?<more>[0-9]+))?$/;

const parsed = memoize((text): PortRange | null => {
  const groups = syntax.exec(text.trim())?.groups;
  if (groups === undefined) return null;
  const from = Number(groups.from);
  const to = groups.more === undefined ? Number(groups.to ?? groups.from) : from + Number(groups.more);
  return from >= 1 && to >= from && to <= 65535 ? { from, to } : null;
});
