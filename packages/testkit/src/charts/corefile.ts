export interface CorefileEntry {
  /** Directive, or the names of a server block. */
  words: string[];
  block: CorefileEntry[];
}

/**
 * The structure of a Corefile: one entry a line, blocks in braces, comments from `#`. Directives are not interpreted.
 * @throws SyntaxError that names the line
 * @example parseCorefile(".:53 {\n  errors\n}") // [{ words: [".:53"], block: [{ words: ["errors"], block: [] }] }]
 */
export function parseCorefile(text: string): CorefileEntry[] {
  const root: CorefileEntry[] = [];
  const open: CorefileEntry[][] = [root];
  for (const [index, line] of text.split("\n").entries()) {
    const words = line.replace(/#.*$/, "").split(/\s+/).filter(Boolean);
    const [first] = words;
    if (first === undefined) continue;
    const current = open.at(-1);
    if (first === "}") {
      if (words.length > 1 || open.length === 1) throw new SyntaxError(`Corefile line ${index + 1}: unexpected "}"`);
      open.pop();
      continue;
    }
    const opens = words.at(-1) === "{";
    if (opens) words.pop();
    if (words.some((word) => /[{}]/.test(word))) throw new SyntaxError(`Corefile line ${index + 1}: misplaced brace`);
    const entry: CorefileEntry = { words, block: [] };
    current?.push(entry);
    if (opens) open.push(entry.block);
    else if (open.length === 1) throw new SyntaxError(`Corefile line ${index + 1}: "${first}" is outside of any zone`);
  }
  if (open.length > 1) throw new SyntaxError("Corefile: a block is not closed");
  return root;
}
