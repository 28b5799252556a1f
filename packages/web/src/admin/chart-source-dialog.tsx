import type { Tagged } from "@fairlead/api-client";
import type { ApiSystemApplications } from "@fairlead/resources";
import { Checkbox, FormGroup, TextInput } from "@patternfly/react-core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../app/api.ts";
import { Conflict } from "../components/conflict.tsx";
import { EditLoader } from "../components/edit-loader.tsx";
import { type DialogFrame, FormDialog } from "../components/form-dialog.tsx";
import { HelpText } from "../components/help-text.tsx";
import { useGuardedEdit } from "../components/use-guarded-edit.ts";
import { chartSourceKey } from "./keys.ts";

const read = () => api.taggedSystemApplications();

/** Names another repository. Clusters that run go on; what is installed or upgraded next comes from there. */
export function ChartSourceDialog({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const dialog = { id: "chart-source", title: t("admin.changeSource"), submit: t("admin.save"), close };
  return (
    <EditLoader {...dialog} queryKey={["chart-source"]} read={read}>
      {(opened) => <ChartSourceForm dialog={dialog} opened={opened} />}
    </EditLoader>
  );
}

interface ChartSourceFormProps {
  dialog: DialogFrame;
  opened: Tagged<ApiSystemApplications>;
}

function ChartSourceForm({ dialog, opened }: ChartSourceFormProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [typed, setTyped] = useState<{ repository?: string; plain?: boolean }>({});
  const shown = ({ helmRepository, plainHTTP }: ApiSystemApplications) => {
    return { repository: typed.repository ?? helmRepository, plain: typed.plain ?? plainHTTP };
  };
  const { base, theirs, save, error, isPending } = useGuardedEdit({
    opened,
    read,
    save: ({ object, etag }) => {
      const { repository, plain } = shown(object);
      const change = { helmRepository: repository.trim() || null, plainHTTP: plain || null };
      return api.changeSystemApplications(change, { etag });
    },
    onNewer: ({ object }, { object: before }) => [
      ...(object.helmRepository === before.helmRepository ? [] : [t("admin.repository")]),
      ...(object.plainHTTP === before.plainHTTP ? [] : [t("admin.transport")]),
    ],
    onSaved: (changed) => {
      client.setQueryData(chartSourceKey, changed);
      dialog.close();
    },
  });
  const { repository, plain } = shown(base.object);
  return (
    <FormDialog {...dialog} onSubmit={save} error={error} isPending={isPending}>
      {theirs && <Conflict theirs={theirs} />}
      <FormGroup label={t("admin.repository")} fieldId="repository">
        <TextInput
          id="repository"
          value={repository}
          onChange={(_event, text) => setTyped({ ...typed, repository: text })}
        />
        <HelpText text={t("admin.repositoryHelp")} />
      </FormGroup>
      <Checkbox
        id="plain-http"
        label={t("admin.plainHttp")}
        description={t("admin.plainHttpHelp")}
        isChecked={plain}
        onChange={(_event, on) => setTyped({ ...typed, plain: on })}
      />
    </FormDialog>
  );
}
