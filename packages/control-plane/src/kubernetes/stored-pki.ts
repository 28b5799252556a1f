import { isDeepStrictEqual } from "node:util";
import { builtin, type KubeClient } from "@fairlead/kube";
import { completePki, type PkiFiles, type PkiPlan } from "../pki/pki.ts";
import { type Placed, secret } from "./manifests/pod.ts";

/** Holds all keys, those of the authorities too. No pod mounts it: each gets a Secret with what it needs. */
const name = "pki";

/**
 * Completes the Secret that a control plane's certificates are kept in. Writes only if something is missing or near its
 * end, and never over somebody else's write: two that begin at once must not each hand out an authority.
 * @throws StatusError Conflict or AlreadyExists if somebody else was faster; try again
 */
export async function completeStoredPki(
  client: KubeClient,
  plan: PkiPlan,
  { placed, fieldManager, signal }: { placed: Placed; fieldManager: string; signal: AbortSignal },
): Promise<PkiFiles> {
  const stored = await client.find(builtin.Secret, { name, namespace: placed.namespace }, { signal });
  const files = Object.fromEntries(
    Object.entries(stored?.data ?? {}).map(([file, text]) => [file, Buffer.from(text, "base64").toString("utf8")]),
  );
  const completed = await completePki(plan, files, new Date());
  if (isDeepStrictEqual(files, completed)) return completed;
  const object = secret(placed, name, completed);
  if (!stored) {
    await client.create(builtin.Secret, object, { fieldManager, signal });
    return completed;
  }
  const { resourceVersion } = stored.metadata;
  await client.replace(
    builtin.Secret,
    { ...object, metadata: { ...object.metadata, ...(resourceVersion ? { resourceVersion } : {}) } },
    { fieldManager, signal },
  );
  return completed;
}
