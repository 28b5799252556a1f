/**
 * Conditions of an ApplicationInstallation, with KKP's types and reasons. Pure.
 * @module
 */
import type { ConditionUpdate } from "../conditions.ts";

export type Phase =
  | { phase: "download-failed"; message: string }
  | { phase: "installing"; message: string }
  | { phase: "installed"; message: string }
  | { phase: "failed"; message: string }
  | { phase: "uninstall-failed"; message: string }
  | { phase: "definition-missing"; message: string };

/** KKP's `ManifestsRetrieved` and `Ready` for where an installation stands. */
export function installationConditions(state: Phase, observedGeneration: number): Record<string, ConditionUpdate> {
  const condition = (status: ConditionUpdate["status"], reason: string): ConditionUpdate => ({
    status,
    reason,
    message: state.message,
    observedGeneration,
  });
  const retrieved: ConditionUpdate = {
    status: "True",
    reason: "DownloadSourceSuccessful",
    message: "application's source successfully downloaded",
    observedGeneration,
  };
  switch (state.phase) {
    case "definition-missing":
      return { Ready: condition("False", "ApplicationDefinitionNotFound") };
    case "download-failed":
      return { ManifestsRetrieved: condition("False", "DownloadSourceFailed") };
    case "installing":
      return { ManifestsRetrieved: retrieved, Ready: condition("Unknown", "InstallationInProgress") };
    case "installed":
      return { ManifestsRetrieved: retrieved, Ready: condition("True", "InstallationSuccessful") };
    case "uninstall-failed":
      return { Ready: condition("False", "UninstallFailed") };
    case "failed":
      return { ManifestsRetrieved: retrieved, Ready: condition("False", "InstallationFailed") };
  }
}
