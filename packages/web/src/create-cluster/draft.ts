import {
  catalogueFromPlain,
  defaultClusterSpec,
  type FieldError,
  type Origin,
  type PlainCatalogue,
  type RuleContext,
  validateCreate,
  type Warning,
} from "@fairlead/network/rules";
import type { ApiRuleContext, CreateClusterRequest } from "@fairlead/resources";

/** What the form holds; empty text is a choice that is left to the rules. */
export interface Draft {
  name: string;
  datacenter: string;
  version: string;
  cni: "canal" | "cilium" | "none";
  cniVersion: string;
  dualStack: boolean;
  proxyMode: string;
  pods: string;
  services: string;
  konnectivity: boolean;
  nodeLocalDns: boolean;
  nodes: number;
}

export const emptyDraft: Draft = {
  name: "",
  datacenter: "",
  version: "",
  cni: "canal",
  cniVersion: "",
  dualStack: false,
  proxyMode: "",
  pods: "",
  services: "",
  konnectivity: true,
  nodeLocalDns: true,
  nodes: 2,
};

export interface Judgement {
  request: CreateClusterRequest;
  /** With every default. */
  spec: CreateClusterRequest["cluster"]["spec"];
  origins: ReadonlyMap<string, Origin>;
  errors: readonly FieldError[];
  warnings: readonly Warning[];
}

export function rulesOf(context: ApiRuleContext): RuleContext {
  return { ...context, catalogue: catalogueFromPlain(context.catalogue as PlainCatalogue) } as RuleContext;
}

/** What the server will make of the draft, and what it will say: the same rules with the same knowledge. */
export function judge(draft: Draft, context: RuleContext): Judgement {
  const ranges = (text: string) => text.split(/[\s,]+/).filter((range) => range !== "");
  const pods = ranges(draft.pods);
  const services = ranges(draft.services);
  const request: CreateClusterRequest = {
    cluster: {
      name: draft.name.trim(),
      spec: {
        cloud: { dc: draft.datacenter, [context.provider ?? "bringyourown"]: {} },
        version: draft.version || context.kubernetesVersions.at(-1),
        cniPlugin: { type: draft.cni, version: draft.cni === "none" ? "" : draft.cniVersion },
        clusterNetwork: {
          ipFamily: draft.dualStack ? "IPv4+IPv6" : "IPv4",
          ...(draft.proxyMode ? { proxyMode: draft.proxyMode } : {}),
          ...(pods.length > 0 ? { pods: { cidrBlocks: pods } } : {}),
          ...(services.length > 0 ? { services: { cidrBlocks: services } } : {}),
          konnectivityEnabled: draft.konnectivity,
          nodeLocalDNSCacheEnabled: draft.nodeLocalDns,
        },
      },
    },
    nodeDeployment: { spec: { replicas: draft.nodes, template: {} } },
  };
  const asked = { ...request.cluster.spec, humanReadableName: draft.name.trim() };
  const { spec, origins } = defaultClusterSpec(asked, context);
  return {
    request,
    spec,
    origins: new Map(origins.map((origin) => [origin.field, origin])),
    ...validateCreate(spec, context),
  };
}
