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

const parsed = memoize((text): PortRange | null => {
  const parts = text.trim().split(/([-+])/);
  const from = port(parts[0]);
  const second = parts.length === 1 ? from : port(parts[2]);
  if (from === undefined || second === undefined || parts.length > 3) return null;
  const to = parts[1] === "+" ? from + second : second;
  return from >= 1 && to >= from && to <= 65535 ? { from, to } : null;
});

function port(digits: string | undefined): number | undefined {
  return digits !== undefined && /^\d{1,9}$/.test(digits) ? Number(digits) : undefined;
}
