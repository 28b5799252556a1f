import type { ApplicationInstallation } from "@fairlead/resources";

/** On an installation: JSON pointers (RFC 6901) of the Helm values that Fairlead manages, as a JSON list. */
export const managedValuesAnnotation = "fairlead.dev/managed-values";

/** On an installation while a change of its values is rolled out: the change and what it replaced, as JSON. */
export const valuesChangeRecordAnnotation = "fairlead.dev/values-change";

/** What the annotation says; nothing if it is broken. */
export function managedPointers(installation: ApplicationInstallation | undefined): string[] {
  const text = installation?.metadata.annotations?.[managedValuesAnnotation];
  if (!text) return [];
  try {
    const pointers: unknown = JSON.parse(text);
    return Array.isArray(pointers) ? pointers.filter((pointer) => typeof pointer === "string") : [];
  } catch {
    return [];
  }
}
