import { EmptyState, Label, Spinner, ToggleGroup, ToggleGroupItem } from "@patternfly/react-core";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../app/api.ts";
import { Age } from "../components/age.tsx";
import { Failure } from "../components/failure.tsx";
import type { ClusterTabProps } from "./cluster-tabs.ts";
import { clusterKey } from "./use-live-cluster.ts";

/** Events come a moment after the change of the cluster that they tell of. */
const refreshMs = 5_000;

/** What happened to the cluster, newest first. */
export function EventsTab({ project, cluster }: ClusterTabProps) {
  const { t } = useTranslation();
  const [onlyWarnings, setOnlyWarnings] = useState(false);
  const { data, error, refetch } = useQuery({
    queryKey: [...clusterKey(project, cluster.id), "events"],
    queryFn: () => api.events(project, cluster.id),
    refetchInterval: refreshMs,
  });
  if (error) return <Failure error={error} retry={refetch} />;
  if (!data) return <Spinner aria-label={t("common.loading")} />;
  const shown = data.filter(({ type }) => !onlyWarnings || type === "Warning").toReversed();
  return (
    <>
      <ToggleGroup aria-label={t("clusterPage.events.which")}>
        <ToggleGroupItem
          text={t("clusterPage.events.all")}
          buttonId="events-all"
          isSelected={!onlyWarnings}
          onChange={() => setOnlyWarnings(false)}
        />
        <ToggleGroupItem
          text={t("clusterPage.events.warnings")}
          buttonId="events-warnings"
          isSelected={onlyWarnings}
          onChange={() => setOnlyWarnings(true)}
        />
      </ToggleGroup>
      {shown.length === 0 ? (
        <EmptyState titleText={t("clusterPage.events.none")} headingLevel="h2" variant="sm" />
      ) : (
        <Table aria-label={t("clusterPage.tabs.events")} variant="compact">
          <Thead>
            <Tr>
              <Th width={15}>{t("clusterPage.events.when")}</Th>
              <Th width={10}>{t("clusterPage.events.kind")}</Th>
              <Th>{t("clusterPage.events.what")}</Th>
            </Tr>
          </Thead>
          <Tbody>
            {shown.map(({ id, type, message, lastTimestamp, count = 1 }) => (
              <Tr key={id}>
                <Td dataLabel={t("clusterPage.events.when")}>
                  <Age since={lastTimestamp} />
                </Td>
                <Td dataLabel={t("clusterPage.events.kind")}>
                  <Label isCompact status={type === "Warning" ? "warning" : "info"} variant="outline">
                    {t(type === "Warning" ? "clusterPage.events.warning" : "clusterPage.events.normal")}
                  </Label>
                </Td>
                <Td dataLabel={t("clusterPage.events.what")} modifier="breakWord">
                  {message} {count > 1 && t("clusterPage.events.times", { count })}
                </Td>
              </Tr>
            ))}
          </Tbody>
        </Table>
      )}
    </>
  );
}
