/** What a chart's schema of its values says of a key. Pure: any JSON goes, what cannot be understood says nothing. */
import { isObject } from "@fairlead/network/rules";

export interface SchemaHint {
  key: string;
  /** `boolean`, `"tunnel" | "native"`. */
  type: string;
  description: string;
  /** Whether more keys are below it. */
  isMap: boolean;
}

type Json = Readonly<Record<string, unknown>>;

const deepest = 16;

/** The keys that may stand below a path, by name. */
export function keysBelow(schema: unknown, path: readonly string[]): SchemaHint[] {
  const hints = new Map<string, SchemaHint>();
  for (const node of nodesAt(schema, path)) {
    if (!isObject(node.properties)) continue;
    for (const key of Object.keys(node.properties)) {
      if (!hints.has(key)) hints.set(key, hintOf(schema, [...path, key], key));
    }
  }
  return [...hints.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** The schema of a document that has what `schema` describes at one of its keys. */
export function schemaAt(key: string, schema: unknown): unknown {
  const here = `#/properties/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
  const moved = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(moved);
    if (!isObject(node)) return node;
    return Object.fromEntries(
      Object.entries(node).map(([name, value]) =>
        name === "$ref" && typeof value === "string" ? [name, value.replace(/^#/, here)] : [name, moved(value)],
      ),
    );
  };
  return { properties: { [key]: moved(schema) } };
}

/** The values that a key may have, as YAML writes them; none where there are too many to say. */
export function valuesOfKey(schema: unknown, path: readonly string[]): string[] {
  const nodes = nodesAt(schema, path);
  const values = nodes.flatMap((node): unknown[] => {
    if (Array.isArray(node.enum)) return node.enum;
    if ("const" in node) return [node.const];
    return typesOf(node).includes("boolean") ? [true, false] : [];
  });
  return [...new Set(values.map((value) => JSON.stringify(value)))];
}

function hintOf(schema: unknown, path: readonly string[], key: string): SchemaHint {
  const nodes = nodesAt(schema, path);
  const types = new Set(
    nodes.flatMap((node) =>
      Array.isArray(node.enum) ? node.enum.map((value) => JSON.stringify(value)) : typesOf(node),
    ),
  );
  const described = nodes.find(({ description }) => typeof description === "string");
  return {
    key,
    type: [...types].join(" | "),
    description: typeof described?.description === "string" ? described.description : "",
    isMap: nodes.some(({ properties }) => isObject(properties)),
  };
}

/** Every schema that holds at a path: of alternatives each one. */
function nodesAt(schema: unknown, path: readonly string[]): Json[] {
  let nodes = expanded(schema, schema, 0);
  for (const key of path) {
    nodes = nodes.flatMap((node) => {
      const { properties, additionalProperties } = node;
      const next = isObject(properties) && Object.hasOwn(properties, key) ? properties[key] : additionalProperties;
      return expanded(schema, next, 0);
    });
  }
  return nodes;
}

function expanded(root: unknown, node: unknown, depth: number): Json[] {
  if (!isObject(node) || depth > deepest) return [];
  const { $ref, allOf, anyOf, oneOf } = node;
  const referred = typeof $ref === "string" ? [resolve(root, $ref)] : [];
  const alternatives = [allOf, anyOf, oneOf].flatMap((list) => (Array.isArray(list) ? list : []));
  return [node, ...[...referred, ...alternatives].flatMap((next) => expanded(root, next, depth + 1))];
}

/** `#/$defs/image`; references to elsewhere are not followed. */
function resolve(root: unknown, reference: string): unknown {
  if (!reference.startsWith("#")) return undefined;
  return reference
    .slice(1)
    .split("/")
    .filter((token) => token !== "")
    .map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce<unknown>((node, key) => (isObject(node) && Object.hasOwn(node, key) ? node[key] : undefined), root);
}

function typesOf({ type }: Json): string[] {
  return [type].flat().filter((one): one is string => typeof one === "string");
}
