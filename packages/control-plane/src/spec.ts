import { type CniType, DEFAULT_NODE_PORT_RANGE, nthAddress, parseCidr } from "@fairlead/network";
import type { Cluster } from "@fairlead/resources";
import { type TunnelStep, wantedTunnel } from "./tunnel/tunnel.ts";

/**
 * The part of a Cluster that decides how its control plane is started. Everything in `flags/` is derived from this
 * and from a placement, so the rules of the network are the same wherever a control plane runs.
 */
export interface ControlPlaneSpec {
  /** `metadata.name` of the Cluster. */
  clusterId: string;
  /** Kubernetes version without a leading `v`, e.g. `1.36.3`. */
  version: string;
  cloudProvider: string;
  cni: CniType;
  podCidrs: readonly string[];
  serviceCidrs: readonly string[];
  dualStack: boolean;
  nodeMaskIPv4: number;
  nodeMaskIPv6: number;
  dnsDomain: string;
  /** Of the Service `kubernetes`: base + 1 of the first services range. */
  apiServerServiceIp: string;
  /** `<first>-<last>`, both included. */
  nodePortRange: string;
  tunnel: TunnelStep;
  /** Simulated nodes cannot get these images, for rehearsing upgrades that fail. */
  unavailableImages: readonly string[];
}

/**
 * Annotation of a Cluster of the embedded mode: images, separated by commas, that its simulated nodes cannot pull. For rehearsing
 * what happens then.
 */
const unavailableImagesAnnotation = "fairlead.dev/simulate-unavailable-images";

const defaultNodeMaskIPv4 = 24;
const defaultNodeMaskIPv6 = 64;

/** A Cluster that no control plane can be derived from, although its shape is right. */
export class IncompleteClusterError extends Error {
  readonly field: string;

  constructor(field: string, expected: string) {
    super(`${field}: Required value: ${expected}; run the Cluster through the defaults first`);
    this.name = "IncompleteClusterError";
    this.field = field;
  }
}

/**
 * Reads the control plane's part out of a defaulted Cluster. Node masks that are absent count as 24 and 64, as in KKP.
 *
 * @param tunnel where a cluster is being switched; default: what it asks for
 * @throws IncompleteClusterError if the Cluster was not defaulted
 */
export function controlPlaneSpec(
  cluster: Cluster,
  tunnel: TunnelStep = { use: wantedTunnel(cluster) },
): ControlPlaneSpec {
  const { spec } = cluster;
  const network = spec.clusterNetwork;
  const podCidrs = required("spec.clusterNetwork.pods.cidrBlocks", network?.pods?.cidrBlocks);
  const serviceCidrs = required("spec.clusterNetwork.services.cidrBlocks", network?.services?.cidrBlocks);
  const clusterId = cluster.metadata.name;
  if (!clusterId) throw new IncompleteClusterError("metadata.name", "the id of the cluster");
  return {
    clusterId,
    version: spec.version.replace(/^v/, ""),
    cloudProvider: spec.cloud?.providerName ?? "",
    cni: cniType(spec.cniPlugin?.type),
    podCidrs,
    serviceCidrs,
    dualStack: podCidrs.length > 1,
    nodeMaskIPv4: network?.nodeCidrMaskSizeIPv4 ?? defaultNodeMaskIPv4,
    nodeMaskIPv6: network?.nodeCidrMaskSizeIPv6 ?? defaultNodeMaskIPv6,
    apiServerServiceIp: nthAddress(parseCidr(serviceCidrs[0]), 1n),
    dnsDomain: network?.dnsDomain || "cluster.local",
    nodePortRange: spec.componentsOverride?.apiserver?.nodePortRange || DEFAULT_NODE_PORT_RANGE,
    tunnel,
    unavailableImages: (cluster.metadata.annotations?.[unavailableImagesAnnotation] ?? "").split(",").filter(Boolean),
  };
}

function cniType(type: CniType | undefined): CniType {
  if (type === undefined) throw new IncompleteClusterError("spec.cniPlugin.type", "canal, cilium or none");
  return type;
}

function required(field: string, cidrs: readonly string[] | undefined): [string, ...string[]] {
  const [first, ...others] = cidrs ?? [];
  if (first === undefined) throw new IncompleteClusterError(field, "at least one CIDR");
  return [first, ...others];
}
