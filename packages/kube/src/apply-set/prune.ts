import type { KubeClient } from "../client/kube-client.ts";
import { forEachConcurrently } from "../concurrently.ts";
import { type KubeObject, refOf } from "../objects.ts";
import { isConflict, isObjectNotFound } from "../status-error.ts";
import { waitFor } from "../wait-for.ts";
import type { ApplySetFailure } from "./apply-set-error.ts";
import { isHelmOwned, type Member, requestsAtOnce } from "./members.ts";
import { partOfLabel } from "./parent.ts";
import { phaseOf, pruneOrder } from "./phases.ts";

export interface PruneOptions {
  fieldManager: string;
  /** Objects that stay: they leave the set and are nobody's from then on. Asked once for each that is to go. */
  keep?: (object: KubeObject) => boolean | Promise<boolean>;
  signal?: AbortSignal;
  /** How long to wait for custom resources to be gone before their definitions go; default 30,000. */
  goneTimeoutMs?: number;
}

export interface PruneResult {
  pruned: Member[];
  /** No longer members, and still there. */
  kept: Member[];
  /** Still members, because a helm release owns them. */
  left: Member[];
  failures: ApplySetFailure[];
}

/** Deletes members in `pruneOrder`. Custom resources that do not go keep their definitions. */
export async function pruneMembers(
  client: KubeClient,
  members: readonly Member[],
  options: PruneOptions,
): Promise<PruneResult> {
  const result: PruneResult = { pruned: [], kept: [], left: [], failures: [] };
  const doomed: Member[] = [];
  for (const member of members) (isHelmOwned(member.object) ? result.left : doomed).push(member);
  for (const phase of pruneOrder) {
    if (phase === "definitions" && result.failures.some((failure) => isCustom(failure, doomed))) continue;
    const due = doomed.filter((member) => phaseOf(member.groupKind) === phase);
    await forEachConcurrently(due, requestsAtOnce, async (member) => {
      try {
        const stays = (await options.keep?.(member.object)) ?? false;
        await (stays ? release(client, member, options) : pruneOne(client, member, options));
        (stays ? result.kept : result.pruned).push(member);
      } catch (error) {
        options.signal?.throwIfAborted();
        result.failures.push({ object: member.object, action: "prune", error });
      }
    });
  }
  return result;
}

function isCustom(failure: ApplySetFailure, members: readonly Member[]): boolean {
  const member = members.find(({ object }) => object === failure.object);
  return member !== undefined && phaseOf(member.groupKind) === "custom";
}

async function release(client: KubeClient, { type, object }: Member, options: PruneOptions): Promise<void> {
  const { fieldManager, signal } = options;
  try {
    const body = { metadata: { labels: { [partOfLabel]: null } } };
    await client.mergePatch(type, refOf(object), body, { fieldManager, signal });
  } catch (error) {
    if (!isObjectNotFound(error)) throw error;
  }
}

async function pruneOne(client: KubeClient, member: Member, options: PruneOptions): Promise<void> {
  const { type, object, groupKind } = member;
  const { signal, goneTimeoutMs = 30_000 } = options;
  const ref = refOf(object);
  const { uid } = object.metadata;
  try {
    await client.delete(type, ref, { propagationPolicy: "Background", preconditions: { uid }, signal });
  } catch (error) {
    if (isObjectNotFound(error) || isConflict(error)) return; // gone, or another object by now
    throw error;
  }
  if (phaseOf(groupKind) !== "custom") return;
  await waitFor(() => isGone(client, member, signal), { what: "its finalizers", timeoutMs: goneTimeoutMs, signal });
}

async function isGone(client: KubeClient, { type, object }: Member, signal?: AbortSignal): Promise<boolean> {
  try {
    return (await client.get(type, refOf(object), { signal })).metadata.uid !== object.metadata.uid;
  } catch (error) {
    if (isObjectNotFound(error)) return true;
    throw error;
  }
}
