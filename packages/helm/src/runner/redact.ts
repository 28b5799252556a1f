const replacement = "[redacted]";

const patterns: readonly (readonly [RegExp, string])[] = [
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@"']+@/gi, `$1${replacement}@`],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{8,}/g, `$1 ${replacement}`],
  [/\b(password|token|secret)(=|: ?)[^\s"',;]+/gi, `$1$2${replacement}`],
];

/** Takes out the given secrets, and what looks like credentials: user info of URLs, authorization headers, `password=`. */
export function redact(text: string, secrets: readonly string[] = []): string {
  let safe = text;
  for (const secret of secrets) {
    if (secret.length >= 4) safe = safe.replaceAll(secret, replacement);
  }
  for (const [pattern, substitute] of patterns) safe = safe.replace(pattern, substitute);
  return safe;
}
