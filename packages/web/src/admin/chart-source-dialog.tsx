import type { Tagged } from "@fairlead/api-client";
import type { ApiSystemApplications } from "@fairlead/resources";
import { Checkbox, FormGroup, TextInput } from "@patternfly/react-core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../app/api.ts";
import { Conflict, isStale } from "../components/conflict.tsx";
import { EditLoader } from "../components/edit-loader.tsx";
import { type DialogFrame, FormDialog } from "../components/form-dialog.tsx";
import { HelpText } from "../components/help-text.tsx";
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
  const [base, setBase] = useState(opened);
  const [typed, setTyped] = useState<{ repository?: string; plain?: boolean }>({});
  const [theirs, setTheirs] = useState<readonly string[]>();
  const repository = typed.repository ?? base.object.helmRepository;
  const plain = typed.plain ?? base.object.plainHTTP;
  const { mutate, error, isPending } = useMutation({
    mutationFn: async () => {
      setTheirs(undefined);
      const change = { helmRepository: repository.trim() || null, plainHTTP: plain || null };
      try {
        return await api.changeSystemApplications(change, { etag: base.etag });
      } catch (refused) {
        if (!isStale(refused)) throw refused;
        const newer = await read();
        setTheirs([
          ...(newer.object.helmRepository === base.object.helmRepository ? [] : [t("admin.repository")]),
          ...(newer.object.plainHTTP === base.object.plainHTTP ? [] : [t("admin.transport")]),
        ]);
        setBase(newer);
        throw refused;
      }
    },
    onSuccess: (changed) => {
      client.setQueryData(chartSourceKey, changed);
      dialog.close();
    },
  });
  return (
    <FormDialog {...dialog} onSubmit={mutate} error={isStale(error) ? undefined : error} isPending={isPending}>
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
