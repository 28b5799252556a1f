import type { ApiCluster } from "@fairlead/resources";
import { Button, Card, CardBody, CardFooter, CardTitle, Content, Label } from "@patternfly/react-core";
import { ArrowCircleUpIcon } from "@patternfly/react-icons";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../app/api.ts";
import { ChangeKubernetesDialog } from "./change-kubernetes-dialog.tsx";
import { clusterKey } from "./use-live-cluster.ts";

/** Which Kubernetes version a cluster has, and which it is on its way to. */
export function KubernetesCard({ project, cluster }: { project: string; cluster: ApiCluster }) {
  const { t } = useTranslation();
  const [choosing, setChoosing] = useState(false);
  const { data: upgrades = [] } = useQuery({
    queryKey: [...clusterKey(project, cluster.id), "upgrades"],
    queryFn: () => api.clusterUpgrades(project, cluster.id),
  });
  const { version: reached, conditions = [] } = cluster.status;
  const wanted = cluster.spec.version ?? "";
  const newest = upgrades.at(-1)?.version;
  const condition = conditions.find(({ type }) => type === "KubernetesVersionReached");
  return (
    <Card isFullHeight>
      <CardTitle component="h2">{t("clusterPage.kubernetes.title")}</CardTitle>
      <CardBody>
        <Content component="p">
          <strong>{reached || wanted}</strong>{" "}
          {newest && (
            <Label color="blue" variant="outline" icon={<ArrowCircleUpIcon />} isCompact>
              {t("clusterPage.cni.update", { version: newest })}
            </Label>
          )}
        </Content>
        <div role="status">
          {reached !== "" && reached !== wanted && (
            <Content component="p">{t("clusterPage.kubernetes.goesTo", { version: wanted })}</Content>
          )}
          {condition?.status === "False" && <Content component="small">{condition.message}</Content>}
        </div>
        {upgrades.length === 0 && reached === wanted && (
          <Content component="small">{t("clusterPage.kubernetes.newest")}</Content>
        )}
      </CardBody>
      <CardFooter>
        <Button
          variant="secondary"
          isDisabled={upgrades.length === 0 || cluster.deletionTimestamp !== undefined}
          onClick={() => setChoosing(true)}
        >
          {t("clusterPage.kubernetes.change")}
        </Button>
      </CardFooter>
      {choosing && (
        <ChangeKubernetesDialog
          project={project}
          cluster={cluster}
          upgrades={upgrades}
          close={() => setChoosing(false)}
        />
      )}
    </Card>
  );
}
