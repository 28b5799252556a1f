import { cniApplication, isSimulated } from "@fairlead/api-client";
import { compareVersions } from "@fairlead/network/rules";
import type { ApiCluster } from "@fairlead/resources";
import { Card, CardBody, CardTitle, ClipboardCopy, Content, StackItem } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "../app/api.ts";
import { clusterKey, nodesKey } from "./use-live-cluster.ts";

const portForward = "kubectl port-forward -n kube-system svc/hubble-ui 12000:80";
/** From here on Cilium brings Hubble along; before, it is an add-on of its own. */
const firstWithHubble = "1.13.0";

/** How to see what flows in the cluster; nothing where there is no Hubble. */
export function HubbleCard({ project, cluster }: { project: string; cluster: ApiCluster }) {
  const { t } = useTranslation();
  const { type, version = "" } = cluster.spec.cniPlugin ?? {};
  const { data: hasHubble } = useQuery({
    queryKey: [...clusterKey(project, cluster.id), "hubble"],
    queryFn: () => servesHubble(project, cluster.id, version),
    enabled: type === "cilium",
  });
  const { data: nodes = [] } = useQuery({
    queryKey: nodesKey(project, cluster.id),
    queryFn: () => api.nodes(project, cluster.id),
    enabled: hasHubble === true,
  });
  if (type !== "cilium" || !hasHubble) return null;
  return (
    <StackItem>
      <Card isCompact>
        <CardTitle component="h2">{t("clusterPage.hubble.title")}</CardTitle>
        <CardBody>
          <Content component="p">{t("clusterPage.hubble.text")}</Content>
          <ClipboardCopy
            isReadOnly
            isCode
            hoverTip={t("clusterPage.copy")}
            clickTip={t("createCluster.copied")}
            textAriaLabel={t("clusterPage.hubble.command")}
          >
            {portForward}
          </ClipboardCopy>
          {nodes.some(isSimulated) && <Content component="small">{t("clusterPage.hubble.simulated")}</Content>}
        </CardBody>
      </Card>
    </StackItem>
  );
}

async function servesHubble(project: string, id: string, version: string): Promise<boolean> {
  if (compareVersions(version, firstWithHubble) < 0) {
    return (await api.addons(project, id)).some(({ name }) => name === "hubble");
  }
  const { keys } = await api.applicationValues({ project, id }, cniApplication);
  return ["hubble.enabled", "hubble.ui.enabled"].every(
    (wanted) => keys.find(({ path }) => path === wanted)?.value !== false,
  );
}
