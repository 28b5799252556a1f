import { FormGroup, TextInput } from "@patternfly/react-core";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, queryClient } from "../app/api.ts";
import { FormDialog } from "../components/form-dialog.tsx";

export function CreateProjectDialog({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const { mutate, error, isPending } = useMutation({
    mutationFn: () => api.createProject(name),
    onSuccess: async ({ id }) => {
      await queryClient.invalidateQueries({ queryKey: ["projects"] });
      await navigate({ to: "/projects/$project/clusters", params: { project: id } });
    },
  });
  return (
    <FormDialog
      id="create-project"
      title={t("projects.create")}
      submit={t("common.create")}
      onSubmit={mutate}
      {...{ close, error, isPending }}
    >
      <FormGroup label={t("common.name")} fieldId="project-name" isRequired>
        <TextInput id="project-name" value={name} onChange={(_event, value) => setName(value)} isRequired />
      </FormGroup>
    </FormDialog>
  );
}
