import { type ApplicationState, applicationState, tellingCondition } from "@fairlead/api-client";
import { Label, type LabelProps } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import type { ListedApplication } from "./application-queries.ts";

const looks: Record<ApplicationState, LabelProps["status"]> = { Ready: "success", Failed: "danger", Pending: "info" };

/** The reasons that the documentation explains. */
const known = [
  "DownloadSourceFailed",
  "InstallationInProgress",
  "InstallationSuccessful",
  "InstallationFailed",
  "ApplicationDefinitionNotFound",
  "UninstallFailed",
] as const;

/** The state in one word, and unless all is well what is the matter. */
export function ApplicationStatus({ status }: Pick<ListedApplication, "status">) {
  const { t } = useTranslation();
  const state = applicationState(status);
  const { reason, message } = tellingCondition(status) ?? {};
  const words = known.find((each) => each === reason);
  return (
    <>
      <Label status={looks[state]} isCompact>
        {t(`applications.states.${state}`)}
      </Label>
      {state !== "Ready" && words && <div>{t(`applications.reasons.${words}`)}</div>}
      {state === "Failed" && message && <div className="fl-words">{message}</div>}
    </>
  );
}
