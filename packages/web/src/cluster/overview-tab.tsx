import { healthWord } from "@fairlead/api-client";
import { Grid, GridItem } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import type { ClusterTabProps } from "./cluster-tabs.ts";
import { Facts } from "./facts.tsx";

/** What the cluster is, and how it is. */
export function OverviewTab({ cluster, health }: ClusterTabProps) {
  const { t } = useTranslation();
  const { spec, status } = cluster;
  const facts = [
    [t("cluster.id"), cluster.id],
    [t("clusters.version"), spec.version],
    [t("clusters.cni"), [spec.cniPlugin?.type, spec.cniPlugin?.version].join(" ").trim()],
    [t("clusters.proxyMode"), spec.clusterNetwork?.proxyMode],
    [t("clusters.datacenter"), spec.cloud?.dc],
    [t("cluster.url"), status.url],
  ] as const;
  return (
    <Grid hasGutter md={6}>
      <GridItem>
        <Facts title={t("cluster.overview")} facts={facts} />
      </GridItem>
      <GridItem>
        <Facts
          title={t("cluster.components")}
          facts={Object.entries(health ?? {}).map(([name, state]) => [name, healthWord(state)])}
        />
      </GridItem>
    </Grid>
  );
}
