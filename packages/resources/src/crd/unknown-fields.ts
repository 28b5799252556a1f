import type { StructuralSchema } from "./structural-schema.ts";

/**
 * JSON paths of the fields that a schema does not know: those that the Kubernetes API server would prune, found by its
 * rules. Goes down into a value only where its type fits; a wrong type is for validation to report.
 */
export function unknownFields(schema: StructuralSchema, value: unknown, path = ""): string[] {
  if (Array.isArray(value)) {
    const { items } = schema;
    return items ? value.flatMap((item, index) => unknownFields(items, item, `${path}[${index}]`)) : [];
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, field]) => {
    const fieldPath = path === "" ? name : `${path}.${name}`;
    const known = ownSchema(schema, name);
    if (known) return unknownFields(known, field, fieldPath);
    return schema["x-kubernetes-preserve-unknown-fields"] || takesAnything(schema) ? [] : [fieldPath];
  });
}

function ownSchema(schema: StructuralSchema, name: string): StructuralSchema | undefined {
  if (schema.properties && Object.hasOwn(schema.properties, name)) return schema.properties[name];
  return schema.additionalProperties;
}

/** A scalar where an object was sent is a wrong type, not an unknown field. */
function takesAnything(schema: StructuralSchema): boolean {
  return schema.type !== "object";
}
