import type {
  ApiApplicationDefinition,
  ApiApplicationDefinitionListItem,
  ApplicationDefinition,
  ApplicationDefinitionRequest,
} from "@fairlead/resources";
import type { JsonObject } from "../http/json-body.ts";
import { zeroTime } from "../http/time.ts";

/** An ApplicationDefinition in KKP's shape. */
export function toApiApplicationDefinition({ metadata, spec }: ApplicationDefinition): ApiApplicationDefinition {
  const { name = "", annotations, creationTimestamp = zeroTime, deletionTimestamp, labels } = metadata;
  return {
    name,
    creationTimestamp,
    ...(deletionTimestamp ? { deletionTimestamp } : {}),
    ...(isFilled(annotations) ? { annotations } : {}),
    ...(isFilled(labels) ? { labels } : {}),
    spec,
  };
}

export function toListItem({ metadata, spec }: ApplicationDefinition): ApiApplicationDefinitionListItem {
  const { name = "", labels } = metadata;
  return { name, spec: { description: spec.description, ...(isFilled(labels) ? { labels } : {}) } };
}

/** The stored object, with what the request says: a PUT replaces the spec, and labels and annotations if it has them. */
export function toApplicationDefinition(
  { annotations, labels, spec }: ApplicationDefinitionRequest,
  stored: ApplicationDefinition["metadata"],
): ApplicationDefinition {
  return {
    metadata: { ...stored, ...(annotations ? { annotations } : {}), ...(labels ? { labels } : {}) },
    spec,
  };
}

/** What a PUT can change, which its tag is made of. */
export function editablePart({ metadata: { annotations = {}, labels = {} }, spec }: ApplicationDefinition): object {
  return { annotations, labels, spec };
}

/** KKP's generated Go client writes `Spec`, which Go reads like `spec`. */
export function withLowerCaseSpec({ Spec, ...body }: JsonObject): JsonObject {
  return Spec === undefined || body.spec !== undefined
    ? { ...body, ...(Spec === undefined ? {} : { Spec }) }
    : { ...body, spec: Spec };
}

function isFilled(map: Record<string, string> | undefined): map is Record<string, string> {
  return map !== undefined && Object.keys(map).length > 0;
}
