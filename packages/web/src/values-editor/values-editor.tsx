import { Alert, List, ListItem, Spinner } from "@patternfly/react-core";
import { lazy, Suspense, useId, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { HelpText } from "../components/help-text.tsx";
import { readYaml } from "./yaml-positions.ts";

/** A key that Fairlead keeps at its own value. */
export interface ManagedKey {
  /** JSON pointer: `/cni/exclusive`. */
  pointer: string;
  reason: string;
}

export interface ValuesProblem {
  /** JSON pointer of the key; empty: the values as a whole. */
  pointer: string;
  message: string;
  /** Default: error. */
  severity?: "error" | "warning";
}

export interface ValuesEditorProps {
  /** Names the field for screen readers. */
  label: string;
  /** Above what is wrong. Default: of Helm values. */
  errorsTitle?: string;
  /** YAML. */
  text: string;
  /** Called with every text, also with one that is no YAML; `valuesOf` reads it. */
  onChange: (text: string) => void;
  /** Marked where the text has them, with the reason as tooltip. */
  managed?: readonly ManagedKey[];
  /** Whether managed keys that the text begins with cannot be edited. */
  lock?: boolean;
  /** What rules or the server say against the text, shown at the key and below the editor. */
  problems?: readonly ValuesProblem[];
  /** Values whose names are offered while typing: the chart's own, where they are known. */
  known?: Readonly<Record<string, unknown>>;
  /** JSON Schema of the values, where the chart has one: its keys and values are offered, too. */
  schema?: unknown;
}

const YamlEditor = lazy(async () => ({ default: (await import("./yaml-editor.tsx")).YamlEditor }));

/**
 * Edits Helm values as YAML, with mistakes shown while typing.
 * @example
 * <ValuesEditor label={t("…")} text={text} onChange={setText} managed={keys} lock known={chartValues} />
 */
export function ValuesEditor(props: ValuesEditorProps) {
  const { t } = useTranslation();
  const hint = useId();
  const { text, errorsTitle = t("values.errors"), problems = [] } = props;
  const wrong = useMemo(() => readYaml(text).problems, [text]);
  const errors = [
    ...wrong.map(({ message }) => message),
    ...problems.filter(({ severity }) => severity !== "warning").map(({ message }) => message),
  ];
  const warnings = problems.filter(({ severity }) => severity === "warning").map(({ message }) => message);
  return (
    <div>
      <Suspense fallback={<Spinner aria-label={t("common.loading")} />}>
        <YamlEditor {...props} hint={hint} />
      </Suspense>
      <div id={hint}>
        <HelpText text={t("values.leave")} />
      </div>
      <div aria-live="polite">
        <Messages variant="danger" title={errorsTitle} messages={errors} />
        <Messages variant="warning" title={t("values.warnings")} messages={warnings} />
      </div>
    </div>
  );
}

/** The values in the text; undefined while it cannot be read. */
export function valuesOf(text: string): Record<string, unknown> | undefined {
  return readYaml(text).values;
}

function Messages({
  messages,
  ...alert
}: {
  variant: "danger" | "warning";
  title: string;
  messages: readonly string[];
}) {
  if (messages.length === 0) return null;
  return (
    <Alert isInline isPlain {...alert}>
      <List isPlain>
        {messages.map((message) => (
          <ListItem key={message}>{message}</ListItem>
        ))}
      </List>
    </Alert>
  );
}
