/** Puts an edit of a YAML text on top of what others have made of it. Pure. */
import { helmPath, leaves, tokensOf } from "@fairlead/network/rules";
import { Document, isAlias, isMap, parseDocument, visit } from "yaml";
import { readYaml } from "./yaml-positions.ts";

type Values = Record<string, unknown>;

/**
 * The user's text with every change of others that is beside their own; where both have changed a key, the user's holds.
 * Lists are compared as a whole. `theirs` names every key that others have changed, dots between its parts.
 * @param newer what is there now
 * @param edit `before`: what the edit was made from; `mine`: what was made of it, comments included
 */
export function onTopOf(newer: string, { before, mine }: { before: string; mine: string }) {
  const [old, now, own] = [valuesOf(before), valuesOf(newer), valuesOf(mine)];
  const theirs = changes(old, now);
  const held = changes(old, own);
  const document = editable(mine, own);
  const taken = theirs.filter((pointer) => !held.some((mineToo) => overlaps(pointer, mineToo)));
  const values = leaves(now);
  for (const pointer of taken) if (!values.has(pointer)) remove(document, tokensOf(pointer), now);
  for (const pointer of taken) if (values.has(pointer)) document.setIn(tokensOf(pointer), values.get(pointer));
  return {
    text: taken.length > 0 ? document.toString({ lineWidth: 0 }) : mine,
    theirs: theirs.map(helmPath),
  };
}

function valuesOf(text: string): Values {
  return readYaml(text).values ?? {};
}

/** Pointers of the leaves that differ, sorted. */
function changes(from: Values, to: Values): string[] {
  const [before, after] = [leaves(from), leaves(to)];
  const same = (pointer: string) =>
    before.has(pointer) === after.has(pointer) &&
    JSON.stringify(before.get(pointer)) === JSON.stringify(after.get(pointer));
  return [...new Set([...before.keys(), ...after.keys()])].filter((pointer) => !same(pointer)).sort();
}

function overlaps(a: string, b: string): boolean {
  return a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`);
}

/** With its comments, unless keys refer to each other: a change of one would be one of the other, too. */
function editable(text: string, values: Values): Document {
  const document = parseDocument(text);
  let refers = false;
  visit(document, (_key, node) => {
    refers ||= isAlias(node);
  });
  return refers ? new Document(values, { aliasDuplicateObjects: false }) : document;
}

/** With the maps that are empty then, unless they are there now. */
function remove(document: Document, tokens: readonly string[], now: Values): void {
  document.deleteIn(tokens);
  const parent = tokens.slice(0, -1);
  const left = parent.length > 0 ? document.getIn(parent) : undefined;
  if (isMap(left) && left.items.length === 0 && !isThere(now, parent)) remove(document, parent, now);
}

function isThere(values: Values, tokens: readonly string[]): boolean {
  let value: unknown = values;
  for (const token of tokens)
    value = typeof value === "object" && value !== null ? (value as Values)[token] : undefined;
  return value !== undefined;
}
