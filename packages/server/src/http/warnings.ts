import type { FastifyReply } from "fastify";

/** Proxies and clients cut headers beyond some kilobytes; kube-apiserver keeps to the same sum. */
const mostBytes = 4096;

/** Adds `Warning: 299 - "text"` headers (RFC 7234 5.5, as Kubernetes sends them); drops what exceeds 4 KiB together. */
export function addWarnings(reply: FastifyReply, texts: readonly string[]): void {
  if (texts.length === 0) return;
  const before = reply.getHeader("warning");
  const headers = Array.isArray(before) ? [...before] : [];
  let bytes = headers.join().length;
  for (const text of texts) {
    const header = `299 - "${quotable(text)}"`;
    bytes += header.length;
    if (bytes > mostBytes) break;
    headers.push(header);
  }
  reply.header("warning", headers);
}

/** Header values are printable ASCII; quotes and backslashes are escaped. */
function quotable(text: string): string {
  return text
    .replaceAll(/["\\]/g, (character) => `\\${character}`)
    .replaceAll(/[^ -~]/gu, (character) => `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase()}`);
}
