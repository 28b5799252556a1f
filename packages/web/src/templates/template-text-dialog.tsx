import { ApiError } from "@fairlead/api-client";
import type { ApiClusterTemplate } from "@fairlead/resources";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, queryClient } from "../app/api.ts";
import { notify } from "../app/notifications.tsx";
import { FormDialog } from "../components/form-dialog.tsx";
import { ValuesEditor, valuesOf } from "../values-editor/values-editor.tsx";
import { templateDocument, templateOfText, templateProblems, templateText } from "./template-document.ts";

interface TemplateTextDialogProps {
  project: string;
  template: ApiClusterTemplate;
  /** Whether another one is made of it. */
  isCopy?: boolean;
  close: () => void;
}

/** Edits a template, or makes another one of it, as YAML: so nothing of it gets lost that a form does not know. */
export function TemplateTextDialog({ project, template, isCopy = false, close }: TemplateTextDialogProps) {
  const { t } = useTranslation();
  const { name } = template;
  const [text, setText] = useState(() =>
    templateText(template, isCopy ? t("templates.copyName", { name }) : template.name),
  );
  const values = valuesOf(text);
  const { mutate, error, isPending, reset } = useMutation({
    mutationFn: async () => {
      const request = templateOfText(values ?? {});
      if (isCopy) return api.createTemplate(project, request);
      await requireUnchanged(project, template, t("templates.changedMeanwhile"));
      return api.replaceTemplate(project, template.id, request);
    },
    onSuccess: (saved) => {
      notify({ variant: "success", title: t("createCluster.template.saved", { name: saved.name }) });
      close();
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["templates", project] }),
  });
  return (
    <FormDialog
      id="template-text"
      title={t(isCopy ? "templates.copyTitle" : "templates.editTitle", { name })}
      description={t(isCopy ? "templates.copyText" : "templates.editText")}
      submit={t("createCluster.template.save")}
      onSubmit={mutate}
      isDisabled={values === undefined}
      isLarge
      {...{ close, error, isPending }}
    >
      <ValuesEditor
        label={t("templates.text")}
        errorsTitle={t("templates.wrong")}
        text={text}
        onChange={(next) => {
          setText(next);
          reset();
        }}
        problems={error instanceof ApiError ? templateProblems(error.fieldErrors) : []}
      />
    </FormDialog>
  );
}

/** Somebody else's edit does not get lost. @throws Error that says so */
async function requireUnchanged(project: string, opened: ApiClusterTemplate, message: string): Promise<void> {
  const now = await api.template(project, opened.id);
  if (JSON.stringify(templateDocument(now)) !== JSON.stringify(templateDocument(opened))) throw new Error(message);
}
