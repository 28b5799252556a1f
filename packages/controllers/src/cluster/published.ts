/**
 * What the cluster controller has written beside a Cluster, as far as it has to be known whether it is still there. Pure.
 * @module
 */
import { hash } from "node:crypto";
import type { Secret } from "@fairlead/kube";

/** Of a cluster's namespace: its id. */
export const clusterLabel = "fairlead.dev/cluster";

/** Keeps of a Secret only which kubeconfig it holds: thousands of private keys have no business in memory. */
export function digestOnly({ metadata, data }: Secret): Secret {
  return { metadata, data: { kubeconfig: digest(data?.kubeconfig ?? "") } };
}

/** @param kubeconfig in base64 */
export function isPublished(secret: Secret | undefined, kubeconfig: string): boolean {
  return secret?.data?.kubeconfig === digest(kubeconfig);
}

function digest(text: string): string {
  return hash("sha256", text, "base64url");
}
