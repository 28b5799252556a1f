import type { CniUpgradeChange } from "@fairlead/api-client";
import type { ApiCniUpgrade } from "@fairlead/resources";
import {
  Button,
  Content,
  ExpandableSection,
  Flex,
  Label,
  List,
  ListItem,
  Progress,
  ProgressStep,
  type ProgressStepProps,
  ProgressStepper,
} from "@patternfly/react-core";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, queryClient } from "../app/api.ts";
import { Failure } from "../components/failure.tsx";
import { clusterKey } from "./use-live-cluster.ts";

interface CniProgressProps {
  project: string;
  cluster: string;
  upgrade: ApiCniUpgrade;
}

/** How far a change of the CNI's version is: step by step, node by node; and the ways to hold it. */
export function CniProgress({ project, cluster, upgrade }: CniProgressProps) {
  const { t } = useTranslation();
  const { target, ready, message, upgrade: progress } = upgrade;
  const running = target !== undefined && progress?.target === target && progress.finishedAt === undefined;
  return (
    <div className="fl-stack">
      <div role="status">
        {target === undefined && ready && <Content component="p">{message}</Content>}
        {target === undefined && !ready && (
          <Content component="p">{t("clusterPage.cni.notThere", { message })}</Content>
        )}
        {target !== undefined && (
          <Content component="p">
            {t("clusterPage.cni.goesTo", { target })}{" "}
            {progress && running && (
              <Label isCompact status={stateLooks[progress.state]} variant="outline">
                {t(`clusterPage.cni.states.${progress.state}`)}
              </Label>
            )}
            {running && progress?.message && <Content component="small">{progress.message}</Content>}
          </Content>
        )}
      </div>
      {target !== undefined && <Steps upgrade={upgrade} running={running} />}
      <Nodes upgrade={upgrade} />
      {target !== undefined && <Holding project={project} cluster={cluster} paused={upgrade.paused} />}
      {target === undefined && progress?.finishedAt && (
        <Content component="small">
          {t("clusterPage.cni.last", { from: progress.from, target: progress.target, message: progress.message ?? "" })}
        </Content>
      )}
    </div>
  );
}

const stateLooks = {
  Progressing: "info",
  Paused: "custom",
  Blocked: "warning",
  Failed: "danger",
  Stopped: "custom",
  Complete: "success",
} as const;

const stepLooks: Record<"Done" | "Current" | "Pending", ProgressStepProps["variant"]> = {
  Done: "success",
  Current: "info",
  Pending: "pending",
};

function Steps({ upgrade: { steps, upgrade }, running }: { upgrade: ApiCniUpgrade; running: boolean }) {
  const { t } = useTranslation();
  const shown =
    running && upgrade ? upgrade.steps : steps.map(({ version }) => ({ version, state: "Pending" as const }));
  return (
    <ProgressStepper aria-label={t("clusterPage.cni.steps")} isVertical>
      {shown.map(({ version, state }) => (
        <ProgressStep
          key={version}
          id={`step-${version}`}
          titleId={`step-${version}-title`}
          variant={stepLooks[state]}
          isCurrent={state === "Current"}
          aria-label={t("clusterPage.cni.step", { version, state: t(`clusterPage.cni.stepStates.${state}`) })}
          description={t(`clusterPage.cni.stepStates.${state}`)}
        >
          {version}
        </ProgressStep>
      ))}
    </ProgressStepper>
  );
}

function Nodes({ upgrade: { nodes = [], ready, version } }: { upgrade: ApiCniUpgrade }) {
  const { t } = useTranslation();
  if (ready || nodes.length === 0) return null;
  const done = nodes.filter((node) => node.done).length;
  return (
    <>
      <Progress
        title={t("clusterPage.cni.onNodes", { version })}
        value={done}
        max={nodes.length}
        label={t("clusterPage.nodes.ratio", { ready: done, wanted: nodes.length })}
        size="sm"
      />
      <ExpandableSection toggleText={t("clusterPage.cni.eachNode")}>
        <List isPlain>
          {nodes.map((node) => (
            <ListItem key={node.name}>
              {node.name}: {node.version ?? t("clusterPage.cni.nothingYet")}{" "}
              <Label isCompact status={node.done ? "success" : "info"} variant="outline">
                {t(node.done ? "clusterPage.cni.stepStates.Done" : "clusterPage.cni.stepStates.Pending")}
              </Label>
            </ListItem>
          ))}
        </List>
      </ExpandableSection>
    </>
  );
}

/** Between steps an upgrade can be held, and left where it is. */
function Holding({ project, cluster, paused }: { project: string; cluster: string; paused: boolean }) {
  const { t } = useTranslation();
  const { mutate, error, isPending } = useMutation({
    mutationFn: (change: CniUpgradeChange) => api.changeCniUpgrade({ project, id: cluster }, change),
    onSettled: () => queryClient.invalidateQueries({ queryKey: clusterKey(project, cluster) }),
  });
  return (
    <>
      {error && <Failure error={error} />}
      <Flex gap={{ default: "gapSm" }}>
        <Button
          variant="secondary"
          isDisabled={isPending}
          onClick={() => mutate({ method: "PATCH", body: { paused: !paused } })}
        >
          {t(paused ? "clusterPage.cni.resume" : "clusterPage.cni.pause")}
        </Button>
        <Button variant="link" isDanger isDisabled={isPending} onClick={() => mutate({ method: "DELETE" })}>
          {t("clusterPage.cni.stop")}
        </Button>
      </Flex>
      <Content component="small">{t("clusterPage.cni.betweenSteps")}</Content>
    </>
  );
}
