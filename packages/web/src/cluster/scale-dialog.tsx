import type { ApiNodeDeployment } from "@fairlead/resources";
import { FormGroup, TextInput } from "@patternfly/react-core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, queryClient } from "../app/api.ts";
import { FormDialog } from "../components/form-dialog.tsx";
import { HelpText } from "../components/help-text.tsx";
import { clusterKey } from "./use-live-cluster.ts";

interface ScaleDialogProps {
  project: string;
  cluster: string;
  group: ApiNodeDeployment;
  close: () => void;
}

/** Asks how many nodes a group should have; what is no such number the server refuses. */
export function ScaleDialog({ project, cluster, group, close }: ScaleDialogProps) {
  const { t } = useTranslation();
  const [count, setCount] = useState(String(group.spec.replicas));
  const { mutate, error, isPending } = useMutation({
    mutationFn: () => api.scaleMachineDeployment({ project, cluster, name: group.name }, Number(count)),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: clusterKey(project, cluster) });
      close();
    },
  });
  return (
    <FormDialog
      id="scale-nodes"
      title={t("clusterPage.nodes.scale")}
      description={group.name}
      submit={t("clusterPage.save")}
      onSubmit={mutate}
      close={close}
      error={error}
      isPending={isPending}
      isDisabled={count.trim() === ""}
    >
      <FormGroup label={t("createCluster.nodes")} fieldId="scale-count" isRequired>
        <TextInput
          id="scale-count"
          type="number"
          value={count}
          onChange={(_event, text) => setCount(text)}
          isRequired
        />
        <HelpText text={t("clusterPage.nodes.scaleHelp")} />
      </FormGroup>
    </FormDialog>
  );
}
