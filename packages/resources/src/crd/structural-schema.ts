import { z } from "zod";

/** The part of OpenAPI v3 that a CustomResourceDefinition may use (KEP-2876 and the structural schema rules). */
export interface StructuralSchema {
  type?: string;
  format?: string;
  description?: string;
  properties?: Record<string, StructuralSchema>;
  additionalProperties?: StructuralSchema;
  items?: StructuralSchema;
  required?: string[];
  enum?: unknown[];
  default?: unknown;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  nullable?: boolean;
  "x-kubernetes-preserve-unknown-fields"?: true;
  "x-kubernetes-int-or-string"?: true;
  /** What field managers own as a whole. */
  "x-kubernetes-map-type"?: "atomic";
  /** In CEL. */
  "x-kubernetes-validations"?: { rule: string; message: string }[];
}

/** Turns a zod schema into a structural schema: what the API server stores is what the zod type says. */
export function structuralSchema(schema: z.ZodType): StructuralSchema {
  const json = z.toJSONSchema(schema, { target: "openapi-3.0", io: "input", reused: "inline" });
  return structural(json as JsonSchema);
}

type JsonSchema = Omit<StructuralSchema, "properties" | "additionalProperties" | "items"> & {
  properties?: Record<string, JsonSchema>;
  additionalProperties?: JsonSchema | boolean;
  items?: JsonSchema;
};

function structural(json: JsonSchema): StructuralSchema {
  if (json["x-kubernetes-int-or-string"]) {
    // zod writes anyOf here, which the API server allows only in one exact form.
    return { ...described(json), "x-kubernetes-int-or-string": true };
  }
  const { properties, additionalProperties, items, minimum, maximum, pattern, ...rest } = json;
  const out: StructuralSchema = { ...rest };
  // zod bounds every integer by what a JavaScript number can hold and every date-time by a pattern; "format" says it all.
  if (minimum !== undefined && !isNumberBound(minimum)) out.minimum = minimum;
  if (maximum !== undefined && !isNumberBound(maximum)) out.maximum = maximum;
  if (pattern !== undefined && json.format !== "date-time") out.pattern = pattern;
  if (items) out.items = structural(items);
  if (properties && Object.keys(properties).length > 0) {
    out.properties = Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, structural(value)]));
  }
  if (isOpen(additionalProperties)) out["x-kubernetes-preserve-unknown-fields"] = true;
  else if (typeof additionalProperties === "object") out.additionalProperties = structural(additionalProperties);
  return out;
}

function described(json: JsonSchema): StructuralSchema {
  return json.description === undefined ? {} : { description: json.description };
}

function isNumberBound(value: number): boolean {
  return Math.abs(value) === Number.MAX_SAFE_INTEGER || value === 2 ** 31 - 1 || value === -(2 ** 31);
}

function isOpen(additionalProperties: JsonSchema | boolean | undefined): boolean {
  return typeof additionalProperties === "object" && Object.keys(additionalProperties).length === 0;
}
