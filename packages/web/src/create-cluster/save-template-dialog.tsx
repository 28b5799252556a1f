import { FormGroup, Radio, TextInput } from "@patternfly/react-core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, queryClient } from "../app/api.ts";
import { notify } from "../app/notifications.tsx";
import { useMe } from "../app/use-me.ts";
import { FormDialog } from "../components/form-dialog.tsx";
import { type TemplateScope, templateRequest } from "./creation-request.ts";
import { useJudged } from "./wizard-state.ts";

/** Keeps the choices as a cluster template. */
export function SaveTemplateDialog({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const { choices, judgement, project } = useJudged();
  const { data: me } = useMe();
  const [name, setName] = useState(choices.name);
  const [scope, setScope] = useState<TemplateScope>("project");
  const scopes: TemplateScope[] = me?.isAdmin ? ["user", "project", "global"] : ["user", "project"];
  const { mutate, error, isPending } = useMutation({
    mutationFn: () =>
      api.createTemplate(project, templateRequest(choices, { requested: judgement.requested, name, scope })),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: ["templates", project] });
      notify({ variant: "success", title: t("createCluster.template.saved", { name }) });
      close();
    },
  });
  return (
    <FormDialog
      id="save-template"
      title={t("createCluster.template.title")}
      submit={t("createCluster.template.save")}
      onSubmit={mutate}
      {...{ close, error, isPending }}
    >
      <FormGroup label={t("createCluster.template.name")} fieldId="template-name" isRequired>
        <TextInput id="template-name" value={name} onChange={(_event, value) => setName(value)} isRequired />
      </FormGroup>
      <FormGroup label={t("createCluster.template.scope")} role="radiogroup" fieldId="template-scope">
        {scopes.map((each) => (
          <Radio
            key={each}
            id={`scope-${each}`}
            name="scope"
            label={t(`createCluster.template.scopes.${each}`)}
            isChecked={scope === each}
            onChange={() => setScope(each)}
          />
        ))}
      </FormGroup>
    </FormDialog>
  );
}
