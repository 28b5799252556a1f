import { builtin } from "./builtin/builtin-types.ts";
import type { CustomResourceDefinition } from "./builtin/machinery.ts";
import type { KubeClient } from "./client/kube-client.ts";
import { forEachConcurrently } from "./concurrently.ts";
import { refOf } from "./objects.ts";
import { waitFor } from "./wait-for.ts";

const requestsAtOnce = 4;
const touchedAnnotation = "fairlead.dev/touched-to-establish";

/**
 * Has the API server establish definitions that it had accepted when it was killed. It establishes a definition when that
 * changes; one that was there at its start it takes up only with the next resync of its informers, after up to five minutes.
 * An annotation is a change.
 * @returns the names of those that waited
 */
export async function establishDefinitions(
  client: KubeClient,
  { fieldManager, signal }: { fieldManager: string; signal?: AbortSignal },
): Promise<string[]> {
  const { items } = await client.list(builtin.CustomResourceDefinition, { signal });
  const waiting = items.filter(isWaiting);
  const body = { metadata: { annotations: { [touchedAnnotation]: new Date().toISOString() } } };
  await forEachConcurrently(waiting, requestsAtOnce, async (definition) => {
    await client.mergePatch(builtin.CustomResourceDefinition, refOf(definition), body, { fieldManager, signal });
  });
  return waiting.map(({ metadata }) => metadata.name ?? "");
}

/** Until its kind is served. @throws TimeoutError; the signal's reason if aborted */
export async function waitEstablished(
  client: KubeClient,
  definition: CustomResourceDefinition,
  options: { timeoutMs?: number; signal?: AbortSignal | undefined } = {},
): Promise<void> {
  if (isEstablished(definition)) return;
  const ref = refOf(definition);
  const { signal } = options;
  await waitFor(async () => isEstablished(await client.get(builtin.CustomResourceDefinition, ref, { signal })), {
    what: `CustomResourceDefinition ${ref.name} to be established`,
    ...options,
  });
}

export function isEstablished({ status }: CustomResourceDefinition): boolean {
  return hasCondition(status, "Established");
}

function isWaiting(definition: CustomResourceDefinition): boolean {
  return hasCondition(definition.status, "NamesAccepted") && !isEstablished(definition);
}

function hasCondition(status: CustomResourceDefinition["status"], wanted: string): boolean {
  return status?.conditions?.some(({ type, status: value }) => type === wanted && value === "True") ?? false;
}
