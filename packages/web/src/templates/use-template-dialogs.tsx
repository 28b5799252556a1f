import type { ApiClusterTemplate } from "@fairlead/resources";
import type { IAction } from "@patternfly/react-table";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, queryClient } from "../app/api.ts";
import { DeleteDialog } from "../components/delete-dialog.tsx";
import { CreateClustersDialog } from "./create-clusters-dialog.tsx";
import { TemplateTextDialog } from "./template-text-dialog.tsx";

type Action = "createClusters" | "edit" | "copy" | "delete";

const actions: readonly Action[] = ["createClusters", "edit", "copy", "delete"];

/** What can be done with a template, and the dialog that is open for it. */
export function useTemplateDialogs(project: string, onDeleted?: () => unknown) {
  const { t } = useTranslation();
  const [open, setOpen] = useState<{ action: Action; template: ApiClusterTemplate }>();
  const close = () => setOpen(undefined);

  const dialog = (): ReactNode => {
    if (!open) return null;
    const { action, template } = open;
    const same = { project, template, close };
    switch (action) {
      case "createClusters":
        return <CreateClustersDialog {...same} />;
      case "edit":
        return <TemplateTextDialog {...same} />;
      case "copy":
        return <TemplateTextDialog {...same} isCopy />;
      case "delete":
        return (
          <DeleteDialog
            title={t("templates.deleteTitle", { name: template.name })}
            text={t("templates.deleteText")}
            remove={() => api.deleteTemplate(project, template.id)}
            onRemoved={async () => {
              await onDeleted?.();
              await queryClient.invalidateQueries({ queryKey: ["templates", project] });
            }}
            close={close}
          />
        );
    }
  };

  const itemsOf = (template: ApiClusterTemplate): IAction[] =>
    actions.map((action) => ({
      title: t(`templates.${action}`),
      isDanger: action === "delete",
      onClick: () => setOpen({ action, template }),
    }));

  return { itemsOf, dialog: dialog() };
}
