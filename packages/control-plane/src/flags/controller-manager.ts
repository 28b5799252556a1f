import type { ControlPlaneSpec } from "../spec.ts";
import { formatArguments, type KeyPairFiles, minimumTlsVersion } from "./arguments.ts";

/** Where a kube-controller-manager or kube-scheduler serves its health and metrics. */
export interface ServingPlacement {
  bindAddress: string;
  securePort: number;
  serving: KeyPairFiles;
  /** Identity towards the API server; also used to check who asks for metrics. */
  kubeconfig: string;
  /** False with one replica that ends with its supervisor. */
  leaderElect: boolean;
}

export interface ControllerManagerPlacement extends ServingPlacement {
  rootCaFile: string;
  /** Signs certificate signing requests: the cluster's root. */
  signing: KeyPairFiles;
  serviceAccountPrivateKey: string;
  /** `--controllers`; absent: all that are on by default. */
  controllers?: readonly string[];
}

/** The management API runs no nodes: it has no network to hand out. */
export type ControllerManagerSpec = Pick<ControlPlaneSpec, "clusterId"> &
  (
    | { network: "none" }
    | ({ network: "cluster" } & Pick<
        ControlPlaneSpec,
        "cni" | "cloudProvider" | "podCidrs" | "serviceCidrs" | "dualStack" | "nodeMaskIPv4" | "nodeMaskIPv6"
      >)
  );

/** Arguments of kube-controller-manager. */
export function controllerManagerArguments(
  spec: ControllerManagerSpec,
  placement: ControllerManagerPlacement,
): string[] {
  return [
    ...formatArguments({
      "cluster-name": spec.clusterId,
      controllers: placement.controllers,
      ...servingFlags(placement),
      "root-ca-file": placement.rootCaFile,
      "cluster-signing-cert-file": placement.signing.cert,
      "cluster-signing-key-file": placement.signing.key,
      "service-account-private-key-file": placement.serviceAccountPrivateKey,
      "use-service-account-credentials": true,
    }),
    ...nodeIpamArguments(spec),
  ];
}

/**
 * Cilium assigns pod CIDRs itself (`ipam.mode=cluster-pool`), so kube-controller-manager must not (that is its default). With every other
 * CNI, None included, each node gets its share of the pods range.
 */
function nodeIpamArguments(spec: ControllerManagerSpec): string[] {
  if (spec.network === "none") return [];
  if (spec.cni === "cilium") return [];
  const singleFamilyMask = spec.podCidrs[0]?.includes(":") ? spec.nodeMaskIPv6 : spec.nodeMaskIPv4;
  return formatArguments({
    "allocate-node-cidrs": true,
    "cluster-cidr": spec.podCidrs,
    "service-cluster-ip-range": spec.serviceCidrs,
    "node-cidr-mask-size": spec.dualStack ? undefined : singleFamilyMask,
    "node-cidr-mask-size-ipv4": spec.dualStack ? spec.nodeMaskIPv4 : undefined,
    "node-cidr-mask-size-ipv6": spec.dualStack ? spec.nodeMaskIPv6 : undefined,
    "configure-cloud-routes": cloudRoutes(spec.cloudProvider),
  });
}

/** As KKP: only GCP routes pod CIDRs in its own network; these four would try to and must not. */
function cloudRoutes(provider: string): boolean | undefined {
  if (provider === "gcp") return true;
  return ["aws", "azure", "openstack", "vsphere"].includes(provider) ? false : undefined;
}

/** Flags that kube-controller-manager and kube-scheduler share. */
export function servingFlags(placement: ServingPlacement) {
  return {
    "bind-address": placement.bindAddress,
    "secure-port": placement.securePort,
    "tls-cert-file": placement.serving.cert,
    "tls-private-key-file": placement.serving.key,
    "tls-min-version": minimumTlsVersion,
    kubeconfig: placement.kubeconfig,
    "authentication-kubeconfig": placement.kubeconfig,
    "authorization-kubeconfig": placement.kubeconfig,
    "leader-elect": placement.leaderElect,
    profiling: false,
  };
}
