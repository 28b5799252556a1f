import type { ApiCluster } from "@fairlead/resources";
import { Button, Flex } from "@patternfly/react-core";
import { DownloadIcon } from "@patternfly/react-icons";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, errorText } from "../app/api.ts";
import { notify } from "../app/notifications.tsx";
import { DeleteDialog } from "./delete-dialog.tsx";
import { download } from "./download.ts";
import { EditDialog } from "./edit-dialog.tsx";

/** What can be done with the cluster as a whole. */
export function ClusterActions({ project, cluster }: { project: string; cluster: ApiCluster }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState<"edit" | "delete">();
  const close = () => setOpen(undefined);
  const isGoing = cluster.deletionTimestamp !== undefined;
  const { mutate: fetchKubeconfig, isPending } = useMutation({
    mutationFn: () => api.kubeconfig(project, cluster.id),
    onSuccess: (text) => download(`kubeconfig-${cluster.id}`, text),
    onError: (error) => notify({ variant: "danger", title: t("clusterPage.kubeconfigFailed"), text: errorText(error) }),
  });
  return (
    <Flex gap={{ default: "gapSm" }}>
      <Button variant="secondary" isDisabled={isGoing} onClick={() => setOpen("edit")}>
        {t("clusterPage.edit.button")}
      </Button>
      <Button
        variant="secondary"
        icon={<DownloadIcon />}
        isLoading={isPending}
        isDisabled={isPending}
        onClick={() => fetchKubeconfig()}
      >
        {t("clusterPage.kubeconfig")}
      </Button>
      <Button variant="link" isDanger isDisabled={isGoing} onClick={() => setOpen("delete")}>
        {t("clusterPage.delete.button")}
      </Button>
      {open === "edit" && <EditDialog project={project} id={cluster.id} close={close} />}
      {open === "delete" && <DeleteDialog project={project} cluster={cluster} close={close} />}
    </Flex>
  );
}
