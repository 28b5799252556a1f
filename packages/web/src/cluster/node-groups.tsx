import type { ApiCluster, ApiNodeDeployment } from "@fairlead/resources";
import { Button } from "@patternfly/react-core";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../app/api.ts";
import { Failure } from "../components/failure.tsx";
import { nodesRefreshMs } from "./nodes-tab.tsx";
import { ScaleDialog } from "./scale-dialog.tsx";
import { clusterKey } from "./use-live-cluster.ts";

/** How many nodes each group has and should have. */
export function NodeGroups({ project, cluster }: { project: string; cluster: ApiCluster }) {
  const { t } = useTranslation();
  const [scaling, setScaling] = useState<ApiNodeDeployment>();
  const { data, error, refetch } = useQuery({
    queryKey: [...clusterKey(project, cluster.id), "machineDeployments"],
    queryFn: () => api.machineDeployments(project, cluster.id),
    refetchInterval: nodesRefreshMs,
  });
  if (error) return <Failure error={error} retry={refetch} />;
  if (!data || data.length === 0) return null;
  return (
    <>
      <Table aria-label={t("clusterPage.nodes.groups")} variant="compact">
        <Thead>
          <Tr>
            <Th>{t("clusterPage.nodes.group")}</Th>
            <Th>{t("clusterPage.nodes.readyOf")}</Th>
            <Th>{t("clusterPage.nodes.kubelet")}</Th>
            <Th screenReaderText={t("clusterPage.nodes.scale")} />
          </Tr>
        </Thead>
        <Tbody>
          {data.map((group) => (
            <Tr key={group.id}>
              <Td dataLabel={t("clusterPage.nodes.group")} modifier="breakWord">
                {group.name}
              </Td>
              <Td dataLabel={t("clusterPage.nodes.readyOf")} className="fl-numbers">
                {t("clusterPage.nodes.ratio", { ready: group.status.readyReplicas ?? 0, wanted: group.spec.replicas })}
              </Td>
              <Td dataLabel={t("clusterPage.nodes.kubelet")}>{group.spec.template.versions.kubelet}</Td>
              <Td modifier="nowrap">
                <Button variant="link" isInline onClick={() => setScaling(group)}>
                  {t("clusterPage.nodes.scale")}
                </Button>
              </Td>
            </Tr>
          ))}
        </Tbody>
      </Table>
      {scaling && (
        <ScaleDialog project={project} cluster={cluster.id} group={scaling} close={() => setScaling(undefined)} />
      )}
    </>
  );
}
