/**
 * Texts of `Warning:` headers (RFC 7234 section 5.5). Kubernetes sends `299 - "text"`, one header a warning, or
 * several joined by commas.
 */
export function parseWarnings(header: string | string[] | undefined): string[] {
  if (header === undefined) return [];
  const values = Array.isArray(header) ? header : [header];
  return values.flatMap((value) =>
    [...value.matchAll(/\d{3} \S+ "((?:[^"\\]|\\.)*)"/g)].map((match) => unquote(match)),
  );
}

function unquote(match: RegExpExecArray): string {
  return (match[1] ?? "").replace(/\\(.)/g, "$1");
}
