import { Table, Tbody, Th, Thead, Tr } from "@patternfly/react-table";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { ClusterRow } from "./cluster-row.tsx";
import type { ListedCluster } from "./listed-clusters.ts";
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
