import type { ApiApplicationInstallationListItem } from "@fairlead/resources";
import type { Tone } from "../../output/table.ts";

export type ApplicationState = "Ready" | "Failed" | "Pending";
type Status = ApiApplicationInstallationListItem["status"];

export const tones: Readonly<Record<ApplicationState, Tone>> = { Ready: "good", Failed: "bad", Pending: "pending" };

export function stateOf({ conditions = [] }: Status): ApplicationState {
  if (conditions.some(({ status }) => status === "False")) return "Failed";
  return conditions.some(({ type, status }) => type === "Ready" && status === "True") ? "Ready" : "Pending";
}

/** Why it is not ready. */
export function reasonOf({ conditions = [] }: Status): string {
  const telling =
    conditions.find(({ status }) => status === "False") ?? conditions.find(({ type }) => type === "Ready");
  return telling?.message ?? telling?.reason ?? "";
}
