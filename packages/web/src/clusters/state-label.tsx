import { type ClusterState, clusterState } from "@fairlead/api-client";
import { useTranslation } from "react-i18next";
import { PlainLabel, type PlainLabelStatus } from "../components/plain-label.tsx";
import type { ListedCluster } from "./listed-clusters.ts";

const looks: Record<ClusterState, PlainLabelStatus> = {
  Creating: "info",
  Running: "success",
  Degraded: "warning",
  Deleting: "danger",
};

export function StateLabel({ cluster, health }: ListedCluster) {
  const { t } = useTranslation();
  const state = clusterState(cluster, health);
  return <PlainLabel status={looks[state]}>{t(`state.${state}`)}</PlainLabel>;
}
