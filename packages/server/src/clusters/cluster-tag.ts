import { createHash } from "node:crypto";
import { canonicalJson } from "@fairlead/kube";
import type { ApiCluster } from "@fairlead/resources";
import { ApiError } from "../http/api-error.ts";

/**
 * Names what a PATCH can change of a cluster, as entity tag (RFC 9110, section 8.8.3). Its status is left out: a tag that changed
 * whenever a controller writes would call every edit outdated.
 */
export function clusterTag({ name, labels, annotations, spec }: ApiCluster): string {
  const text = canonicalJson({ name, labels, annotations, spec });
  return `"${createHash("sha256").update(text).digest("base64url").slice(0, 22)}"`;
}

/** @throws ApiError 412 if the cluster is another one than the client's `If-Match` names */
export function requireMatch(ifMatch: string | undefined, cluster: ApiCluster): void {
  if (ifMatch === undefined || ifMatch.trim() === "*") return;
  const accepted = ifMatch.split(",").map((tag) => tag.trim());
  const current = clusterTag(cluster);
  if (accepted.includes(current)) return;
  throw new ApiError(
    412,
    `cluster "${cluster.id}" was changed since it was read: read it again, its ETag is ${current} now; nothing of this request was stored`,
  );
}
