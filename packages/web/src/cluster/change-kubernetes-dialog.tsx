import type { ApiCluster, ApiMasterVersion } from "@fairlead/resources";
import { Alert, Checkbox, Content, FormGroup, List, ListItem, Radio, Spinner } from "@patternfly/react-core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, queryClient } from "../app/api.ts";
import { Failure } from "../components/failure.tsx";
import { FormDialog } from "../components/form-dialog.tsx";
import { clusterKey } from "./use-live-cluster.ts";

interface ChangeKubernetesDialogProps {
  project: string;
  cluster: ApiCluster;
  upgrades: readonly ApiMasterVersion[];
  close: () => void;
}

/** Chooses the Kubernetes version, and shows what the server would change with it. */
export function ChangeKubernetesDialog({ project, cluster, upgrades, close }: ChangeKubernetesDialogProps) {
  const { t } = useTranslation();
  const [version, setVersion] = useState(upgrades.at(-1)?.version ?? "");
  const [skipKubelets, setSkipKubelets] = useState(false);
  const options = { skipKubelets };
  const { data: outcome, error: refusal } = useQuery({
    queryKey: [...clusterKey(project, cluster.id), "kubernetesChange", version, skipKubelets],
    queryFn: async () => {
      let warnings: readonly string[] = [];
      const tried = { ...options, dryRun: true, onWarnings: (texts: readonly string[]) => (warnings = texts) };
      return { after: await api.updateCluster(project, cluster.id, { spec: { version } }, tried), warnings };
    },
    retry: false,
  });
  const { mutate, error, isPending } = useMutation({
    mutationFn: () => api.updateCluster(project, cluster.id, { spec: { version } }, options),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: clusterKey(project, cluster.id) });
      close();
    },
  });
  return (
    <FormDialog
      id="change-kubernetes"
      title={t("clusterPage.kubernetes.change")}
      description={t("clusterPage.kubernetes.dialogText", { version: cluster.status.version || cluster.spec.version })}
      submit={t("clusterPage.kubernetes.submit", { version })}
      onSubmit={mutate}
      close={close}
      error={error}
      isPending={isPending}
      isDisabled={!outcome}
      isLarge
    >
      <FormGroup role="radiogroup" fieldId="kubernetes-versions" label={t("createCluster.version")} isStack>
        {upgrades.map((upgrade) => (
          <Radio
            key={upgrade.version}
            id={`kubernetes-${upgrade.version}`}
            name="kubernetes-version"
            label={upgrade.version}
            description={upgrade.restrictedByKubeletVersion ? t("clusterPage.kubernetes.restricted") : undefined}
            isChecked={version === upgrade.version}
            onChange={() => setVersion(upgrade.version)}
          />
        ))}
      </FormGroup>
      <div aria-live="polite">
        {refusal && <Failure error={refusal} title={t("clusterPage.kubernetes.refused")} />}
        {!refusal && !outcome && <Spinner aria-label={t("common.loading")} />}
        {outcome && <Forced before={cluster} after={outcome.after} />}
        {outcome && outcome.warnings.length > 0 && (
          <Alert variant="warning" isInline isPlain title={t("common.warning")}>
            {outcome.warnings.join(" ")}
          </Alert>
        )}
      </div>
      <Checkbox
        id="skip-kubelets"
        label={t("clusterPage.kubernetes.skipKubelets")}
        description={t("clusterPage.kubernetes.skipKubeletsText")}
        isChecked={skipKubelets}
        onChange={(_event, on) => setSkipKubelets(on)}
      />
      <Alert variant="info" isInline title={t("clusterPage.kubernetes.order")}>
        {t("clusterPage.kubernetes.orderText")}
      </Alert>
    </FormDialog>
  );
}

/** What changes beside the version itself. */
function Forced({ before, after }: { before: ApiCluster; after: ApiCluster }) {
  const { t } = useTranslation();
  const [from, to] = [before, after].map(({ spec }) => spec.cniPlugin?.version ?? "");
  if (from === to) return <Content component="p">{t("clusterPage.kubernetes.forcesNothing")}</Content>;
  return (
    <Alert variant="warning" isInline title={t("clusterPage.kubernetes.forces")}>
      <List isPlain>
        <ListItem>
          {t("clusterPage.kubernetes.forcesCni", { type: after.spec.cniPlugin?.type ?? "", from, to })}
        </ListItem>
      </List>
    </Alert>
  );
}
