import { isUpToDate, withAppliedHash } from "./apply-set/unchanged.ts";
import type { KubeClient } from "./client/kube-client.ts";
import type { ApplyOptions } from "./client/options.ts";
import { type KubeObject, refOf } from "./objects.ts";
import type { ResourceType } from "./resource-types.ts";

/**
 * Server-side apply of what is not as it was applied last: a read tells, which costs an API server a fraction of an apply that changes
 * nothing.
 * @param options.expectNew the read is left out, since there should be nothing to find
 * @returns the object as it is on the server
 */
export async function applyUnlessCurrent<T extends KubeObject>(
  client: KubeClient,
  type: ResourceType<T>,
  object: T,
  { expectNew = false, ...options }: ApplyOptions & { expectNew?: boolean },
): Promise<T> {
  const desired = withAppliedHash(object) as T;
  const live = expectNew ? undefined : await client.find(type, refOf(object), { signal: options.signal });
  return live && isUpToDate(desired, live) ? live : await client.apply(type, desired, options);
}
