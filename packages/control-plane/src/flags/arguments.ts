/**
 * Formats `--name=value` arguments in the order given. A list is joined by commas, a field that is undefined is left
 * out, so that a rule "only with X" is one expression at the place where the flag is named.
 */
export function formatArguments(
  flags: Record<string, string | number | boolean | readonly string[] | undefined>,
): string[] {
  return Object.entries(flags).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}=${typeof value === "object" ? value.join(",") : value}`],
  );
}

/** A certificate and its private key, as paths of PEM files. */
export interface KeyPairFiles {
  cert: string;
  key: string;
}

/** TLS 1.2 is the floor everywhere: Go allows only forward-secret AEAD suites by default from there on. */
export const minimumTlsVersion = "VersionTLS12";
