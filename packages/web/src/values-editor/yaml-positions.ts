/** Where keys stand in a YAML text. Pure. */
import { pointerOf } from "@fairlead/network/rules";
import { type Document, isMap, isScalar, isSeq, LineCounter, parseDocument, type YAMLMap } from "yaml";

export interface YamlProblem {
  from: number;
  to: number;
  message: string;
}

export interface ReadYaml {
  /** Undefined if the text is no YAML, or holds anything but a map. */
  values: Record<string, unknown> | undefined;
  problems: YamlProblem[];
  /** By JSON pointer: from the key to the end of its value. Of what can be read. */
  positions: ReadonlyMap<string, { from: number; to: number }>;
}

/** Reads Helm values. An empty text is an empty map. */
export function readYaml(text: string): ReadYaml {
  const document = parseDocument(text, {
    lineCounter: new LineCounter(),
    prettyErrors: true,
    maxAliasCount: 0,
  } as never);
  const positions = positionsOf(document);
  const problems = document.errors.map(({ message, pos: [from, to] }) => ({
    from: Math.min(from, text.length),
    to: Math.min(Math.max(to, from + 1), text.length),
    message: message.split("\n", 1)[0] ?? message,
  }));
  if (problems.length > 0) return { values: undefined, problems, positions };
  try {
    const values: unknown = document.toJS({ maxAliasCount: 100 });
    if (values === null || values === undefined) return { values: {}, problems, positions };
    if (isMap(document.contents)) return { values: values as Record<string, unknown>, problems, positions };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { values: undefined, problems: [{ from: 0, to: text.length, message }], positions };
  }
  const message = "expected names and values, like replicas: 2";
  return { values: undefined, problems: [{ from: 0, to: text.length, message }], positions };
}

function positionsOf({ contents }: Document): ReadYaml["positions"] {
  const found = new Map<string, { from: number; to: number }>();
  if (isMap(contents)) visit(contents, [], found);
  return found;
}

function visit(map: YAMLMap, path: readonly string[], found: Map<string, { from: number; to: number }>): void {
  for (const { key, value } of map.items) {
    if (!isScalar(key) || !key.range) continue;
    const here = [...path, String(key.value)];
    const end = isScalar(value) || isMap(value) || isSeq(value) ? value.range?.[1] : undefined;
    found.set(pointerOf(here), { from: key.range[0], to: end ?? key.range[1] });
    if (isMap(value)) visit(value, here, found);
  }
}

/** The keys that lead to the line on which something is typed: `operator:\n  rep` -> `operator`. By indentation. */
export function parentKeys(lines: readonly string[], indent: number): string[] {
  const path: string[] = [];
  let limit = indent;
  for (const line of lines.toReversed()) {
    const match = /^( *)([\w.-]+|"[^"]+"):(\s|$)/.exec(line);
    if (!match || limit === 0) continue;
    const [, spaces = "", key = ""] = match;
    if (spaces.length >= limit) continue;
    path.unshift(key.replaceAll('"', ""));
    limit = spaces.length;
  }
  return path;
}
