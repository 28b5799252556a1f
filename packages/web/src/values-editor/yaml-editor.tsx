import { closeCompletion } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { bracketMatching, indentOnInput } from "@codemirror/language";
import { EditorState } from "@codemirror/state";
import { EditorView, keymap, lineNumbers } from "@codemirror/view";
import { useEffect, useRef } from "react";
import type { ValuesEditorProps } from "./values-editor.tsx";
import { type EditorFacts, showProblems, valuesExtensions } from "./yaml-extensions.ts";
import { readYaml } from "./yaml-positions.ts";

const theme = EditorView.theme({
  "&": { color: "var(--pf-t--global--text--color--regular)", backgroundColor: "transparent" },
  "&.cm-focused": { outline: "2px solid var(--pf-t--global--border--color--clicked)" },
  ".cm-content": { fontFamily: "var(--pf-t--global--font--family--mono)", caretColor: "currentColor" },
  ".cm-scroller": { minHeight: "12rem", maxHeight: "50vh", overflow: "auto" },
  ".cm-gutters": {
    backgroundColor: "var(--pf-t--global--background--color--secondary--default)",
    color: "var(--pf-t--global--text--color--subtle)",
    border: "none",
  },
  ".cm-tooltip": {
    backgroundColor: "var(--pf-t--global--background--color--floating--default)",
    color: "var(--pf-t--global--text--color--regular)",
  },
});

const leaveWithinMs = 2000;

/** The next Tab leads out of the editor. */
function closeCompletionOrLeave(view: EditorView): boolean {
  if (!closeCompletion(view)) view.setTabFocusMode(leaveWithinMs);
  return true;
}

interface YamlEditorProps extends ValuesEditorProps {
  /** Id of the text that says how to leave it by keyboard. */
  hint: string;
}

/** The text field itself; loaded when it is opened, since CodeMirror is larger than the rest of the page. */
export function YamlEditor({
  label,
  text,
  onChange,
  managed = [],
  lock = false,
  problems = [],
  known = {},
  schema,
  hint,
}: YamlEditorProps) {
  const parent = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const facts = useRef<EditorFacts>({ managed, problems, known, schema });
  facts.current = { managed, problems, known, schema };
  const change = useRef(onChange);
  change.current = onChange;
  // What it begins with; later texts come from the user, or by the effect below.
  const begin = useRef({ text, managed, lock, label, hint });

  useEffect(() => {
    if (!parent.current) return;
    const start = begin.current;
    // A key that is being typed is never locked half-way.
    const there = start.lock ? readYaml(start.text).positions : new Map();
    const locked = new Set(start.managed.map(({ pointer }) => pointer).filter((pointer) => there.has(pointer)));
    const editor = new EditorView({
      parent: parent.current,
      state: EditorState.create({
        doc: start.text,
        extensions: [
          lineNumbers(),
          history(),
          indentOnInput(),
          bracketMatching(),
          // Else the dialog around the editor would close, and the edit be lost.
          keymap.of([{ key: "Escape", run: closeCompletionOrLeave, stopPropagation: true }]),
          keymap.of([...defaultKeymap, ...historyKeymap, indentWithTab]),
          EditorView.contentAttributes.of({
            "aria-label": start.label,
            "aria-describedby": start.hint,
            tabindex: "0",
          }),
          EditorView.updateListener.of(({ docChanged, state }) => {
            if (docChanged) change.current(state.doc.toString());
          }),
          theme,
          valuesExtensions(() => facts.current, locked),
        ],
      }),
    });
    view.current = editor;
    return () => editor.destroy();
  }, []);

  useEffect(() => {
    const editor = view.current;
    if (!editor || editor.state.doc.toString() === text) return;
    // Not the user's doing: locked keys move, too.
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: text }, filter: false });
  }, [text]);

  const told = JSON.stringify(problems);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is shown stands in a ref
  useEffect(() => {
    if (view.current) showProblems(view.current, facts.current);
  }, [told]);

  return <div ref={parent} className="fl-yaml-editor" />;
}
