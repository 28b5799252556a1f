import { createHash } from "node:crypto";
import { builtin } from "../builtin/builtin-types.ts";
import type { ConfigMap } from "../builtin/core.ts";
import type { KubeClient } from "../client/kube-client.ts";
import type { ObjectRef } from "../objects.ts";

/** Labels and annotations of KEP-3659. */
export const partOfLabel = "applyset.kubernetes.io/part-of";
export const idLabel = "applyset.kubernetes.io/id";
const toolingAnnotation = "applyset.kubernetes.io/tooling";
export const groupKindsAnnotation = "applyset.kubernetes.io/contains-group-kinds";
export const namespacesAnnotation = "applyset.kubernetes.io/additional-namespaces";
/** Hash of the objects that the set was last made to be; only of sets whose drift is ignored. */
const contentsAnnotation = "fairlead.dev/applyset-contents";

/** `name/version` */
export const defaultTooling = "fairlead/v1";

/** ConfigMap that stands for the set. */
export interface ApplySetParent {
  name: string;
  namespace: string;
}

/** What of the set the parent records. */
export interface ApplySetScope {
  /** `Deployment.apps`, `Pod`, … */
  groupKinds: ReadonlySet<string>;
  /** Others than the parent's. */
  namespaces: ReadonlySet<string>;
}

/** The id that KEP-3659 prescribes: a set is known by its parent's name, namespace and kind. */
export function applySetId({ name, namespace }: ApplySetParent): string {
  const key = `${name}.${namespace}.ConfigMap.`;
  const known = ids.get(key);
  if (known !== undefined) return known;
  const id = `applyset-${createHash("sha256").update(key).digest("base64url")}-v1`;
  if (ids.size < mostIds) ids.set(key, id);
  return id;
}

/** Every cluster has sets of the same names. */
const ids = new Map<string, string>();
const mostIds = 1000;

export interface ParentState {
  exists: boolean;
  scope: ApplySetScope;
  contents: string | undefined;
}

/** @throws Error if another tool owns the set */
export async function readParent(
  client: KubeClient,
  parent: ApplySetParent,
  options: { tooling: string; signal?: AbortSignal },
): Promise<ParentState> {
  const found = await client.find(builtin.ConfigMap, parent, { signal: options.signal });
  const owner = otherOwner(found, options.tooling);
  if (owner) {
    throw new Error(
      `ConfigMap ${parent.namespace}/${parent.name} is the ApplySet of ${owner}: ` +
        `metadata.annotations["${toolingAnnotation}"] must name ${toolName(options.tooling)}`,
    );
  }
  return parentState(parent, found);
}

/** The `name/version` of another tool that has named itself as the owner of the set. */
export function otherOwner(found: ConfigMap | undefined, tooling: string): string | undefined {
  const owner = found?.metadata.annotations?.[toolingAnnotation];
  return owner && toolName(owner) !== toolName(tooling) ? owner : undefined;
}

/** @param found its ConfigMap as it is on the server */
export function parentState(parent: ApplySetParent, found: ConfigMap | undefined): ParentState {
  const annotations = found?.metadata.annotations ?? {};
  return {
    exists: found?.metadata.labels?.[idLabel] === applySetId(parent),
    scope: {
      groupKinds: splitList(annotations[groupKindsAnnotation]),
      namespaces: splitList(annotations[namespacesAnnotation]),
    },
    contents: annotations[contentsAnnotation],
  };
}

export async function writeParent(
  client: KubeClient,
  parent: ApplySetParent,
  options: {
    scope: ApplySetScope;
    contents?: string | undefined;
    tooling: string;
    fieldManager: string;
    signal?: AbortSignal;
  },
): Promise<void> {
  const { scope, contents, tooling, fieldManager, signal } = options;
  const ref: ObjectRef = { name: parent.name, namespace: parent.namespace };
  const object: ConfigMap = {
    metadata: {
      ...ref,
      labels: { [idLabel]: applySetId(parent) },
      annotations: {
        [toolingAnnotation]: tooling,
        [groupKindsAnnotation]: joinList(scope.groupKinds),
        [namespacesAnnotation]: joinList(scope.namespaces),
        ...(contents === undefined ? {} : { [contentsAnnotation]: contents }),
      },
    },
  };
  await client.apply(builtin.ConfigMap, object, { fieldManager: `${fieldManager}-applyset`, force: true, signal });
}

export function sameScope(one: ApplySetScope, other: ApplySetScope): boolean {
  return sameSet(one.groupKinds, other.groupKinds) && sameSet(one.namespaces, other.namespaces);
}

export function unionScope(one: ApplySetScope, other: ApplySetScope): ApplySetScope {
  return {
    groupKinds: new Set([...one.groupKinds, ...other.groupKinds]),
    namespaces: new Set([...one.namespaces, ...other.namespaces]),
  };
}

function sameSet(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return one.size === other.size && [...one].every((entry) => other.has(entry));
}

function toolName(tooling: string): string {
  return tooling.replace(/\/[^/]*$/, "");
}

function splitList(text: string | undefined): Set<string> {
  return new Set((text ?? "").split(",").filter((entry) => entry !== ""));
}

function joinList(entries: ReadonlySet<string>): string {
  return [...entries].sort().join(",");
}
