import { createHash } from "node:crypto";
import { canonicalJson } from "@fairlead/kube";
import type { ChartReference } from "../runner/chart-reference.ts";
import type { Values } from "../runner/helm-runner.ts";

/** Labels on helm's storage Secrets that tell what a revision was made of without reading the revision itself. */
export const inputDigestLabel = "fairlead.dev/input-digest";
/** Helm copies labels into later revisions, other people's too; a revision is ours only if this names it. */
export const inputRevisionLabel = "fairlead.dev/input-revision";

const digestLength = 40; // label values end at 63 characters

/** Digest of what decides a release's content: which chart, and the values in any key order. */
export function inputDigest(chartIdentity: string, values: Values): string {
  return createHash("sha256")
    .update(canonicalJson([chartIdentity, values]))
    .digest("hex")
    .slice(0, digestLength);
}

export function inputLabels(digest: string, revision: number): Record<string, string> {
  return { [inputDigestLabel]: digest, [inputRevisionLabel]: `${revision}` };
}

/**
 * What tells charts apart. An OCI chart is its digest if known, else its address; of a registry on loopback the port is
 * left out, since it is another one after each start. A chart in git is its commit. A local chart must say who it is: a path says nothing.
 */
export function identityOf(chart: ChartReference): string | undefined {
  switch (chart.kind) {
    case "path":
      return undefined;
    case "oci": {
      if (chart.digest) return chart.digest;
      const url = chart.url.replace(/^oci:\/\/(127\.0\.0\.1|\[::1\]|localhost):\d+\//, "oci://loopback/");
      return `${url}:${chart.version}`;
    }
    case "repository":
      return `${chart.url.replace(/\/+$/, "")}/${chart.name}:${chart.version}`;
    case "git":
      return `${chart.remote}//${chart.path ?? ""}@${chart.commit}`;
    default:
      return chart satisfies never;
  }
}
