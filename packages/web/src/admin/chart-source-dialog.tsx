import type { ApiSystemApplications } from "@fairlead/resources";
import { Checkbox, FormGroup, TextInput } from "@patternfly/react-core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../app/api.ts";
import { FormDialog } from "../components/form-dialog.tsx";
import { HelpText } from "../components/help-text.tsx";
import { chartSourceKey } from "./keys.ts";

/** Names another repository. Clusters that run go on; what is installed or upgraded next comes from there. */
export function ChartSourceDialog({ source, close }: { source: ApiSystemApplications; close: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [repository, setRepository] = useState(source.helmRepository);
  const [plain, setPlain] = useState(source.plainHTTP);
  const { mutate, error, isPending } = useMutation({
    mutationFn: () =>
      api.changeSystemApplications({ helmRepository: repository.trim() || null, plainHTTP: plain || null }),
    onSuccess: (changed) => {
      client.setQueryData(chartSourceKey, changed);
      close();
    },
  });
  return (
    <FormDialog
      id="chart-source"
      title={t("admin.changeSource")}
      submit={t("admin.save")}
      onSubmit={mutate}
      {...{ close, error, isPending }}
    >
      <FormGroup label={t("admin.repository")} fieldId="repository">
        <TextInput id="repository" value={repository} onChange={(_event, text) => setRepository(text)} />
        <HelpText text={t("admin.repositoryHelp")} />
      </FormGroup>
      <Checkbox
        id="plain-http"
        label={t("admin.plainHttp")}
        description={t("admin.plainHttpHelp")}
        isChecked={plain}
        onChange={(_event, on) => setPlain(on)}
      />
    </FormDialog>
  );
}
