import type { Content } from "./shared-content.ts";

/** `labelSelector` (`a=b`, `a`, `!a`) and `fieldSelector` (`metadata.name=x`), as far as Fairlead uses them. */
export function matcherOf(query: URLSearchParams): (object: Content) => boolean {
  const labels = termsOf(query.get("labelSelector"));
  const fields = termsOf(query.get("fieldSelector"));
  return ({ metadata }) =>
    labels.every((term) => holds(term, (label) => metadata.labels?.[label])) &&
    fields.every((term) => holds(term, (field) => (field === "metadata.name" ? metadata.name : metadata.namespace)));
}

function termsOf(selector: string | null): string[] {
  return selector ? selector.split(",") : [];
}

function holds(term: string, read: (key: string) => string | undefined): boolean {
  if (term.startsWith("!")) return read(term.slice(1)) === undefined;
  const [key = "", value] = term.split(/==?/);
  return value === undefined ? read(key) !== undefined : read(key) === value;
}
