import { isMap, parseDocument, Scalar, visit } from "yaml";

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

/**
 * YAML text as Helm values. A reference that stands alone and without quotes is read as text, as KKP's users write it.
 * @throws ValuesBlockError
 */
export function parseValuesBlock(text: string): HelmValues {
  const document = parseDocument(text, { prettyErrors: true });
  const [error] = document.errors;
  if (error) {
    const hint = text.includes("{{") ? '; text that holds {{ … }} has to stand in quotes ("…")' : "";
    throw new ValuesBlockError(`${error.message.split("\n")[0]?.replace(/:$/, "")}${hint}`, { cause: error });
  }
  visit(document, {
    Map(_key, node) {
      const source = node.range ? text.slice(node.range[0], node.range[1]) : "";
      return node.flow && bareReference.test(source) ? new Scalar(source) : undefined;
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
