const warning = /\d{3} \S+ "((?:[^"\\]|\\.)*)"/g;

/** The texts of `Warning:` headers (RFC 7234 5.5), of which `fetch` makes one: `299 - "a", 299 - "b"`. */
export function warningTexts(header: string | null): string[] {
  return [...(header ?? "").matchAll(warning)].map(([, text = ""]) => text.replaceAll(/\\(.)/g, "$1"));
}
