import { defaultClusterSpec, providers, type RuleContext } from "@fairlead/network/rules";
import { type ClusterChoices, listed } from "./choices.ts";

/** A Cluster's spec as the rules read it; whatever was typed may stand in it. */
export interface DraftSpec {
  humanReadableName: string;
  version?: string;
  cloud: { dc: string } & Record<string, unknown>;
  cniPlugin?: { type?: string; version?: string };
  clusterNetwork: Record<string, unknown>;
  exposeStrategy?: string;
  apiServerAllowedIPRanges?: { cidrBlocks: string[] };
}

/** The choices as a spec, without any default: what is sent to the server, and what the rules complete. */
export function requestedSpec(choices: ClusterChoices, context: RuleContext): DraftSpec {
  const { name, datacenter, provider, kubernetesVersion, cniType, cniVersion, exposeStrategy } = choices;
  const nodePorts = providers.get(provider)?.nodePortRanges ? listed(choices.nodePortRanges) : [];
  const apiServer = listed(choices.apiServerRanges);
  const spec: DraftSpec = {
    humanReadableName: name.trim(),
    ...present({ version: kubernetesVersion }),
    cloud: {
      dc: datacenter,
      ...(provider
        ? { [provider]: nodePorts.length > 0 ? { nodePortsAllowedIPRanges: { cidrBlocks: nodePorts } } : {} }
        : {}),
    },
    ...(cniType ? { cniPlugin: { type: cniType, ...present({ version: cniVersion }) } } : {}),
    clusterNetwork: present({
      ipFamily: choices.ipFamily,
      proxyMode: choices.proxyMode,
      nodeCidrMaskSizeIPv4: number(choices.nodeMaskIPv4),
      nodeCidrMaskSizeIPv6: choices.ipFamily === "IPv4+IPv6" ? number(choices.nodeMaskIPv6) : undefined,
      nodeLocalDNSCacheEnabled: choices.nodeLocalDns,
      konnectivityEnabled: choices.konnectivity,
    }),
    ...present({ exposeStrategy }),
    ...(apiServer.length > 0 ? { apiServerAllowedIPRanges: { cidrBlocks: apiServer } } : {}),
  };
  const ranges = chosenRanges(choices, spec, context);
  return { ...spec, clusterNetwork: { ...spec.clusterNetwork, ...ranges } };
}

/** Where one family's range is chosen, the other's is written, too: a list says both or none. */
function chosenRanges(choices: ClusterChoices, spec: DraftSpec, context: RuleContext) {
  const dual = choices.ipFamily === "IPv4+IPv6";
  const defaults = defaultClusterSpec(spec, context).spec.clusterNetwork as Record<string, { cidrBlocks?: string[] }>;
  const blocks = (use: "pods" | "services") => {
    const [chosen4, chosen6] = [choices[`${use}IPv4`]?.trim(), dual ? choices[`${use}IPv6`]?.trim() : undefined];
    if (!chosen4 && !chosen6) return {};
    const [default4 = "", default6 = ""] = defaults[use]?.cidrBlocks ?? [];
    return { [use]: { cidrBlocks: [chosen4 || default4, ...(dual ? [chosen6 || default6] : [])] } };
  };
  return { ...blocks("pods"), ...blocks("services") };
}

/** What was typed if it is no number, for the rules to refuse. */
function number(text: string | undefined): number | string | undefined {
  if (text === undefined || text.trim() === "") return undefined;
  return /^\d+$/.test(text.trim()) ? Number(text) : text;
}

function present<T extends object>(fields: T): Partial<Exclude<T, undefined>> & Record<string, never> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && value !== ""),
  ) as Partial<T> & Record<string, never>;
}
