import {
  type ClusterNetwork,
  type CniType,
  defaultClusterSpec,
  type Origin,
  type ProxyMode,
  type RuleContext,
  validateCreate,
  type Warning,
} from "@fairlead/network/rules";
import type { ClusterChoices } from "./choices.ts";
import { type DraftSpec, requestedSpec } from "./requested-spec.ts";

/** What is wrong with a field; the server's errors have the same shape. */
export interface FieldProblem {
  field: string;
  message: string;
}

/** The spec with every default. */
export type CompleteSpec = DraftSpec & {
  version: string;
  cniPlugin: { type: CniType; version: string };
  clusterNetwork: ClusterNetwork;
  exposeStrategy: string;
};

export interface Judgement {
  /** As it is sent: only what was chosen. */
  requested: DraftSpec;
  spec: CompleteSpec;
  /** By field: where the value comes from. */
  origins: ReadonlyMap<string, Origin>;
  errors: readonly FieldProblem[];
  warnings: readonly Warning[];
}

/** Completes the choices and judges them by the rules that the server has, too. */
export function judge(choices: ClusterChoices, context: RuleContext): Judgement {
  const requested = requestedSpec(choices, context);
  const { spec, origins } = defaultClusterSpec(requested, context);
  const { errors, warnings } = validateCreate(spec, context);
  return {
    requested,
    spec: spec as CompleteSpec,
    origins: new Map(origins.map((origin) => [origin.field, origin])),
    errors: [...errors, ...nodesProblem(choices)],
    warnings,
  };
}

/** Not a field of the cluster: it is that of the nodes that it begins with. */
export const nodesField = "nodeDeployment.spec.replicas";
const mostNodes = 5000;

function nodesProblem({ nodes }: ClusterChoices): FieldProblem[] {
  if (/^\d{1,4}$/.test(nodes.trim()) && Number(nodes) <= mostNodes) return [];
  return [{ field: nodesField, message: `must be a number from 0 to ${mostNodes}` }];
}

/** The problems of a field and of what is below it: `…cidrBlocks` has those of `…cidrBlocks[0]`. */
export function problemsOf<T extends { field: string }>(problems: readonly T[], ...fields: string[]): T[] {
  return problems.filter(({ field }) =>
    fields.some((wanted) => field === wanted || field.startsWith(`${wanted}.`) || field.startsWith(`${wanted}[`)),
  );
}

const proxyModes: readonly ProxyMode[] = ["ipvs", "iptables", "nftables", "ebpf"];
const proxyModeField = "spec.clusterNetwork.proxyMode";

export interface ProxyModeOption {
  mode: ProxyMode;
  /** Why it cannot be chosen. */
  obstacle?: string;
}

/** Every proxy mode, with what the rules say against it beside the other choices. */
export function proxyModeOptions(choices: ClusterChoices, context: RuleContext): ProxyModeOption[] {
  return proxyModes.map((mode) => {
    const [problem] = problemsOf(judge({ ...choices, proxyMode: mode }, context).errors, proxyModeField);
    return problem ? { mode, obstacle: problem.message } : { mode };
  });
}
