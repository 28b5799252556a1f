import type { ApiCluster, ApiClusterHealth } from "@fairlead/resources";
import type { ParseKeys } from "i18next";
import type { ComponentType } from "react";
import { OverviewTab } from "./overview-tab.tsx";

/** What every tab is given. */
export interface ClusterTabProps {
  project: string;
  cluster: ApiCluster;
  health: ApiClusterHealth | undefined;
}

export interface ClusterTab {
  /** In the page's address, behind the cluster's id. */
  name: string;
  title: ParseKeys;
  Content: ComponentType<ClusterTabProps>;
}

/** The tabs of a cluster's page, in their order; the first one is what the page begins with. */
export const clusterTabs: readonly ClusterTab[] = [
  { name: "overview", title: "clusterPage.tabs.overview", Content: OverviewTab },
];
