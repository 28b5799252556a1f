import type { ApiCluster, ApiClusterHealth } from "@fairlead/resources";
import type { ParseKeys } from "i18next";
import type { ComponentType } from "react";
import { AddonsTab } from "../addons/addons-tab.tsx";
import { ApplicationsTab } from "../applications/applications-tab.tsx";
import { EventsTab } from "./events-tab.tsx";
import { NetworkTab } from "./network-tab.tsx";
import { NodesTab } from "./nodes-tab.tsx";
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
  { name: "network", title: "clusterPage.tabs.network", Content: NetworkTab },
  { name: "nodes", title: "clusterPage.tabs.nodes", Content: NodesTab },
  { name: "events", title: "clusterPage.tabs.events", Content: EventsTab },
  { name: "applications", title: "clusterPage.tabs.applications", Content: ApplicationsTab },
  { name: "addons", title: "clusterPage.tabs.addons", Content: AddonsTab },
];
