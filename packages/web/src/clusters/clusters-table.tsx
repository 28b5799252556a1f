import type { Catalogue } from "@fairlead/network/rules";
import { Label } from "@patternfly/react-core";
import { ArrowCircleUpIcon, ExclamationTriangleIcon } from "@patternfly/react-icons";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { Link } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { memo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Age } from "../components/age.tsx";
import { cniState } from "./cni-state.ts";
import type { ListedCluster } from "./listed-clusters.ts";
import { StateLabel } from "./state-label.tsx";
import { useCatalogue } from "./use-catalogue.ts";

interface ClustersTableProps {
  project: string;
  clusters: readonly ListedCluster[];
}

const rowHeight = 57;
const overscan = 4;

/** Only the rows in view are there, so that a list of thousands scrolls as one of ten does. */
export function ClustersTable({ project, clusters }: ClustersTableProps) {
  const { t } = useTranslation();
  const catalogue = useCatalogue();
  const table = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: clusters.length,
    estimateSize: () => rowHeight,
    getScrollElement: () => document.getElementById("content"),
    scrollMargin: table.current?.offsetTop ?? 0,
    getItemKey: (index) => clusters[index]?.cluster.id ?? index,
    overscan,
  });
  const items = rows.getVirtualItems();
  const first = items.at(0);
  const above = (first?.start ?? 0) - rows.options.scrollMargin;
  const below = rows.getTotalSize() + rows.options.scrollMargin - (items.at(-1)?.end ?? 0);
  return (
    // The browser would take a row that goes for its anchor, and jump.
    <div ref={table} style={{ overflowAnchor: "none" }}>
      <Table aria-label={t("clusters.title")} aria-rowcount={clusters.length + 1}>
        <Thead>
          <Tr>
            <Th modifier="nowrap">{t("common.name")}</Th>
            <Th modifier="nowrap">{t("common.status")}</Th>
            <Th modifier="nowrap">{t("clusters.version")}</Th>
            <Th modifier="nowrap">{t("clusters.cni")}</Th>
            <Th modifier="nowrap">{t("clusters.proxyMode")}</Th>
            <Th modifier="nowrap">{t("clusters.datacenter")}</Th>
            <Th modifier="nowrap">{t("common.age")}</Th>
          </Tr>
        </Thead>
        <Tbody>
          {above > 0 && <Spacer height={above} />}
          {items.map(({ index, key }) => {
            const listed = clusters[index];
            return (
              listed && (
                <ClusterRow
                  key={key}
                  index={index}
                  measure={rows.measureElement}
                  project={project}
                  listed={listed}
                  catalogue={catalogue}
                />
              )
            );
          })}
          {below > 0 && <Spacer height={below} />}
        </Tbody>
      </Table>
    </div>
  );
}

function Spacer({ height }: { height: number }) {
  return <tr aria-hidden style={{ height }} />;
}

interface ClusterRowProps {
  index: number;
  measure: (row: Element | null) => void;
  project: string;
  listed: ListedCluster;
  catalogue: Catalogue | undefined;
}

const ClusterRow = memo(({ index, measure, project, listed, catalogue }: ClusterRowProps) => {
  const { t } = useTranslation();
  const { cluster } = listed;
  const { spec } = cluster;
  return (
    <Tr data-index={index} innerRef={measure} aria-rowindex={index + 2}>
      <Td dataLabel={t("common.name")}>
        <Link to="/projects/$project/clusters/$cluster" params={{ project, cluster: cluster.id }} preload={false}>
          {cluster.name}
        </Link>
      </Td>
      <Td dataLabel={t("common.status")}>
        <StateLabel {...listed} />
      </Td>
      <Td dataLabel={t("clusters.version")}>{spec.version}</Td>
      <Td dataLabel={t("clusters.cni")}>
        <Cni cluster={listed} catalogue={catalogue} />
      </Td>
      <Td dataLabel={t("clusters.proxyMode")}>{spec.clusterNetwork?.proxyMode}</Td>
      <Td dataLabel={t("clusters.datacenter")}>{spec.cloud?.dc}</Td>
      <Td dataLabel={t("common.age")}>
        <Age since={cluster.creationTimestamp} />
      </Td>
    </Tr>
  );
});

function Cni({ cluster: { cluster }, catalogue }: { cluster: ListedCluster; catalogue: Catalogue | undefined }) {
  const { t } = useTranslation();
  const { type = "none", version = "" } = cluster.spec.cniPlugin ?? {};
  if (type === "none") return t("clusters.noCni");
  const { update, deprecated } = cniState(cluster.spec, catalogue);
  return (
    <>
      {type} {version}{" "}
      {deprecated && (
        <Label status="warning" variant="outline" icon={<ExclamationTriangleIcon />} isCompact>
          {t("clusters.deprecated")}
        </Label>
      )}
      {update && (
        <Label title={update} color="blue" variant="outline" icon={<ArrowCircleUpIcon />} isCompact>
          {t("clusters.updateAvailable")}
        </Label>
      )}
    </>
  );
}
