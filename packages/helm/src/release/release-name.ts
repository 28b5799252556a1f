import { createHash } from "node:crypto";

const maxLength = 53; // helm's own limit

/**
 * Name of the helm release of an ApplicationInstallation, as KKP builds it: `kube-system-cilium`. A name that would be too
 * long keeps 43 characters of the installation's name and gets a digest of the namespace.
 */
export function releaseName(namespace: string, name: string): string {
  const full = `${namespace}-${name}`;
  if (full.length <= maxLength) return full;
  return `${name.slice(0, 43)}-${createHash("sha1").update(namespace).digest("hex").slice(0, 9)}`;
}
