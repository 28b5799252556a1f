import type { ApiCluster, ApiVersionExplanation } from "@fairlead/resources";
import {
  Alert,
  Content,
  ExpandableSection,
  FormGroup,
  List,
  ListComponent,
  ListItem,
  OrderType,
  Radio,
  Spinner,
} from "@patternfly/react-core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, queryClient } from "../app/api.ts";
import { useCatalogue } from "../clusters/use-catalogue.ts";
import { FormDialog } from "../components/form-dialog.tsx";
import { type ReachableVersion, reachableVersions, wayTo } from "./reachable-versions.ts";
import { clusterKey } from "./use-live-cluster.ts";

interface ChangeCniDialogProps {
  project: string;
  cluster: ApiCluster;
  close: () => void;
}

/** Chooses the version that a cluster's CNI goes to, with the way there and what it means. */
export function ChangeCniDialog({ project, cluster, close }: ChangeCniDialogProps) {
  const { t } = useTranslation();
  const catalogue = useCatalogue();
  const { data, error: loadError } = useQuery({
    queryKey: [...clusterKey(project, cluster.id), "explanation"],
    queryFn: () => api.explainCluster(project, cluster.id),
  });
  const [chosen, setChosen] = useState<string>();
  const { type = "none", version: current = "" } = cluster.spec.cniPlugin ?? {};
  const situation = { type, current, kubernetes: cluster.spec.version ?? "" };
  const versions = data && catalogue && reachableVersions(data.cniVersions, catalogue, situation);
  const best = versions?.find(
    ({ isNewer, rank, explained }) => isNewer && rank === "recommended" && explained.reachable,
  );
  const selected = versions?.find(({ explained }) => explained.version === (chosen ?? best?.explained.version));
  const { mutate, error, isPending } = useMutation({
    mutationFn: (to: ApiVersionExplanation) => change(project, cluster.id, to),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: clusterKey(project, cluster.id) });
      close();
    },
  });
  const choices = (isNewer: boolean) =>
    versions
      ?.filter((one) => one.isNewer === isNewer)
      .map((one) => (
        <VersionChoice key={one.explained.version} {...one} isChosen={one === selected} choose={setChosen} />
      ));
  const newer = choices(true) ?? [];
  const older = choices(false) ?? [];
  return (
    <FormDialog
      id="change-cni"
      title={t("clusterPage.cni.dialogTitle")}
      description={t("clusterPage.cni.dialogText", { name: cluster.name, type, version: current })}
      submit={t("clusterPage.cni.change")}
      onSubmit={() => selected && mutate(selected.explained)}
      close={close}
      error={error ?? loadError}
      isPending={isPending}
      isDisabled={!selected}
      isLarge
    >
      {!versions && !loadError && <Spinner aria-label={t("common.loading")} />}
      {versions && (
        <FormGroup role="radiogroup" fieldId="cni-versions" label={t("createCluster.cniVersion")} isStack>
          {newer.length > 0 ? newer : <Content component="p">{t("clusterPage.cni.newest")}</Content>}
          {older.length > 0 && (
            <ExpandableSection toggleText={t("clusterPage.cni.older")} isIndented>
              {older}
            </ExpandableSection>
          )}
        </FormGroup>
      )}
      {selected && <Consequences {...selected.explained} />}
    </FormDialog>
  );
}

/** By steps where there are some; where only a label allows it, in one write. */
function change(project: string, id: string, to: ApiVersionExplanation): Promise<unknown> {
  if (wayTo(to) === "steps") {
    return api.changeCniUpgrade({ project, id }, { method: "POST", body: { target: to.version } });
  }
  return api.updateCluster(project, id, { spec: { cniPlugin: { version: to.version } } });
}

interface VersionChoiceProps extends ReachableVersion {
  isChosen: boolean;
  choose: (version: string) => void;
}

function VersionChoice({ explained, rank, isChosen, choose }: VersionChoiceProps) {
  const { t } = useTranslation();
  const { version, reachable, steps, message, advisories } = explained;
  const path = steps.map((step) => step.version).join(" → ");
  const how = reachable ? path && t("clusterPage.cni.path", { count: steps.length, path }) : message;
  return (
    <Radio
      id={`cni-${version}`}
      name="cni-version"
      label={t(`createCluster.ranks.${rank}`, { version })}
      description={[how, advisories.length > 0 && t("clusterPage.cni.advisories", { list: advisories.join(", ") })]
        .filter(Boolean)
        .join(" ")}
      isDisabled={!reachable}
      isChecked={isChosen}
      onChange={() => choose(version)}
    />
  );
}

/** What choosing a version leads to: the steps with their warnings, and what it does to traffic. */
function Consequences({ version, steps, warnings, leastKernel }: ApiVersionExplanation) {
  const { t } = useTranslation();
  const path = steps.length > 0 ? steps : [{ version, warnings }];
  return (
    <>
      <FormGroup label={t("clusterPage.cni.steps")} role="group" fieldId="cni-steps">
        <List component={ListComponent.ol} type={OrderType.number}>
          {path.map((step) => (
            <ListItem key={step.version}>
              <strong>{step.version}</strong>
              {step.warnings.map((warning) => (
                <Content key={warning.code} component="small">
                  {warning.message}
                </Content>
              ))}
            </ListItem>
          ))}
        </List>
        {leastKernel && (
          <Content component="small">{t("createCluster.kernel", { kernel: leastKernel, version })}</Content>
        )}
      </FormGroup>
      <Alert variant="warning" isInline title={t("clusterPage.cni.connectivity")}>
        {t("clusterPage.cni.connectivityText")}
      </Alert>
    </>
  );
}
