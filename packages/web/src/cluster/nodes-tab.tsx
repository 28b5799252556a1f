import { isNodeReady, isSimulated } from "@fairlead/api-client";
import type { ApiNode } from "@fairlead/resources";
import { Alert, EmptyState, EmptyStateBody, Label, Spinner, Stack, StackItem } from "@patternfly/react-core";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "../app/api.ts";
import { Age } from "../components/age.tsx";
import { Failure } from "../components/failure.tsx";
import type { ClusterTabProps } from "./cluster-tabs.ts";
import { NodeGroups } from "./node-groups.tsx";
import { NodesBehind } from "./nodes-behind.tsx";
import { nodesKey } from "./use-live-cluster.ts";

/** Nodes stand in the cluster itself, whose changes no stream tells. */
export const nodesRefreshMs = 3_000;

/** The groups of nodes, and each node. */
export function NodesTab({ project, cluster }: ClusterTabProps) {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery({
    queryKey: nodesKey(project, cluster.id),
    queryFn: () => api.nodes(project, cluster.id),
    refetchInterval: nodesRefreshMs,
  });
  if (!cluster.status.version) return <EmptyState titleText={t("clusterPage.nodes.notYet")} headingLevel="h2" />;
  if (error) return <Failure error={error} retry={refetch} />;
  if (!data) return <Spinner aria-label={t("common.loading")} />;
  return (
    <Stack hasGutter>
      {data.some(isSimulated) && (
        <StackItem>
          <Alert variant="info" isInline isPlain title={t("clusterPage.nodes.someSimulated")} />
        </StackItem>
      )}
      <StackItem>
        <NodesBehind project={project} cluster={cluster} nodes={data} />
        <NodeGroups project={project} cluster={cluster} />
      </StackItem>
      <StackItem>
        {data.length === 0 ? (
          <EmptyState titleText={t("clusterPage.nodes.none")} headingLevel="h2" variant="sm">
            <EmptyStateBody>{t("clusterPage.nodes.noneText")}</EmptyStateBody>
          </EmptyState>
        ) : (
          <NodesTable nodes={data} />
        )}
      </StackItem>
    </Stack>
  );
}

function NodesTable({ nodes }: { nodes: readonly ApiNode[] }) {
  const { t } = useTranslation();
  return (
    <Table aria-label={t("clusterPage.tabs.nodes")} variant="compact">
      <Thead>
        <Tr>
          <Th>{t("common.name")}</Th>
          <Th>{t("common.status")}</Th>
          <Th>{t("clusterPage.nodes.kubelet")}</Th>
          <Th>{t("clusterPage.nodes.address")}</Th>
          <Th>{t("common.age")}</Th>
        </Tr>
      </Thead>
      <Tbody>
        {nodes.map((node) => (
          <Tr key={node.id}>
            <Td dataLabel={t("common.name")} modifier="breakWord">
              {node.name}{" "}
              {isSimulated(node) && (
                <Label isCompact color="purple" variant="outline">
                  {t("clusterPage.nodes.simulated")}
                </Label>
              )}
            </Td>
            <Td dataLabel={t("common.status")}>
              <NodeState node={node} />
            </Td>
            <Td dataLabel={t("clusterPage.nodes.kubelet")}>{node.spec.versions.kubelet}</Td>
            <Td dataLabel={t("clusterPage.nodes.address")}>{internalAddresses(node)}</Td>
            <Td dataLabel={t("common.age")}>
              <Age since={node.creationTimestamp} />
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}

function NodeState({ node }: { node: ApiNode }) {
  const { t } = useTranslation();
  const ready = isNodeReady(node);
  return (
    <>
      <Label isCompact status={ready ? "success" : "warning"}>
        {t(ready ? "clusterPage.nodes.ready" : "clusterPage.nodes.notReady")}
      </Label>
      {!ready && node.status.errorMessage && <div>{node.status.errorMessage}</div>}
    </>
  );
}

function internalAddresses({ status }: ApiNode): string {
  const addresses = (status.addresses ?? []).flatMap(({ type, address }) => (type === "InternalIP" ? [address] : []));
  return addresses.join(", ") || "–";
}
