/**
 * The part of an `index.yaml` that is about one chart, as a small index, if the text is laid out as `helm repo index` does.
 * Undefined if not: then the whole has to be parsed.
 */
export function chartBlock(text: string, name: string): string | undefined {
  if (!/^entries:[ ]*$/m.test(text)) return undefined;
  const start = ["", '"', "'"].map((quote) => text.indexOf(`\n  ${quote}${name}${quote}:\n`)).find((at) => at >= 0);
  if (start === undefined) return undefined;
  const from = start + 1;
  const body = text.indexOf("\n", from) + 1;
  // The next line that is indented no deeper and does not continue the list.
  const next = /^(?: {0,2})[^\s-]/m.exec(text.slice(body));
  return `entries:\n${text.slice(from, next ? body + next.index : undefined)}`;
}
