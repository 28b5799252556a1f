import type { ApiCluster } from "@fairlead/resources";
import { Content, FormGroup, TextInput } from "@patternfly/react-core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Trans, useTranslation } from "react-i18next";
import { api, queryClient } from "../app/api.ts";
import { FormDialog } from "../components/form-dialog.tsx";
import { clusterKey } from "./use-live-cluster.ts";

interface DeleteDialogProps {
  project: string;
  cluster: ApiCluster;
  close: () => void;
}

/** Deletes the cluster once its name has been typed: what is in it is lost. */
export function DeleteDialog({ project, cluster: { id, name }, close }: DeleteDialogProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const { mutate, error, isPending } = useMutation({
    mutationFn: () => api.deleteCluster(project, id),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: clusterKey(project, id) });
      close();
    },
  });
  return (
    <FormDialog
      id="delete-cluster"
      title={t("clusterPage.delete.title", { name })}
      submit={t("clusterPage.delete.button")}
      onSubmit={() => typed === name && mutate()}
      close={close}
      error={error}
      isPending={isPending}
      isDisabled={typed !== name}
      isDanger
    >
      <Content component="p">{t("clusterPage.delete.text")}</Content>
      <FormGroup
        label={<Trans i18nKey="clusterPage.delete.confirm" values={{ name }} />}
        fieldId="delete-name"
        isRequired
      >
        <TextInput
          id="delete-name"
          value={typed}
          onChange={(_event, text) => setTyped(text)}
          autoComplete="off"
          spellCheck={false}
          isRequired
        />
      </FormGroup>
    </FormDialog>
  );
}
