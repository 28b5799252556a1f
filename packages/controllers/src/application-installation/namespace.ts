import { builtin, isAlreadyExists, type KubeClient } from "@fairlead/kube";
import type { ApplicationInstallation } from "@fairlead/resources";
import { mergeDiff } from "../merge-diff.ts";
import { FIELD_MANAGER } from "../names.ts";

/** Makes the namespace that an application asks for, with its labels and annotations; others on it stay. */
export async function ensureNamespace(
  client: KubeClient,
  { name, create, labels, annotations }: ApplicationInstallation["spec"]["namespace"],
  signal: AbortSignal,
): Promise<void> {
  if (!create) return;
  const metadata = { name, ...(labels ? { labels } : {}), ...(annotations ? { annotations } : {}) };
  const options = { fieldManager: FIELD_MANAGER, signal };
  const existing = await client.find(builtin.Namespace, { name }, { signal });
  if (!existing) {
    try {
      await client.create(builtin.Namespace, { metadata }, options);
      return;
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
    }
  }
  const patch = mergeDiff(existing ?? {}, { metadata });
  if (patch) await client.mergePatch(builtin.Namespace, { name }, patch, options);
}
