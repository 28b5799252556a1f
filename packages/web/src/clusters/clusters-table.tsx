import { Table, Tbody } from "@patternfly/react-table";
import { useVirtualizer } from "@tanstack/react-virtual";
import { memo, useCallback, useLayoutEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ClusterRow } from "./cluster-row.tsx";
import type { ListedCluster } from "./listed-clusters.ts";
import { useCatalogue } from "./use-catalogue.ts";

interface ClustersTableProps {
  project: string;
  clusters: readonly ListedCluster[];
}

/** In px, until rows have been measured. */
const assumedRowHeight = 57;
const overscan = 2;

/** Only the rows in view are there, so that a list of thousands scrolls as one of ten does. */
export function ClustersTable({ project, clusters }: ClustersTableProps) {
  const { t } = useTranslation();
  const catalogue = useCatalogue();
  const table = useRef<HTMLDivElement>(null);
  const [rowHeight, setRowHeight] = useState(assumedRowHeight);
  const rows = useVirtualizer({
    count: clusters.length,
    estimateSize: () => rowHeight,
    getScrollElement: () => document.getElementById("content"),
    scrollMargin: table.current?.offsetTop ?? 0,
    // biome-ignore lint/correctness/useExhaustiveDependencies: with another key function the virtualizer estimates anew.
    getItemKey: useCallback((index: number) => clusters[index]?.cluster.id ?? index, [clusters, rowHeight]),
    overscan,
  });
  const items = rows.getVirtualItems();
  const isFilled = items.length > 0;
  // A row that is not as high as it was taken for is laid out twice when it comes.
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows become higher by what the catalogue says of them.
  useLayoutEffect(() => {
    const shown = [...(table.current?.querySelectorAll<HTMLElement>("[data-index]") ?? [])];
    const sum = shown.reduce((height, row) => height + row.offsetHeight, 0);
    if (shown.length > 0) setRowHeight(Math.round(sum / shown.length));
  }, [isFilled, catalogue]);
  const first = items.at(0);
  const above = (first?.start ?? 0) - rows.options.scrollMargin;
  const below = rows.getTotalSize() + rows.options.scrollMargin - (items.at(-1)?.end ?? 0);
  return (
    // The browser would take a row that goes for its anchor, and jump.
    <div ref={table} style={{ overflowAnchor: "none" }}>
      {/* Fixed, so that columns stay where they are while rows come and go, and the browser need not measure every cell. */}
      <Table
        className="pf-m-fixed"
        gridBreakPoint="grid-lg"
        aria-label={t("clusters.title")}
        aria-rowcount={clusters.length + 1}
      >
        <Head />
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

/** Of plain elements, too: PatternFly's cells ask for the page's layout whenever they render. */
const Head = memo(() => {
  const { t } = useTranslation();
  const columns = [
    [t("common.name"), "18%"],
    [t("common.status"), "14%"],
    [t("clusters.version"), "11%"],
    [t("clusters.cni"), "21%"],
    [t("clusters.proxyMode"), "11%"],
    [t("clusters.datacenter"), "11%"],
    [t("common.age"), "14%"],
  ];
  return (
    <thead className="pf-v6-c-table__thead">
      <tr className="pf-v6-c-table__tr">
        {columns.map(([title, width]) => (
          <th key={title} scope="col" className="pf-v6-c-table__th pf-m-nowrap" style={{ width }}>
            {title}
          </th>
        ))}
      </tr>
    </thead>
  );
});

function Spacer({ height }: { height: number }) {
  return <tr aria-hidden style={{ height }} />;
}
