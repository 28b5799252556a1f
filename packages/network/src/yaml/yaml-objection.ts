/** So many brackets may be open at once, and so many markers (`- `, `? `) may follow one another: reading takes the square of it. */
const deepest = 500;
/** Each alias is looked for in the whole document. */
const mostAliases = 500;

const markers = new RegExp(`(?:[-?:][ \\t]+){${deepest}}`);
const alias = /(?:^|[\s,[{])\*[^\s,*]/g;

/**
 * Why a YAML text of somebody else's is not read: the parser takes minutes for some texts of a few kilobytes, and holds up
 * everybody else meanwhile. Brackets in quotes count, too; no document has that many which do not close. Pure.
 * @param longest in characters
 */
export function yamlObjection(text: string, longest: number): string | undefined {
  if (text.length > longest) return `expected at most ${longest} characters`;
  let open = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === "[" || character === "{") open++;
    else if ((character === "]" || character === "}") && open > 0) open--;
    if (open > deepest) return `expected at most ${deepest} levels of brackets`;
  }
  if (markers.test(text)) return `expected at most ${deepest} levels of lists`;
  const aliases = text.match(alias)?.length ?? 0;
  return aliases > mostAliases ? `expected at most ${mostAliases} aliases` : undefined;
}
