import { isNotFound, type KubeClient, type KubeObject, type ResourceType, refOf } from "@fairlead/kube";
import { mergeDiff } from "./merge-diff.ts";
import { FIELD_MANAGER } from "./names.ts";

/** Fails with Conflict if the object changed since it was read: a finalizer of somebody else must not get lost. */
export async function addFinalizer<T extends KubeObject>(
  client: KubeClient,
  type: ResourceType<T>,
  { object, finalizer, signal }: { object: T; finalizer: string; signal: AbortSignal },
): Promise<void> {
  const finalizers = [...(object.metadata.finalizers ?? []), finalizer];
  await patchMetadata(client, type, { object, metadata: { finalizers }, signal });
}

/** See {@link addFinalizer}. Done, too, if the object is gone: a cache tells of its end a moment later. */
export async function removeFinalizer<T extends KubeObject>(
  client: KubeClient,
  type: ResourceType<T>,
  { object, finalizer, signal }: { object: T; finalizer: string; signal: AbortSignal },
): Promise<void> {
  const finalizers = (object.metadata.finalizers ?? []).filter((other) => other !== finalizer);
  await patchMetadata(client, type, { object, metadata: { finalizers }, signal }).catch((error: unknown) => {
    if (!isNotFound(error)) throw error;
  });
}

async function patchMetadata<T extends KubeObject>(
  client: KubeClient,
  type: ResourceType<T>,
  { object, metadata, signal }: { object: T; metadata: object; signal: AbortSignal },
): Promise<void> {
  const body = { metadata: { ...metadata, resourceVersion: object.metadata.resourceVersion } };
  await client.mergePatch(type, refOf(object), body, { fieldManager: FIELD_MANAGER, signal });
}

/**
 * Writes what differs from the status that `object` has; nothing if all is so already. Null removes a field.
 * @returns what is stored then: `object` itself if nothing was written
 */
export async function writeStatus<T extends KubeObject & { status?: object | undefined }>(
  client: KubeClient,
  type: ResourceType<T>,
  { object, status, signal }: { object: T; status: object; signal: AbortSignal },
): Promise<T> {
  const patch = mergeDiff(object.status, status);
  if (!patch) return object;
  return await client.mergePatchStatus(type, refOf(object), { status: patch }, { fieldManager: FIELD_MANAGER, signal });
}
