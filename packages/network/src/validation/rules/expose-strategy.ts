import { parseAddress } from "../../cidr/cidr.ts";
import { field } from "../fields.ts";
import { eachProblem } from "../ranges.ts";
import { forbidden, invalid, notSupported, type Rule } from "../rule.ts";

const strategies = ["NodePort", "LoadBalancer", "Tunneling"];

/** How the API server is reached from outside, and what belongs to one way only. */
export const exposeStrategyRules: readonly Rule[] = [
  {
    code: "expose-strategy-unknown",
    fields: [field.exposeStrategy],
    summary: "The expose strategy is NodePort, LoadBalancer or Tunneling.",
    check: ({ exposeStrategy = "" }) =>
      strategies.includes(exposeStrategy) ? undefined : notSupported(field.exposeStrategy, exposeStrategy, strategies),
  },
  {
    code: "allowed-ip-ranges-strategy",
    fields: [field.allowedIpRanges],
    summary: "Only with expose strategy LoadBalancer can access to the API server be limited to address ranges.",
    check: ({ exposeStrategy, allowedIpRanges }) => {
      if (exposeStrategy === "LoadBalancer" || allowedIpRanges.entries.length === 0) return undefined;
      const value = allowedIpRanges.entries.map((entry) => entry?.text);
      return forbidden(field.allowedIpRanges, value, "accepted only with expose strategy LoadBalancer");
    },
  },
  {
    code: "allowed-ip-ranges-syntax",
    fields: [`${field.allowedIpRanges}.cidrBlocks`],
    summary: "The address ranges that may reach the API server are CIDRs.",
    stricter: true,
    check: ({ allowedIpRanges }) =>
      eachProblem([allowedIpRanges], ({ kind, path, text, message }) =>
        kind === "syntax" ? invalid(path, text, message) : undefined,
      ),
  },
  {
    code: "tunneling-agent-ip-strategy",
    fields: [field.tunnelingAgentIp],
    summary: "Only expose strategy Tunneling has an agent on the nodes.",
    check: ({ exposeStrategy, tunnelingAgentIp }) =>
      exposeStrategy === "Tunneling" || !tunnelingAgentIp
        ? undefined
        : forbidden(field.tunnelingAgentIp, tunnelingAgentIp, "accepted only with expose strategy Tunneling"),
  },
  {
    code: "tunneling-agent-ip-syntax",
    fields: [field.tunnelingAgentIp],
    summary: "The tunnelling agent's address is an IPv4 address.",
    stricter: true,
    check: ({ tunnelingAgentIp }) => {
      if (!tunnelingAgentIp || parseAddress(tunnelingAgentIp)?.family === "IPv4") return undefined;
      return invalid(field.tunnelingAgentIp, tunnelingAgentIp, "expected an IPv4 address, like 100.64.30.10");
    },
  },
];
