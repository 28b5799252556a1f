import { ApiError, type Tagged } from "@fairlead/api-client";
import { compareVersions } from "@fairlead/network/rules";
import type { ApiApplicationDefinition } from "@fairlead/resources";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "../app/api.ts";
import { proposedValues } from "../applications/definitions.ts";
import { Conflict } from "../components/conflict.tsx";
import { EditLoader } from "../components/edit-loader.tsx";
import { type DialogFrame, FormDialog } from "../components/form-dialog.tsx";
import { fieldPointer } from "../values-editor/field-pointer.ts";
import { useSharedText } from "../values-editor/use-shared-text.ts";
import { useValuesSchema } from "../values-editor/use-values-schema.ts";
import { ValuesEditor, type ValuesProblem, valuesOf } from "../values-editor/values-editor.tsx";
import { ciliumKey } from "./keys.ts";

const read = () => api.taggedApplicationDefinition("cilium");

/** Changes what new installations of the CNI begin with. */
export function DefaultValuesDialog({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const dialog = {
    id: "change-defaults",
    title: t("admin.changeDefaults"),
    submit: t("admin.save"),
    close,
    isLarge: true,
  };
  return (
    <EditLoader {...dialog} queryKey={["default-values"]} read={read}>
      {(opened) => <DefaultValuesForm dialog={dialog} opened={opened} />}
    </EditLoader>
  );
}

interface DefaultValuesFormProps {
  dialog: DialogFrame;
  opened: Tagged<ApiApplicationDefinition>;
}

function DefaultValuesForm({ dialog, opened }: DefaultValuesFormProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { base, text, onChange, theirs, save, error, isPending } = useSharedText({
    opened,
    read,
    textOf: ({ object }) => proposedValues(object.spec),
    save: (written, { object: { name, spec, ...object }, etag }) => {
      // In the form that it has: KKP's clients read the object alone.
      const own = spec.defaultValuesBlock ? { defaultValuesBlock: written } : { defaultValues: valuesOf(written) };
      return api.replaceApplicationDefinition(name, { ...object, name, spec: { ...spec, ...own } }, { etag });
    },
    onSaved: (changed) => {
      client.setQueryData(ciliumKey, changed);
      dialog.close();
    },
  });
  const newest = base.object.spec.versions
    .map(({ version }) => version)
    .sort(compareVersions)
    .at(-1);
  const schema = useValuesSchema(base.object.name, newest);
  return (
    <FormDialog
      {...dialog}
      description={t("admin.defaultValuesText")}
      onSubmit={save}
      isDisabled={valuesOf(text) === undefined}
      {...{ error, isPending }}
    >
      {theirs && <Conflict theirs={theirs} />}
      <ValuesEditor
        label={t("admin.defaultValues")}
        text={text}
        onChange={onChange}
        problems={problemsOf(error)}
        known={valuesOf(proposedValues(base.object.spec)) ?? {}}
        schema={schema}
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
