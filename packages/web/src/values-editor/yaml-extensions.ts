/** What CodeMirror needs to know of Helm values: mistakes, known keys, and keys that are not the user's. */
import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
} from "@codemirror/autocomplete";
import { yaml } from "@codemirror/lang-yaml";
import { type Diagnostic, linter, lintGutter, setDiagnostics } from "@codemirror/lint";
import { EditorState, type Extension, RangeSetBuilder, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView } from "@codemirror/view";
import { isObject } from "@fairlead/network/rules";
import { keysBelow, valuesOfKey } from "./schema-hints.ts";
import type { ManagedKey, ValuesProblem } from "./values-editor.tsx";
import { parentKeys, type ReadYaml, readYaml } from "./yaml-positions.ts";

/** What the editor shows, as it is at the moment. */
export interface EditorFacts {
  managed: readonly ManagedKey[];
  problems: readonly ValuesProblem[];
  known: Readonly<Record<string, unknown>>;
  schema: unknown;
}

/** The text, read once for each change of it. */
const readField = StateField.define<ReadYaml>({
  create: (state) => readYaml(state.doc.toString()),
  update: (read, { docChanged, newDoc }) => (docChanged ? readYaml(newDoc.toString()) : read),
});

/** @param locked pointers of keys whose text cannot be edited */
export function valuesExtensions(facts: () => EditorFacts, locked: ReadonlySet<string>): Extension {
  return [
    yaml(),
    readField,
    lintGutter(),
    linter((view) => diagnostics(view.state, facts()), { delay: 200 }),
    autocompletion({ override: [(context) => complete(context, facts())] }),
    EditorState.changeFilter.of(({ startState }) =>
      [...lockedRanges(startState, locked)].flatMap(({ from, to }) => [from, to]),
    ),
    EditorView.decorations.of((view) => marks(view.state, facts().managed)),
  ];
}

/** Shows problems that came without a change of the text, which the linter waits for. */
export function showProblems(view: EditorView, facts: EditorFacts): void {
  view.dispatch(setDiagnostics(view.state, diagnostics(view.state, facts)));
}

function lockedRanges(state: EditorState, locked: ReadonlySet<string>): { from: number; to: number }[] {
  const { positions } = state.field(readField);
  return [...locked]
    .flatMap((pointer) => positions.get(pointer) ?? [])
    .sort((a, b) => a.from - b.from || b.to - a.to)
    .filter(({ to }, index, all) => !all.slice(0, index).some((before) => before.to >= to));
}

const mark = (reason: string) => Decoration.mark({ class: "fl-managed-value", attributes: { title: reason } });

function marks(state: EditorState, managed: readonly ManagedKey[]): DecorationSet {
  const { positions } = state.field(readField);
  const builder = new RangeSetBuilder<Decoration>();
  const found = managed.flatMap(({ pointer, reason }) => {
    const at = positions.get(pointer);
    return at && at.to > at.from ? [{ ...at, reason }] : [];
  });
  for (const { from, to, reason } of found.sort((a, b) => a.from - b.from || a.to - b.to)) {
    builder.add(from, Math.min(to, state.doc.length), mark(reason));
  }
  return builder.finish();
}

function diagnostics(state: EditorState, { problems }: EditorFacts): Diagnostic[] {
  const read = state.field(readField);
  const end = state.doc.length;
  return [
    ...read.problems.map((problem): Diagnostic => ({ ...problem, severity: "error" })),
    ...problems.map(({ pointer, message, severity = "error" }): Diagnostic => {
      const at = nearest(read.positions, pointer) ?? { from: 0, to: 0 };
      return { from: Math.min(at.from, end), to: Math.min(at.to, end), message, severity };
    }),
  ];
}

/** Where the key stands, or else the one that it is missing in. */
function nearest(positions: ReadYaml["positions"], pointer: string) {
  for (let path = pointer; path !== ""; path = path.slice(0, path.lastIndexOf("/"))) {
    const found = positions.get(path);
    if (found) return found;
  }
  return undefined;
}

/** Names below the one that the cursor's line belongs to, or values of the name that stands in front of the cursor. */
function complete(context: CompletionContext, { known, schema }: EditorFacts): CompletionResult | null {
  const { doc } = context.state;
  const line = doc.lineAt(context.pos);
  const text = line.text.slice(0, context.pos - line.from);
  const [, spaces = "", name = "", value] = /^( *)([\w.-]*)(?:: +(\S*))?$/.exec(text) ?? [undefined, "", "\0"];
  if (name === "\0") return null;
  const lines = Array.from({ length: line.number - 1 }, (_, index) => doc.line(index + 1).text);
  const parent = parentKeys(lines, spaces.length);
  if (value !== undefined) {
    const options = valuesOfKey(schema, [...parent, name]).map((label) => ({ label, type: "constant" }));
    return options.length > 0 ? { from: context.pos - value.length, options } : null;
  }
  if (name === "" && !context.explicit) return null;
  const options = keyOptions(parent, spaces.length, { known, schema });
  return options.length > 0 ? { from: line.from + spaces.length, options } : null;
}

/** What the schema says of a key, with the value that the chart has for it. */
function keyOptions(
  parent: readonly string[],
  indent: number,
  { known, schema }: Pick<EditorFacts, "known" | "schema">,
): Completion[] {
  const below = parent.reduce<unknown>(
    (value, key) => (isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined),
    known,
  );
  const values = isObject(below) ? below : {};
  const hints = new Map(keysBelow(schema, parent).map((hint) => [hint.key, hint]));
  return [...new Set([...Object.keys(values), ...hints.keys()])].map((key) => {
    const [value, hint] = [values[key], hints.get(key)];
    const isFilled = isObject(value) ? Object.keys(value).length > 0 : (hint?.isMap ?? false);
    return {
      label: key,
      apply: isFilled ? `${key}:\n${" ".repeat(indent + 2)}` : `${key}: `,
      detail: isObject(value) ? "…" : value === undefined ? (hint?.type ?? "") : short(value),
      ...(hint?.description ? { info: hint.description } : {}),
      type: "property",
    };
  });
}

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? "";
  return text.length > 30 ? `${text.slice(0, 29)}…` : text;
}
