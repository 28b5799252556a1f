import { compareVersions } from "@fairlead/network/rules";
import type { ApiCluster, ApiNode } from "@fairlead/resources";
import { Alert, AlertActionLink } from "@patternfly/react-core";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, queryClient } from "../app/api.ts";
import { Failure } from "../components/failure.tsx";
import { clusterKey } from "./use-live-cluster.ts";

interface NodesBehindProps {
  project: string;
  cluster: ApiCluster;
  nodes: readonly ApiNode[];
}

/** Offers to raise the nodes to the control plane's version, where they are behind: they follow when somebody says so. */
export function NodesBehind({ project, cluster, nodes }: NodesBehindProps) {
  const { t } = useTranslation();
  const { version } = cluster.status;
  const { mutate, error, isPending } = useMutation({
    mutationFn: () => api.upgradeNodes({ project, id: cluster.id }, version),
    onSettled: () => queryClient.invalidateQueries({ queryKey: clusterKey(project, cluster.id) }),
  });
  if (!nodes.some(({ spec }) => compareVersions(spec.versions.kubelet, version) < 0)) return null;
  return (
    <>
      {error && <Failure error={error} />}
      <Alert
        variant="info"
        isInline
        title={t("clusterPage.nodes.behind", { version })}
        actionLinks={
          <AlertActionLink isDisabled={isPending} onClick={() => mutate()}>
            {t("clusterPage.nodes.upgrade", { version })}
          </AlertActionLink>
        }
      >
        {t("clusterPage.nodes.behindText")}
      </Alert>
    </>
  );
}
