import { minorNumber, parseVersion } from "./versions.ts";

/** From this Kubernetes on, kubelets may be three minor releases older than the API server, before that two. */
const wideSkewFrom = minorNumber("1.28");

/**
 * The kubelet versions that may not run under a control plane of that version (Kubernetes' version skew policy): newer
 * ones, and those that are too old. Each once, in the order given.
 */
export function incompatibleKubelets(kubelets: readonly string[], controlPlane: string): string[] {
  const own = minorNumber(controlPlane);
  const oldest = own - (own >= wideSkewFrom ? 3 : 2);
  return [...new Set(kubelets)].filter((kubelet) => {
    const minor = minorNumber(kubelet);
    // A node that has not reported yet runs nothing.
    return parseVersion(kubelet) !== undefined && (minor > own || minor < oldest);
  });
}
