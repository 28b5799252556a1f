import type { ApiCluster, ApiCniUpgrade } from "@fairlead/resources";
import { Button, Card, CardBody, CardFooter, CardTitle, Content, Label } from "@patternfly/react-core";
import { ArrowCircleUpIcon, ExclamationTriangleIcon } from "@patternfly/react-icons";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../app/api.ts";
import { cniState } from "../clusters/cni-state.ts";
import { useCatalogue } from "../clusters/use-catalogue.ts";
import { Failure } from "../components/failure.tsx";
import { ChangeCniDialog } from "./change-cni-dialog.tsx";
import { CniProgress } from "./cni-progress.tsx";
import { clusterKey } from "./use-live-cluster.ts";

/** Pods become ready without the Cluster saying anything. */
const refreshMs = 2_000;

/** Which version of its CNI a cluster has, whether there is a newer one, and how far the change to it is. */
export function CniCard({ project, cluster }: { project: string; cluster: ApiCluster }) {
  const { t } = useTranslation();
  const [choosing, setChoosing] = useState(false);
  const { type = "none", version = "" } = cluster.spec.cniPlugin ?? {};
  const state = cniState(cluster.spec, useCatalogue());
  const { data: upgrade, error } = useQuery({
    queryKey: [...clusterKey(project, cluster.id), "cniUpgrade"],
    queryFn: () => api.cniUpgrade({ project, id: cluster.id }, { nodes: true }),
    enabled: type !== "none",
    refetchInterval: ({ state: { data } }) => (data && isUnderWay(data) ? refreshMs : false),
  });
  const underWay = upgrade !== undefined && isUnderWay(upgrade);
  return (
    <Card isFullHeight>
      <CardTitle component="h2">{t("clusterPage.cni.title")}</CardTitle>
      <CardBody>
        {type === "none" ? (
          t("clusterPage.cni.own")
        ) : (
          <>
            <Content component="p">
              <strong>
                {type} {version}
              </strong>{" "}
              {state.deprecated && (
                <Label status="warning" variant="outline" icon={<ExclamationTriangleIcon />} isCompact>
                  {t("clusters.deprecated")}
                </Label>
              )}{" "}
              {state.update && (
                <Label color="blue" variant="outline" icon={<ArrowCircleUpIcon />} isCompact>
                  {t("clusterPage.cni.update", { version: state.update })}
                </Label>
              )}
            </Content>
            {error && <Failure error={error} />}
            {upgrade && <CniProgress project={project} cluster={cluster.id} upgrade={upgrade} />}
          </>
        )}
      </CardBody>
      {type !== "none" && (
        <CardFooter>
          <Button
            variant={state.update && !underWay ? "primary" : "secondary"}
            isDisabled={upgrade?.target !== undefined || cluster.deletionTimestamp !== undefined}
            onClick={() => setChoosing(true)}
          >
            {t("clusterPage.cni.change")}
          </Button>
        </CardFooter>
      )}
      {choosing && <ChangeCniDialog project={project} cluster={cluster} close={() => setChoosing(false)} />}
    </Card>
  );
}

function isUnderWay({ target, ready }: ApiCniUpgrade): boolean {
  return target !== undefined || !ready;
}
