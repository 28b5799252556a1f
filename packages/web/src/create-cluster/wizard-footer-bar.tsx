import { ApiError } from "@fairlead/api-client";
import {
  ActionList,
  ActionListGroup,
  ActionListItem,
  Alert,
  Button,
  useWizardContext,
  WizardFooterWrapper,
} from "@patternfly/react-core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { errorText } from "../app/api.ts";
import { type FieldProblem, nodesField } from "./judge.ts";
import { SaveTemplateDialog } from "./save-template-dialog.tsx";
import { useWizardState } from "./wizard-state.ts";

interface FooterProps {
  showAll: () => void;
  create: () => void;
  cancel: () => void;
  isCreating: boolean;
  /** Of the creation. */
  error: Error | undefined;
}

/** Leads on only from a step that is right, and back to the one where something is wrong. */
export function WizardFooterBar({ showAll, create, cancel, isCreating, error }: FooterProps) {
  const { t } = useTranslation();
  const { activeStep, goToNextStep, goToPrevStep, goToStepById } = useWizardContext();
  const { judgement, refused } = useWizardState();
  const [saving, setSaving] = useState(false);
  const step = String(activeStep.id);
  const errors = judgement?.errors ?? [];
  const isRight = step === "place" || errors.every((problem) => stepOf(problem) !== step);
  const next = () => {
    if (isRight) return goToNextStep();
    showAll();
    requestAnimationFrame(() => document.querySelector<HTMLElement>(".fl-wizard [aria-invalid=true]")?.focus());
  };
  const [wrong] = refused;
  return (
    <WizardFooterWrapper>
      <div className="fl-wizard-footer">
        {error && (
          <Alert variant="danger" isInline title={t("createCluster.refused")}>
            <p>{errorText(error)}</p>
            {wrong && error instanceof ApiError && (
              <Button variant="link" isInline onClick={() => goToStepById(stepOf(wrong))}>
                {t("createCluster.showWrong")}
              </Button>
            )}
          </Alert>
        )}
        <ActionList>
          <ActionListGroup>
            <ActionListItem>
              <Button variant="secondary" onClick={() => void goToPrevStep()} isDisabled={step === "place"}>
                {t("createCluster.back")}
              </Button>
            </ActionListItem>
            <ActionListItem>
              {step === "review" ? (
                <Button onClick={create} isLoading={isCreating} isDisabled={isCreating || errors.length > 0}>
                  {t("createCluster.create")}
                </Button>
              ) : (
                <Button onClick={() => void next()} isDisabled={judgement === undefined}>
                  {t("createCluster.next")}
                </Button>
              )}
            </ActionListItem>
            {step === "review" && (
              <ActionListItem>
                <Button variant="secondary" onClick={() => setSaving(true)}>
                  {t("createCluster.template.title")}
                </Button>
              </ActionListItem>
            )}
          </ActionListGroup>
          <ActionListGroup>
            <ActionListItem>
              <Button variant="link" onClick={cancel}>
                {t("common.cancel")}
              </Button>
            </ActionListItem>
          </ActionListGroup>
        </ActionList>
        {saving && <SaveTemplateDialog close={() => setSaving(false)} />}
      </div>
    </WizardFooterWrapper>
  );
}

/** Where a field stands. */
function stepOf({ field }: FieldProblem): string {
  if (field === nodesField || field.startsWith("nodeDeployment")) return "nodes";
  if (field.startsWith("applications")) return "applications";
  if (field === "spec.cloud.dc" || field === "spec.cloud") return "place";
  return "cluster";
}
