import { PORT_RANGE_SYNTAX, parsePortRange } from "../../port-range.ts";
import { providers } from "../../providers.ts";
import { field, nodePortsAllowedFields, unenforceableFields } from "../fields.ts";
import { eachProblem } from "../ranges.ts";
import { forbidden, invalid, type Rule, required } from "../rule.ts";

const firewallProviders = [...providers.values()]
  .filter(({ nodePortRanges }) => nodePortRanges)
  .map(({ name }) => name)
  .join(", ");

/** Which NodePorts there are, and who may reach them. */
export const nodePortRules: readonly Rule[] = [
  {
    code: "nodeport-range-required",
    fields: [field.nodePortRange],
    summary: "A cluster has a range of NodePorts.",
    check: ({ nodePortRange }) =>
      nodePortRange ? undefined : required(field.nodePortRange, `expected ${PORT_RANGE_SYNTAX}`),
  },
  {
    code: "nodeport-range-syntax",
    fields: [field.nodePortRange],
    summary: "The range of NodePorts is one that kube-apiserver reads.",
    check: ({ nodePortRange }) =>
      !nodePortRange || parsePortRange(nodePortRange) !== undefined
        ? undefined
        : invalid(field.nodePortRange, nodePortRange, `expected ${PORT_RANGE_SYNTAX}`),
  },
  {
    code: "nodeports-allowed-ranges-syntax",
    fields: nodePortsAllowedFields,
    summary: "The address ranges that may reach NodePorts are CIDRs.",
    check: ({ cloud }) =>
      eachProblem(cloud.nodePorts, ({ kind, path, text, message }) =>
        kind === "syntax" ? invalid(path, text, message) : undefined,
      ),
  },
  {
    code: "nodeports-allowed-ranges-provider",
    fields: unenforceableFields,
    summary: `Who may reach NodePorts can be restricted on ${firewallProviders} only.`,
    check: ({ cloud }) =>
      cloud.unenforceable.map(({ path, value }) =>
        forbidden(path, value, `expected no ranges: only ${firewallProviders} have a firewall that Fairlead knows`),
      ),
  },
];
