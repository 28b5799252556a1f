import type { ApiClusterTemplate } from "@fairlead/resources";
import { FormGroup, NumberInput } from "@patternfly/react-core";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, queryClient } from "../app/api.ts";
import { FormDialog } from "../components/form-dialog.tsx";
import { instancesKey } from "./template-queries.ts";

const most = 500;

interface CreateClustersDialogProps {
  project: string;
  template: ApiClusterTemplate;
  close: () => void;
}

/** Asks for clusters of a template, and leads to where one sees them come. */
export function CreateClustersDialog({ project, template, close }: CreateClustersDialogProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [count, setCount] = useState<number | "">(1);
  const { mutate, error, isPending } = useMutation({
    mutationFn: () => api.instantiateTemplate(project, template.id, Number(count)),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: instancesKey(project, template.id) });
      close();
      await navigate({ to: "/projects/$project/templates/$template", params: { project, template: template.id } });
    },
  });
  return (
    <FormDialog
      id="create-clusters"
      title={t("templates.createClusters")}
      description={t("templates.createClustersText", { name: template.name })}
      submit={t("common.create")}
      onSubmit={mutate}
      {...{ close, error, isPending }}
    >
      <FormGroup label={t("templates.howMany")} fieldId="cluster-count" isRequired>
        <NumberInput
          id="cluster-count"
          value={count}
          min={1}
          max={most}
          inputAriaLabel={t("templates.howMany")}
          minusBtnAriaLabel={t("templates.less")}
          plusBtnAriaLabel={t("templates.more")}
          onChange={({ currentTarget }) => setCount(asNumber((currentTarget as HTMLInputElement).value))}
          onMinus={() => setCount(Number(count) - 1)}
          onPlus={() => setCount(Number(count) + 1)}
        />
      </FormGroup>
    </FormDialog>
  );
}

/** An empty field stays empty; the server says what it takes. */
function asNumber(text: string): number | "" {
  return text === "" ? "" : Number(text);
}
