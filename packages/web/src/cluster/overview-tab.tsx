import { components } from "@fairlead/api-client";
import type { ApiClusterHealth, ApiHealthStatus } from "@fairlead/resources";
import { Grid, GridItem, Label, type LabelProps } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import type { ClusterTabProps } from "./cluster-tabs.ts";
import { CniCard } from "./cni-card.tsx";
import { Conditions } from "./conditions.tsx";
import { Facts } from "./facts.tsx";
import { KubernetesCard } from "./kubernetes-card.tsx";

const named = [
  "apiserver",
  "applicationController",
  "scheduler",
  "controller",
  "machineController",
  "etcd",
  "cloudProviderInfrastructure",
  "userClusterControllerManager",
] as const;

/** What the cluster is, and how it is. */
export function OverviewTab({ project, cluster, health }: ClusterTabProps) {
  const { t } = useTranslation();
  const { spec, status, labels = {} } = cluster;
  const { type = "none", version = "" } = spec.cniPlugin ?? {};
  const facts = [
    [t("cluster.id"), cluster.id],
    [t("clusters.version"), spec.version],
    [t("clusters.cni"), type === "none" ? t("clusters.noCni") : `${type} ${version}`],
    [t("clusters.proxyMode"), spec.clusterNetwork?.proxyMode],
    [t("clusters.datacenter"), spec.cloud?.dc],
    [t("cluster.url"), status.url],
    [
      t("clusterPage.labels"),
      Object.keys(labels).length > 0 &&
        Object.entries(labels).map(([name, value]) => (
          <Label key={name} isCompact variant="outline" className="fl-label">
            {value === "" ? name : `${name}=${value}`}
          </Label>
        )),
    ],
  ] as const;
  return (
    <Grid hasGutter>
      <GridItem lg={6}>
        <CniCard project={project} cluster={cluster} />
      </GridItem>
      <GridItem lg={6}>
        <KubernetesCard project={project} cluster={cluster} />
      </GridItem>
      <GridItem lg={6}>
        <Facts title={t("cluster.overview")} facts={facts} />
      </GridItem>
      <GridItem lg={6}>
        <Facts title={t("cluster.components")} facts={useComponentFacts(health)} />
      </GridItem>
      <GridItem>
        <Conditions cluster={cluster} />
      </GridItem>
    </Grid>
  );
}

const looks: Record<ApiHealthStatus, LabelProps["status"]> = {
  HealthStatusUp: "success",
  HealthStatusDown: "danger",
  HealthStatusProvisioning: "info",
  "": "info",
};

function useComponentFacts(health: ApiClusterHealth | undefined) {
  const { t } = useTranslation();
  return components(health).map(([name, state]) => {
    const known = named.find((one) => one === name);
    return [known ? t(`clusterPage.components.${known}`) : name, <HealthLabel key={name} state={state} />] as const;
  });
}

function HealthLabel({ state }: { state: ApiHealthStatus }) {
  const { t } = useTranslation();
  return (
    <Label isCompact variant="outline" status={looks[state]}>
      {t(`clusterPage.health.${state || "unknown"}`)}
    </Label>
  );
}
