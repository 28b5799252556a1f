import { yamlObjection } from "@fairlead/network/rules";
import { isMap, isScalar, parseDocument, Scalar, visit, type YAMLMap } from "yaml";

/** Helm values: a YAML or JSON object. */
export type HelmValues = { [key: string]: unknown };

/** Helm values as KKP's resources hold them: as an object, or as YAML text. */
export interface ValuesFields {
  values?: HelmValues | undefined;
  valuesBlock?: string | undefined;
}

/** A values block that is no YAML object; the message says where and why. */
export class ValuesBlockError extends Error {
  override readonly name = "ValuesBlockError";
}

/**
 * The values, from wherever they stand. Text wins over an object, since KKP's clients send `values: {}` beside it.
 * @throws ValuesBlockError
 */
export function helmValues({ values, valuesBlock }: ValuesFields): HelmValues {
  return isBlank(valuesBlock) ? (values ?? {}) : parseValuesBlock(valuesBlock);
}

export function isBlank(text: string | undefined): text is undefined {
  return text === undefined || text.trim() === "";
}

/** `{{ .Cluster.Name }}` without quotes: to YAML a mapping in a mapping, to KKP's users a reference. */
const bareReference = /^\{\{\s*\.[\w.]+\s*\}\}$/;
const mostAliases = 100; // the library's own bound against documents that grow without end
/** Reading YAML takes seconds for a megabyte, and holds up everybody else meanwhile. */
const longestBlock = 256 * 1024;

/**
 * YAML text as Helm values. A reference that stands alone and without quotes is read as text, as KKP's users write it.
 * @throws ValuesBlockError
 */
export function parseValuesBlock(text: string): HelmValues {
  const objection = yamlObjection(text, longestBlock);
  if (objection) throw new ValuesBlockError(objection);
  // That keys are unique the library finds out by comparing each with each.
  const document = parseDocument(text, { prettyErrors: true, uniqueKeys: false });
  const [error] = document.errors;
  if (error) {
    const hint = text.includes("{{") ? '; text that holds {{ … }} has to stand in quotes ("…")' : "";
    throw new ValuesBlockError(`${error.message.split("\n")[0]?.replace(/:$/, "")}${hint}`, { cause: error });
  }
  visit(document, {
    Map(_key, node) {
      const source = node.range ? text.slice(node.range[0], node.range[1]) : "";
      if (node.flow && bareReference.test(source)) return new Scalar(source);
      requireUniqueKeys(node);
      return undefined;
    },
  });
  if (document.contents !== null && !isMap(document.contents)) {
    throw new ValuesBlockError("expected a YAML object, such as `replicas: 2`");
  }
  try {
    return (document.toJS({ maxAliasCount: mostAliases }) as HelmValues | null) ?? {};
  } catch (cause) {
    throw new ValuesBlockError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** @throws ValuesBlockError */
function requireUniqueKeys({ items }: YAMLMap): void {
  const seen = new Set<unknown>();
  for (const { key } of items) {
    const name = isScalar(key) ? key.value : key;
    if (seen.has(name)) throw new ValuesBlockError(`keys must be unique: ${JSON.stringify(name)} stands there twice`);
    seen.add(name);
  }
}
