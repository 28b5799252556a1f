import {
  builtin,
  type CustomResourceDefinition,
  defineResource,
  type KubeClient,
  type KubeObject,
} from "@fairlead/kube";
import type { Addon } from "@fairlead/resources";

/** Annotation of an Addon: `"true"` lets its removal delete definitions with all objects that users made of them. */
const DELETE_USER_DATA_ANNOTATION = "fairlead.dev/delete-user-data";

export function deletesUserData({ metadata }: Addon): boolean {
  return metadata.annotations?.[DELETE_USER_DATA_ANNOTATION] === "true";
}

/** Whether deleting `object` would delete others with it: a definition of which there are objects. */
export async function holdsUserData(client: KubeClient, object: KubeObject, signal: AbortSignal): Promise<boolean> {
  if (!isDefinition(object)) return false;
  const { group, names, scope, versions } = object.spec;
  const served = versions.find((version) => version.served);
  if (!served) return true; // Nobody can tell.
  const { kind, plural } = names;
  const type = defineResource({ group, version: served.name, kind, plural, namespaced: scope === "Namespaced" });
  for await (const page of client.pages(type, { limit: 1, signal })) return page.items.length > 0;
  return false;
}

function isDefinition(object: KubeObject): object is CustomResourceDefinition {
  return (
    object.apiVersion === builtin.CustomResourceDefinition.apiVersion && object.kind === "CustomResourceDefinition"
  );
}
