import type { ApiApplicationInstallationListItem } from "@fairlead/resources";

export type ApplicationState = "Ready" | "Failed" | "Pending";
type Status = ApiApplicationInstallationListItem["status"];

export function applicationState({ conditions = [] }: Status): ApplicationState {
  if (conditions.some(({ status }) => status === "False")) return "Failed";
  return conditions.some(({ type, status }) => type === "Ready" && status === "True") ? "Ready" : "Pending";
}

/** The condition that tells why it is not ready, or that it is. */
export function tellingCondition({ conditions = [] }: Status) {
  return conditions.find(({ status }) => status === "False") ?? conditions.find(({ type }) => type === "Ready");
}

/** Why it is not ready. */
export function applicationReason(status: Status): string {
  const telling = tellingCondition(status);
  return telling?.message ?? telling?.reason ?? "";
}
