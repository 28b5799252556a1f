import { ApiError } from "@fairlead/api-client";
import type { ApiDatacenter } from "@fairlead/resources";
import { PageSection, Spinner, Title, Wizard, WizardStep } from "@patternfly/react-core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, queryClient } from "../app/api.ts";
import { Failure } from "../components/failure.tsx";
import { ApplicationsStep } from "./applications-step.tsx";
import { change, type SideEffect } from "./change.ts";
import { type ClusterChoices, noChoices } from "./choices.ts";
import { ClusterStep } from "./cluster-step.tsx";
import { creationRequest } from "./creation-request.ts";
import { type FieldProblem, judge } from "./judge.ts";
import { NodesStep } from "./nodes-step.tsx";
import { PlaceStep } from "./place-step.tsx";
import { ReviewStep } from "./review-step.tsx";
import { toRuleContext } from "./rule-context.ts";
import { forgetWizard, loadWizard, saveWizard } from "./saved-wizard.ts";
import { WizardFooterBar } from "./wizard-footer-bar.tsx";
import { type WizardState, WizardStateContext } from "./wizard-state.ts";

const steps = ["place", "cluster", "nodes", "applications", "review"] as const;

export function CreateClusterPage() {
  const { t } = useTranslation();
  const { project } = useParams({ from: "/projects/$project/create-cluster" });
  const { data, error, refetch } = useQuery({ queryKey: ["datacenters"], queryFn: localFirst });
  if (data) return <CreateClusterWizard key={project} project={project} datacenters={data} />;
  return (
    <PageSection>
      {error ? <Failure error={error} retry={refetch} /> : <Spinner aria-label={t("common.loading")} />}
    </PageSection>
  );
}

function CreateClusterWizard({ project, datacenters }: Pick<WizardState, "project" | "datacenters">) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [saved] = useState(() => loadWizard(project));
  const [made, setChoices] = useState<ClusterChoices>(() => saved?.choices ?? firstChoices(datacenters));
  const [step, setStep] = useState<string>(saved?.step ?? steps[0]);
  const [effects, setEffects] = useState<readonly SideEffect[]>([]);
  const [showAll, setShowAll] = useState(false);
  const rulesQuery = useRules(made);
  const { rules, version } = rulesQuery.data ?? {};
  const choices = useMemo(
    () => (made.kubernetesVersion ? made : { ...made, kubernetesVersion: version }),
    [made, version],
  );
  const judgement = useMemo(() => (rules ? judge(choices, rules) : undefined), [choices, rules]);

  const creation = useMutation({
    mutationFn: () => {
      if (!judgement) throw new TypeError("nothing is chosen yet");
      return api.createCluster(project, creationRequest(choices, judgement.requested));
    },
    onSuccess: async ({ id }) => {
      forgetWizard(project);
      await queryClient.invalidateQueries({ queryKey: ["clusters", project] });
      await navigate({ to: "/projects/$project/clusters/$cluster", params: { project, cluster: id } });
    },
  });
  const refused: readonly FieldProblem[] = creation.error instanceof ApiError ? creation.error.fieldErrors : [];

  const keep = (next: { choices?: ClusterChoices; step?: string }) => saveWizard(project, { choices, step, ...next });
  const choose = (patch: Partial<ClusterChoices>) => {
    const changed = rules ? change(choices, patch, rules) : { choices: { ...choices, ...patch }, effects: [] };
    creation.reset();
    setChoices(changed.choices);
    setEffects(changed.effects);
    keep({ choices: changed.choices });
  };
  const cancel = () => {
    forgetWizard(project);
    void navigate({ to: "/projects/$project/clusters", params: { project } });
  };
  const state: WizardState = { project, datacenters, choices, choose, rules, judgement, effects, refused, showAll };
  const isJudged = judgement !== undefined;
  const waiting = rulesQuery.error ? (
    <Failure error={rulesQuery.error} retry={rulesQuery.refetch} />
  ) : (
    <Spinner aria-label={t("common.loading")} />
  );
  const later = { isDisabled: !isJudged };
  // On narrow screens the library's button for the steps has a label that hides what it says.
  useEffect(() => document.querySelector(".fl-wizard .pf-v6-c-wizard__toggle")?.removeAttribute("aria-label"), []);
  return (
    <WizardStateContext.Provider value={state}>
      <PageSection>
        <Title headingLevel="h1">{t("createCluster.title")}</Title>
      </PageSection>
      <PageSection type="wizard" isFilled aria-label={t("createCluster.title")}>
        <Wizard
          className="fl-wizard"
          height="100%"
          navAriaLabel={t("createCluster.steps.label")}
          startIndex={Math.max(1, steps.indexOf(step as (typeof steps)[number]) + 1)}
          onStepChange={(_event, { id }) => {
            setStep(String(id));
            setEffects([]);
            setShowAll(false);
            keep({ step: String(id) });
          }}
          footer={
            <WizardFooterBar
              showAll={() => setShowAll(true)}
              create={() => creation.mutate()}
              cancel={cancel}
              isCreating={creation.isPending}
              error={creation.error ?? undefined}
            />
          }
        >
          <WizardStep id="place" name={t("createCluster.steps.place")}>
            <PlaceStep />
            {rulesQuery.error && waiting}
          </WizardStep>
          <WizardStep id="cluster" name={t("createCluster.steps.cluster")} {...later}>
            {isJudged ? <ClusterStep /> : waiting}
          </WizardStep>
          <WizardStep id="nodes" name={t("createCluster.steps.nodes")} {...later}>
            {isJudged ? <NodesStep /> : waiting}
          </WizardStep>
          <WizardStep id="applications" name={t("createCluster.steps.applications")} {...later}>
            {isJudged ? <ApplicationsStep /> : waiting}
          </WizardStep>
          <WizardStep id="review" name={t("createCluster.steps.review")} {...later}>
            {isJudged ? <ReviewStep /> : waiting}
          </WizardStep>
        </Wizard>
      </PageSection>
    </WizardStateContext.Provider>
  );
}

/** What the rules need to know of the datacenter, with the default Kubernetes version. */
function useRules({ provider, datacenter }: ClusterChoices) {
  return useQuery({
    queryKey: ["rule-context", provider, datacenter],
    queryFn: async () => {
      const [known, versions] = await Promise.all([
        api.ruleContext(provider, datacenter),
        api.kubernetesVersions(provider),
      ]);
      const preferred = versions.find((offered) => offered.default) ?? versions.at(-1);
      return { rules: toRuleContext(known), version: preferred?.version };
    },
    enabled: datacenter !== "",
    staleTime: 60_000,
  });
}

const local = "local";

/** On one's own machine the other datacenters are there to try providers' rules. */
async function localFirst(): Promise<ApiDatacenter[]> {
  const all = await api.datacenters();
  return all.toSorted((a, b) => Number(b.metadata.name === local) - Number(a.metadata.name === local));
}

/** Where there is one datacenter, or one for simulated clusters on this machine, it is chosen. */
function firstChoices(datacenters: WizardState["datacenters"]): ClusterChoices {
  const preferred = datacenters.find(({ metadata }) => metadata.name === local);
  const found = preferred ?? (datacenters.length === 1 ? datacenters[0] : undefined);
  return found ? { ...noChoices, datacenter: found.metadata.name, provider: found.spec.provider } : noChoices;
}
