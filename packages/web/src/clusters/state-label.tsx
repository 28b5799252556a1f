import { type ClusterState, clusterState } from "@fairlead/api-client";
import { Label, type LabelProps } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import type { ListedCluster } from "./listed-clusters.ts";

const looks: Record<ClusterState, LabelProps["status"]> = {
  Creating: "info",
  Running: "success",
  Degraded: "warning",
  Deleting: "danger",
};

export function StateLabel({ cluster, health }: ListedCluster) {
  const { t } = useTranslation();
  const state = clusterState(cluster, health);
  return (
    <Label status={looks[state]} isCompact>
      {t(`state.${state}`)}
    </Label>
  );
}
