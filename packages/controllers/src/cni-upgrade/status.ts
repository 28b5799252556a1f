/**
 * What a Cluster's status says of its CNI. Pure.
 * @module
 */

import type { EventText } from "@fairlead/kube";
import type { CniMigrationStatus, CniUpgradeStatus } from "@fairlead/resources";
import type { Condition, Conditions, ConditionUpdate } from "../conditions.ts";
import type { DeliveredCni } from "./delivered.ts";

export const CNI_READY = "CNIReady";
const CNI_DOWNGRADE_PENDING = "CNIDowngradePending";

/** Of a cluster that had a CNI of Fairlead's before. */
const usersOwn: ConditionUpdate = { status: "Unknown", reason: "UsersOwn", message: "the CNI is the user's own" };

/** Conditions of the CNI, for the version that the Cluster asks for. */
export function cniConditions(
  current: Conditions | undefined,
  delivered: DeliveredCni | undefined,
  version: string,
): Record<string, ConditionUpdate> {
  if (!delivered) return current?.[CNI_READY] ? { [CNI_READY]: usersOwn } : {};
  const isReady = delivered.state === "ready" && delivered.version === version;
  const pending = delivered.reason === "DowngradePending";
  const said = current?.[CNI_DOWNGRADE_PENDING] !== undefined;
  return {
    [CNI_READY]: { status: isReady ? "True" : "False", reason: delivered.reason, message: delivered.message },
    ...(pending || said ? { [CNI_DOWNGRADE_PENDING]: downgradeCondition(pending, delivered) } : {}),
  };
}

function downgradeCondition(pending: boolean, { message }: DeliveredCni): ConditionUpdate {
  return pending
    ? { status: "True", reason: "ApplicationInstalled", message }
    : { status: "False", reason: "NotPending", message: "" };
}

/** What people are told of a change of {@link CNI_READY}; nothing if it says the same as before. */
export function cniEvent(before: Condition | undefined, delivered: DeliveredCni): EventText | undefined {
  if (before?.reason === delivered.reason && before.message === delivered.message) return undefined;
  const { reason, message } = delivered;
  switch (reason) {
    case "RolledOut":
    case "HandingOver":
      return { type: "Normal", reason: `CNI${reason}`, action: "Deliver", note: message };
    case "RolledBack":
    case "InstallationFailed":
    case "PreflightFailed":
    case "DowngradePending":
      return { type: "Warning", reason: `CNI${reason}`, action: "Deliver", note: message };
    case "RollingOut": // The change of the Cluster, or the step of the upgrade, tells.
    case "Waiting":
      return undefined;
    default:
      return reason satisfies never;
  }
}

const CNI_MIGRATED = "CNIMigrated";

/** Whether the last change of the CNI's type is through, and what is left to do; nothing if there never was one. */
export function migrationConditions(status: CniMigrationStatus | undefined): Record<string, ConditionUpdate> {
  if (!status) return {};
  const { state, message = "", remainingSteps = [], finishedAt } = status;
  const update: ConditionUpdate = {
    status: finishedAt === undefined ? "False" : "True",
    reason: state,
    message: [message, ...remainingSteps].join("; "),
  };
  return { [CNI_MIGRATED]: update };
}

/** What people are told of the progress of a change of the CNI's type. */
export function migrationEvent(
  before: CniMigrationStatus | undefined,
  status: CniMigrationStatus | undefined,
): EventText | undefined {
  if (!status || (before?.startedAt === status.startedAt && before.state === status.state)) return undefined;
  const { state, message = "", remainingSteps = [], from, to } = status;
  const note = [`from ${from.type} to ${to.type}: ${message}`, ...remainingSteps].join("; ");
  const needsUser = state === "WaitingForUser" || state === "RestartPods";
  return { type: needsUser ? "Warning" : "Normal", reason: `CNIMigration${state}`, action: "Migrate", note };
}

/** What people are told of the progress of an upgrade over several versions. */
export function upgradeEvent(
  before: CniUpgradeStatus | undefined,
  status: CniUpgradeStatus | undefined,
  advanceTo: string | undefined,
): EventText | undefined {
  if (!status) return undefined;
  const event = (type: EventText["type"], what: string, note: string): EventText => ({
    type,
    reason: `CNIUpgrade${what}`,
    action: "Upgrade",
    note,
  });
  if (advanceTo !== undefined) {
    const index = status.steps.findIndex(({ version }) => version === advanceTo);
    const note = `step ${index + 1} of ${status.steps.length} to ${status.target}: ${advanceTo}`;
    return event("Normal", "Step", note);
  }
  if (before?.state === status.state && before.startedAt === status.startedAt) return undefined;
  const { state, message = "" } = status;
  switch (state) {
    case "Progressing":
      return undefined; // The steps tell.
    case "Paused":
    case "Stopped":
    case "Complete":
      return event("Normal", state, message);
    case "Blocked":
    case "Failed":
      return event("Warning", state, message);
    default:
      return state satisfies never;
  }
}
