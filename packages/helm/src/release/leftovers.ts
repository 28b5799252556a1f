import {
  isObjectNotFound,
  type KubeClient,
  type KubeObject,
  NoKindMatchError,
  type ObjectRef,
  type ResourceType,
} from "@fairlead/kube";
import { yamlObjection } from "@fairlead/network";
import type { Logger } from "pino";
import { parseManifests } from "../render/parse-manifests.ts";
import { HelmError } from "../runner/helm-error.ts";
import { type ReleaseRef, type ReleaseRevision, readRevision } from "./release-storage.ts";

/** In characters. What helm stores packed in a Secret of at most 1 MiB is rarely longer. */
const longestManifest = 8 * 1024 * 1024;

const keepPolicy = { annotation: "helm.sh/resource-policy", value: "keep" };

interface LeftoverContext {
  client: KubeClient;
  logger: Logger;
  signal?: AbortSignal | undefined;
}

/**
 * Deletes what interrupted operations of this release created and nobody would ever remove. Helm compares no more than two
 * revisions: a roll-back that is killed leaves a latest revision that no longer names what the failed one created, and an
 * uninstallation removes what the latest one names. So every other revision is compared with those that helm `looksAfter`
 * itself. Objects of other owners, and those with helm's policy `keep`, stay.
 */
export async function removeLeftovers(
  { client, logger, signal }: LeftoverContext,
  release: ReleaseRef,
  { revisions, looksAfter }: { revisions: readonly ReleaseRevision[]; looksAfter: readonly ReleaseRevision[] },
): Promise<void> {
  const cared = new Set(looksAfter);
  if (cared.size === revisions.length) return;
  const objectsOf = async ({ revision }: ReleaseRevision) => {
    const stored = await readRevision(client, release, { revision, signal });
    // It lies in the user cluster, where others may write, too.
    const objection = yamlObjection(stored.manifest, longestManifest);
    if (objection)
      throw new HelmError("unknown", `revision ${revision}: manifest: ${objection}`, { command: "history" });
    return parseManifests(release.name, stored.manifest, { uniqueKeys: false }).objects;
  };
  const wanted = new Set<string>();
  for (const revision of cared) {
    for (const object of await objectsOf(revision)) wanted.add(identity(object));
  }
  const candidates = new Map<string, KubeObject>();
  for (const revision of revisions) {
    if (cared.has(revision)) continue;
    for (const object of await objectsOf(revision)) {
      if (!wanted.has(identity(object))) candidates.set(identity(object), object);
    }
  }
  for (const object of candidates.values()) {
    const deleted = await deleteIfOurs(client, release, { object, signal });
    if (deleted)
      logger.info({ release: release.name, object: identity(object) }, "Removing what an interrupted operation left");
  }
}

async function deleteIfOurs(
  client: KubeClient,
  release: ReleaseRef,
  { object, signal }: { object: KubeObject; signal: AbortSignal | undefined },
): Promise<boolean> {
  const { apiVersion = "", kind = "" } = object;
  let type: ResourceType;
  try {
    type = await client.resourceFor(apiVersion, kind, { signal });
  } catch (error) {
    if (error instanceof NoKindMatchError) return false; // its CRD is gone, and so are its objects
    throw error;
  }
  const ref: ObjectRef = { name: object.metadata.name ?? "" };
  if (type.namespaced) ref.namespace = object.metadata.namespace ?? release.namespace;
  const live = await client.find(type, ref, { signal });
  if (!live || live.metadata.deletionTimestamp || !belongsTo(live, release)) return false;
  try {
    const preconditions = { uid: live.metadata.uid };
    await client.delete(type, ref, { propagationPolicy: "Background", preconditions, signal });
  } catch (error) {
    if (!isObjectNotFound(error)) throw error;
  }
  return true;
}

function belongsTo({ metadata }: KubeObject, release: ReleaseRef): boolean {
  const annotations = metadata.annotations ?? {};
  return (
    annotations["meta.helm.sh/release-name"] === release.name &&
    annotations["meta.helm.sh/release-namespace"] === release.namespace &&
    annotations[keepPolicy.annotation] !== keepPolicy.value
  );
}

/** Without the version: an object that a chart moves from `v1beta1` to `v1` is the same object. */
function identity({ apiVersion = "", kind = "", metadata }: KubeObject): string {
  const group = apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
  return [kind, group, metadata.namespace ?? "", metadata.name ?? ""].join("/");
}
