import { TextInput } from "@patternfly/react-core";
import type { ReactNode } from "react";
import { Field, type FieldProps, helpId } from "./field.tsx";

interface TextChoiceProps extends Omit<FieldProps, "children" | "reset"> {
  /** What was typed; undefined: nothing was. */
  chosen: string | undefined;
  /** The value that holds while nothing is typed. */
  fallback?: string;
  choose: (text: string | undefined) => void;
  /** Beside the input. */
  action?: ReactNode;
}

/** A text that has a default: it stands in the input until something else is typed. */
export function TextChoice({ chosen, fallback = "", choose, action, ...field }: TextChoiceProps) {
  const { id, problems = [], warnings = [], isRequired } = field;
  const validated = problems.length > 0 ? "error" : warnings.length > 0 ? "warning" : "default";
  return (
    <Field {...field} reset={chosen !== undefined && fallback !== "" ? () => choose(undefined) : undefined}>
      <div className="fl-input-with-action">
        <TextInput
          id={id}
          value={chosen ?? fallback}
          onChange={(_event, text) => choose(text)}
          validated={validated}
          aria-describedby={helpId(id)}
          isRequired={isRequired}
          autoComplete="off"
          spellCheck={false}
        />
        {action}
      </div>
    </Field>
  );
}
