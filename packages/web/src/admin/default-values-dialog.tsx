import { ApiError } from "@fairlead/api-client";
import type { ApiApplicationDefinition } from "@fairlead/resources";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../app/api.ts";
import { proposedValues } from "../applications/definitions.ts";
import { FormDialog } from "../components/form-dialog.tsx";
import { fieldPointer } from "../values-editor/field-pointer.ts";
import { ValuesEditor, type ValuesProblem, valuesOf } from "../values-editor/values-editor.tsx";
import { ciliumKey } from "./keys.ts";

/** Changes what new installations of the CNI begin with. */
export function DefaultValuesDialog({
  definition,
  close,
}: {
  definition: ApiApplicationDefinition;
  close: () => void;
}) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [text, setText] = useState(() => proposedValues(definition.spec));
  const { mutate, error, isPending, reset } = useMutation({
    mutationFn: async () => {
      const now = await api.applicationDefinition(definition.name);
      if (proposedValues(now.spec) !== proposedValues(definition.spec)) throw new Error(t("admin.changedMeanwhile"));
      // In the form that it has: KKP's clients read the object alone.
      const own = now.spec.defaultValuesBlock ? { defaultValuesBlock: text } : { defaultValues: valuesOf(text) };
      return api.replaceApplicationDefinition(definition.name, { ...now, spec: { ...now.spec, ...own } });
    },
    onSuccess: (changed) => {
      client.setQueryData(ciliumKey, changed);
      close();
    },
  });
  return (
    <FormDialog
      id="change-defaults"
      title={t("admin.changeDefaults")}
      description={t("admin.defaultValuesText")}
      submit={t("admin.save")}
      onSubmit={mutate}
      isDisabled={valuesOf(text) === undefined}
      isLarge
      {...{ close, error, isPending }}
    >
      <ValuesEditor
        label={t("admin.defaultValues")}
        text={text}
        onChange={(next) => {
          setText(next);
          reset();
        }}
        problems={problemsOf(error)}
        known={valuesOf(proposedValues(definition.spec)) ?? {}}
      />
    </FormDialog>
  );
}

function problemsOf(error: unknown): ValuesProblem[] {
  if (!(error instanceof ApiError)) return [];
  return error.fieldErrors.map(({ field, message }) => ({
    pointer: fieldPointer(field.replace(/^spec\.defaultValues(Block)?\.?/, "")),
    message: `${field}: ${message}`,
  }));
}
