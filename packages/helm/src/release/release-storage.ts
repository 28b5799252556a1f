import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import type { KubeClient, KubeObject } from "@fairlead/kube";
import { z } from "zod";
import { inputDigestLabel, inputRevisionLabel } from "./release-input.ts";

export type ReleaseStatus =
  | "deployed"
  | "superseded"
  | "failed"
  | "uninstalling"
  | "uninstalled"
  | "pending-install"
  | "pending-upgrade"
  | "pending-rollback"
  | "unknown";

/** What the labels of one `sh.helm.release.v1.<name>.v<revision>` Secret say. */
export interface ReleaseRevision {
  revision: number;
  status: ReleaseStatus;
  /** Milliseconds since the epoch, in whole seconds. When it was begun. */
  createdAtMs: number;
  /** The same. When helm wrote it last, as far as that is known: an upgrade copies the time of the revision before. */
  modifiedAtMs: number;
  /** Set if Fairlead made this very revision. */
  inputDigest?: string;
}

export interface ReleaseRef {
  name: string;
  namespace: string;
}

const statuses: readonly string[] = [
  "deployed",
  "superseded",
  "failed",
  "uninstalling",
  "uninstalled",
  "pending-install",
  "pending-upgrade",
  "pending-rollback",
] satisfies ReleaseStatus[];

/** All stored revisions, oldest first. Reads labels only: a revision's payload can be hundreds of kilobytes. */
export async function listRevisions(
  client: KubeClient,
  release: ReleaseRef,
  options: { signal?: AbortSignal } = {},
): Promise<ReleaseRevision[]> {
  const list = await client.request<{ items: KubeObject[] | null }>({
    method: "GET",
    path: `/api/v1/namespaces/${encodeURIComponent(release.namespace)}/secrets`,
    query: { labelSelector: `owner=helm,name=${release.name}` },
    headers: { accept: "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1" },
    signal: options.signal,
  });
  // The server prints an empty list of metadata as null.
  return (list.items ?? []).map(({ metadata }) => revisionFrom(metadata)).sort((a, b) => a.revision - b.revision);
}

export function revisionFrom({ labels = {}, creationTimestamp = "" }: KubeObject["metadata"]): ReleaseRevision {
  const createdAtMs = Date.parse(creationTimestamp) || 0;
  const revision = Number(labels.version);
  const status = labels.status ?? "";
  return {
    revision,
    status: isStatus(status) ? status : "unknown",
    createdAtMs,
    modifiedAtMs: Math.max(createdAtMs, Number(labels.modifiedAt ?? labels.createdAt ?? 0) * 1000),
    inputDigest: labels[inputRevisionLabel] === `${revision}` ? labels[inputDigestLabel] : undefined,
  };
}

function isStatus(text: string): text is ReleaseStatus {
  return statuses.includes(text);
}

const hook = z.object({
  name: z.string(),
  events: z.array(z.string()).default([]),
  last_run: z.object({ phase: z.string().optional() }).optional(),
});

const storedRelease = z.object({
  name: z.string(),
  version: z.number(),
  namespace: z.string(),
  info: z.object({
    first_deployed: z.string().optional(),
    last_deployed: z.string().optional(),
    deleted: z.string().optional(),
    description: z.string().optional(),
    status: z.string(),
    notes: z.string().optional(),
  }),
  chart: z.object({
    metadata: z.object({
      name: z.string(),
      version: z.string(),
      appVersion: z.string().optional(),
      annotations: z.record(z.string(), z.string()).optional(),
    }),
  }),
  config: z.record(z.string(), z.unknown()).nullish(),
  manifest: z.string().default(""),
  hooks: z.array(hook).nullish(),
});

/** A stored revision as helm wrote it. `config` holds the values that were given, without the chart's own. */
export type StoredRelease = z.infer<typeof storedRelease>;

/** @throws StatusError NotFound if there is no such revision */
export async function readRevision(
  client: KubeClient,
  release: ReleaseRef,
  options: { revision: number; signal?: AbortSignal },
): Promise<StoredRelease> {
  const name = `sh.helm.release.v1.${release.name}.v${options.revision}`;
  const secret = await client.request<{ data?: Record<string, string> }>({
    method: "GET",
    path: `/api/v1/namespaces/${encodeURIComponent(release.namespace)}/secrets/${encodeURIComponent(name)}`,
    signal: options.signal,
  });
  return decodeRelease(secret.data?.release ?? "");
}

const unzip = promisify(gunzip);

/** Of a revision unpacked. The Secret is its cluster's: whoever may write there must not be able to use up our memory. */
const largestRevision = 64 * 1024 * 1024;

/**
 * base64 of the Secret around base64 of helm around gzip around JSON.
 * @throws Error if it is something else, or larger than a revision is
 */
export async function decodeRelease(data: string): Promise<StoredRelease> {
  const zipped = Buffer.from(Buffer.from(data, "base64").toString("latin1"), "base64");
  const text = (await unzip(zipped, { maxOutputLength: largestRevision })).toString("utf8");
  return storedRelease.parse(JSON.parse(text));
}

/** Whether an install hook of this revision did not end well: such a release cannot be completed by an upgrade. */
export function hasUnfinishedInstallHook(release: StoredRelease): boolean {
  return (release.hooks ?? []).some(
    ({ events, last_run }) =>
      events.some((event) => event === "pre-install" || event === "post-install") && last_run?.phase !== "Succeeded",
  );
}
