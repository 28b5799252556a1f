import { ApiError, type Tagged } from "@fairlead/api-client";
import type { ApiClusterTemplate } from "@fairlead/resources";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { api, queryClient } from "../app/api.ts";
import { notify } from "../app/notifications.tsx";
import { Conflict } from "../components/conflict.tsx";
import { EditLoader } from "../components/edit-loader.tsx";
import { type DialogFrame, FormDialog } from "../components/form-dialog.tsx";
import { schemaAt } from "../values-editor/schema-hints.ts";
import { useSharedText } from "../values-editor/use-shared-text.ts";
import { useValuesSchema } from "../values-editor/use-values-schema.ts";
import { ValuesEditor, valuesOf } from "../values-editor/values-editor.tsx";
import { cniValuesKey, editableText, templateOfText, templateProblems } from "./template-document.ts";

interface TemplateTextDialogProps {
  project: string;
  template: ApiClusterTemplate;
  /** Whether another one is made of it. */
  isCopy?: boolean;
  close: () => void;
}

/** Edits a template, or makes another one of it, as YAML: so nothing of it gets lost that a form does not know. */
export function TemplateTextDialog(props: TemplateTextDialogProps) {
  const { t } = useTranslation();
  const { project, template, isCopy = false, close } = props;
  const read = () => api.taggedTemplate(project, template.id);
  const dialog = {
    id: "template-text",
    title: t(isCopy ? "templates.copyTitle" : "templates.editTitle", { name: template.name }),
    submit: t("createCluster.template.save"),
    close,
    isLarge: true,
  };
  return (
    <EditLoader {...dialog} queryKey={["template", project, template.id]} read={read}>
      {(opened) => <TemplateForm {...props} {...{ dialog, opened, read }} />}
    </EditLoader>
  );
}

interface TemplateFormProps extends TemplateTextDialogProps {
  dialog: DialogFrame;
  opened: Tagged<ApiClusterTemplate>;
  read: () => Promise<Tagged<ApiClusterTemplate>>;
}

function TemplateForm({ project, isCopy = false, close, dialog, opened, read }: TemplateFormProps) {
  const { t } = useTranslation();
  const { base, text, onChange, theirs, save, error, isPending } = useSharedText({
    opened,
    read,
    textOf: ({ object }) => editableText(object, isCopy ? t("templates.copyName", { name: object.name }) : object.name),
    save: (written, { object, etag }) => {
      const request = templateOfText(valuesOf(written) ?? {});
      if (isCopy) return api.createTemplate(project, request);
      return api.replaceTemplate({ project, id: object.id }, request, { etag });
    },
    onSaved: async ({ name }) => {
      notify({ variant: "success", title: t("createCluster.template.saved", { name }) });
      close();
      await queryClient.invalidateQueries({ queryKey: ["templates", project] });
    },
  });
  const { type, version } = base.object.cluster.spec.cniPlugin ?? {};
  const chart = useValuesSchema("cilium", type === "cilium" ? version : undefined);
  const schema = useMemo(() => schemaAt(cniValuesKey, chart), [chart]);
  return (
    <FormDialog
      {...dialog}
      description={t(isCopy ? "templates.copyText" : "templates.editText")}
      onSubmit={save}
      isDisabled={valuesOf(text) === undefined}
      {...{ error, isPending }}
    >
      {theirs && <Conflict theirs={theirs} />}
      <ValuesEditor
        label={t("templates.text")}
        errorsTitle={t("templates.wrong")}
        text={text}
        onChange={onChange}
        schema={schema}
        problems={error instanceof ApiError ? templateProblems(error.fieldErrors) : []}
      />
    </FormDialog>
  );
}
