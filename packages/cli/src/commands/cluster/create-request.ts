import type { ApiClusterSpec, ApiDatacenter, ApiMasterVersion, CreateClusterRequest } from "@fairlead/resources";
import { CommandError, usageError } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
import type { ProjectChoice } from "../../find.ts";

/** Of `fairlead cluster create`; what is absent is not sent, so that the server chooses and can say why. */
export interface CreateOptions extends ProjectChoice, NetworkOptions {
  /** Id or name of a cluster template. */
  template?: string;
  datacenter?: string;
  kubernetesVersion?: string;
  nodes?: number;
  wait?: boolean;
  timeout: number;
}

/** The choices about a cluster's network. */
interface NetworkOptions {
  cni?: string;
  cniVersion?: string;
  cniValues?: string;
  proxyMode?: string;
  ipFamily?: string;
  podsCidr?: string[];
  servicesCidr?: string[];
  nodeCidrMaskSizeIpv4?: number;
  nodeCidrMaskSizeIpv6?: number;
  konnectivity?: boolean;
  nodeLocalDns?: boolean;
  exposeStrategy?: string;
}

const usualNodes = 2;

export interface ResolvedChoices {
  /** Left out where a template says it. */
  datacenter?: ApiDatacenter | undefined;
  kubernetesVersion?: string | undefined;
  /** Id of the template that the cluster is made from. */
  template?: string | undefined;
  /** Initial Helm values of the CNI. */
  cniValues?: object;
}

// As in @fairlead/resources, whose schemas would cost the command its start time.
const cniValuesAnnotation = "kubermatic.io/initial-cni-values-request";
const templateAnnotation = "fairlead.dev/cluster-template";

/** Body of the request that creates the cluster. */
export function createRequest(name: string, options: CreateOptions, choices: ResolvedChoices): CreateClusterRequest {
  const { datacenter, kubernetesVersion, cniValues, template } = choices;
  const nodes = options.nodes ?? (template === undefined ? usualNodes : undefined);
  const annotations = present({
    [templateAnnotation]: template,
    [cniValuesAnnotation]: cniValues && JSON.stringify(cniValues),
  }) as Record<string, string> | undefined;
  const spec: ApiClusterSpec = {
    ...present({
      cloud: datacenter && { dc: datacenter.metadata.name, [datacenter.spec.provider]: {} },
      version: kubernetesVersion,
      cniPlugin: present({ type: options.cni, version: options.cniVersion }),
      clusterNetwork: clusterNetwork(options),
      exposeStrategy: options.exposeStrategy,
    }),
  };
  return {
    cluster: { name, ...(annotations ? { annotations } : {}), spec },
    ...(nodes === undefined ? {} : { nodeDeployment: { spec: { replicas: nodes } } }),
  };
}

function clusterNetwork(options: CreateOptions): ApiClusterSpec["clusterNetwork"] {
  return present({
    ipFamily: options.ipFamily,
    proxyMode: options.proxyMode,
    pods: options.podsCidr && { cidrBlocks: options.podsCidr },
    services: options.servicesCidr && { cidrBlocks: options.servicesCidr },
    nodeCidrMaskSizeIPv4: options.nodeCidrMaskSizeIpv4,
    nodeCidrMaskSizeIPv6: options.nodeCidrMaskSizeIpv6,
    konnectivityEnabled: options.konnectivity,
    nodeLocalDNSCacheEnabled: options.nodeLocalDns,
  });
}

/** Without the fields that are undefined; undefined if none is left. */
function present<T extends object>(fields: T): T | undefined {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return entries.length > 0 ? (Object.fromEntries(entries) as T) : undefined;
}

const preferredDatacenter = "local";

/** @throws CommandError if it is not clear which is meant */
export function chooseDatacenter(datacenters: readonly ApiDatacenter[], asked: string | undefined): ApiDatacenter {
  const names = datacenters.map(({ metadata }) => metadata.name).join(", ") || "none";
  if (asked !== undefined) {
    const found = datacenters.find(({ metadata }) => metadata.name === asked);
    if (!found) throw new CommandError(exitCode.refused, `datacenter "${asked}" not found; there are: ${names}`);
    return found;
  }
  const [first, ...others] = datacenters;
  if (first && others.length === 0) return first;
  const preferred = datacenters.find(({ metadata }) => metadata.name === preferredDatacenter);
  if (!preferred) throw usageError(`say which datacenter with --datacenter; there are: ${names}`);
  return preferred;
}

/** The server's default. @throws CommandError if it names none */
export function chooseVersion(versions: readonly ApiMasterVersion[]): string {
  const preferred = versions.find((version) => version.default);
  if (preferred) return preferred.version;
  const offered = versions.map(({ version }) => version).join(", ") || "none";
  throw usageError(`the server has no default version: say which with --kubernetes-version; it offers: ${offered}`);
}
