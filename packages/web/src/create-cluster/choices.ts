import type { CniType, ExposeStrategy, IpFamily, ProxyMode } from "@fairlead/network/rules";

/** An application that a new cluster gets. */
export interface ApplicationChoice {
  /** Of the ApplicationDefinition. */
  application: string;
  version: string;
  namespace: string;
  /** Of the installation. */
  name: string;
  /** Helm values as YAML; empty: those of the definition. */
  values: string;
}

/**
 * What somebody has chosen in the wizard so far. What is absent or empty is not chosen: the rules decide it, and say why.
 * JSON, so that a reload of the page keeps it.
 */
export interface ClusterChoices {
  name: string;
  provider: string;
  datacenter: string;
  kubernetesVersion?: string | undefined;
  cniType?: CniType | undefined;
  cniVersion?: string | undefined;
  ipFamily?: IpFamily | undefined;
  proxyMode?: ProxyMode | undefined;
  podsIPv4?: string | undefined;
  podsIPv6?: string | undefined;
  servicesIPv4?: string | undefined;
  servicesIPv6?: string | undefined;
  /** Prefix lengths, as typed. */
  nodeMaskIPv4?: string | undefined;
  nodeMaskIPv6?: string | undefined;
  nodeLocalDns?: boolean | undefined;
  /** Asked for unless somebody says otherwise, other than by the API. */
  konnectivity: boolean;
  exposeStrategy?: ExposeStrategy | undefined;
  /** CIDRs, separated by commas or blanks. */
  apiServerRanges?: string | undefined;
  nodePortRanges?: string | undefined;
  /** Helm values that Cilium begins with, as YAML; absent: those of its ApplicationDefinition. */
  cniValues?: string | undefined;
  /** Number of nodes, as typed. */
  nodes: string;
  applications: ApplicationChoice[];
}

export const noChoices: ClusterChoices = {
  name: "",
  provider: "",
  datacenter: "",
  konnectivity: true,
  nodes: "2",
  applications: [],
};

/** `10.0.0.0/8, fd00::/8` -> both. */
export function listed(text: string | undefined): string[] {
  return (text ?? "").split(/[\s,;]+/).filter(Boolean);
}
