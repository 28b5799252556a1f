import type { Origin, Warning } from "@fairlead/network/rules";
import { Button, FormGroup, FormHelperText, HelperText, HelperTextItem } from "@patternfly/react-core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { FieldProblem } from "./judge.ts";

export interface FieldProps {
  id: string;
  label: string;
  children: ReactNode;
  problems?: readonly FieldProblem[];
  warnings?: readonly Warning[];
  /** Where the value comes from that holds now; shown for what nobody chose. */
  origin?: Origin | undefined;
  /** Shown while there is nothing else to say. */
  help?: string;
  isRequired?: boolean;
  /** A group of several controls, which each have a label of their own. */
  role?: "radiogroup" | "group";
  /** Takes the choice back; absent while there is none. */
  reset?: (() => void) | undefined;
}

/** A field of the wizard with what is to be said of it: what is wrong, else what deserves a word, else why it has its value. */
export function Field({
  id,
  label,
  children,
  problems = [],
  warnings = [],
  origin,
  help,
  reset,
  ...group
}: FieldProps) {
  const { t } = useTranslation();
  const isDefault = origin !== undefined && origin.source !== "request";
  return (
    <FormGroup label={label} fieldId={id} {...group}>
      {children}
      <FormHelperText>
        <HelperText id={helpId(id)} isLiveRegion>
          {problems.map(({ field, message }) => (
            <HelperTextItem key={field + message} variant="error">
              {message}
            </HelperTextItem>
          ))}
          {warnings.map(({ code, message }) => (
            <HelperTextItem key={code} variant="warning">
              {message}
            </HelperTextItem>
          ))}
          {problems.length === 0 && isDefault && (
            <HelperTextItem>{t("createCluster.default", { reason: origin.reason })}</HelperTextItem>
          )}
          {problems.length === 0 && help && <HelperTextItem>{help}</HelperTextItem>}
          {reset && (
            <HelperTextItem>
              <Button variant="link" isInline size="sm" onClick={reset}>
                {t("createCluster.useDefault", { label })}
              </Button>
            </HelperTextItem>
          )}
        </HelperText>
      </FormHelperText>
    </FormGroup>
  );
}

/** Of what is said about a field, for `aria-describedby`. */
export function helpId(id: string): string {
  return `${id}-help`;
}
