import type { RuleContext } from "@fairlead/network/rules";
import type { ClusterChoices } from "./choices.ts";
import { type Judgement, judge, proxyModeOptions } from "./judge.ts";

/** A value that changed because another one was chosen. */
export interface SideEffect {
  field: string;
  before: unknown;
  after: unknown;
  reason: string;
}

export interface Change {
  choices: ClusterChoices;
  /** What else is different by that. */
  effects: SideEffect[];
}

/** The fields of the spec that a choice sets itself. */
const fieldsOf: Partial<Record<keyof ClusterChoices, readonly string[]>> = {
  kubernetesVersion: ["spec.version"],
  cniType: ["spec.cniPlugin.type", "spec.cniPlugin.version"],
  cniVersion: ["spec.cniPlugin.version"],
  ipFamily: ["spec.clusterNetwork.ipFamily"],
  proxyMode: ["spec.clusterNetwork.proxyMode"],
  podsIPv4: ["spec.clusterNetwork.pods.cidrBlocks"],
  podsIPv6: ["spec.clusterNetwork.pods.cidrBlocks"],
  servicesIPv4: ["spec.clusterNetwork.services.cidrBlocks"],
  servicesIPv6: ["spec.clusterNetwork.services.cidrBlocks"],
  nodeMaskIPv4: ["spec.clusterNetwork.nodeCidrMaskSizeIPv4"],
  nodeMaskIPv6: ["spec.clusterNetwork.nodeCidrMaskSizeIPv6"],
  nodeLocalDns: ["spec.clusterNetwork.nodeLocalDNSCacheEnabled"],
  konnectivity: ["spec.clusterNetwork.konnectivityEnabled"],
  exposeStrategy: ["spec.exposeStrategy"],
};

/**
 * Makes a choice. Earlier ones that it makes meaningless or that the rules refuse beside it are taken back, so that their
 * defaults hold again; everything that changes by that is told.
 */
export function change(before: ClusterChoices, patch: Partial<ClusterChoices>, context: RuleContext): Change {
  const choices = settle({ ...before, ...patch }, patch, context);
  return { choices, effects: sideEffects(judge(before, context), judge(choices, context), Object.keys(patch)) };
}

function settle(choices: ClusterChoices, patch: Partial<ClusterChoices>, context: RuleContext): ClusterChoices {
  const settled = { ...choices };
  if ("cniType" in patch) {
    if (!("cniVersion" in patch)) delete settled.cniVersion;
    if (!("proxyMode" in patch)) delete settled.proxyMode;
    if (settled.cniType !== "cilium") delete settled.cniValues;
  }
  if (settled.ipFamily !== "IPv4+IPv6") {
    delete settled.podsIPv6;
    delete settled.servicesIPv6;
    delete settled.nodeMaskIPv6;
  }
  const { proxyMode } = settled;
  if (proxyMode !== undefined && !("proxyMode" in patch)) {
    const option = proxyModeOptions(settled, context).find(({ mode }) => mode === proxyMode);
    if (option?.obstacle) delete settled.proxyMode;
  }
  return settled;
}

function sideEffects(before: Judgement, after: Judgement, changed: readonly string[]): SideEffect[] {
  const own = new Set(changed.flatMap((key) => fieldsOf[key as keyof ClusterChoices] ?? []));
  const fields = new Set([...before.origins.keys(), ...after.origins.keys()]);
  return [...fields].flatMap((field): SideEffect[] => {
    const [old, next] = [before.origins.get(field), after.origins.get(field)];
    if (own.has(field) || !field.startsWith("spec.c") || field.startsWith("spec.cloud.")) return [];
    if (next === undefined || JSON.stringify(old?.value) === JSON.stringify(next.value)) return [];
    return [{ field, before: old?.value, after: next.value, reason: next.reason }];
  });
}
