/**
 * What a Cluster says of the firewall before its NodePorts. Pure.
 * @module
 */
import type { ConditionUpdate } from "../conditions.ts";
import { ClientMissingError, CloudError } from "./aws.ts";
import { CredentialsError } from "./credentials.ts";

export const NODE_PORTS_RESTRICTED = "NodePortsRestricted";

export function appliedCondition(group: string, ranges: readonly string[]): ConditionUpdate {
  const message = `Security group ${group} lets ${ranges.join(", ")} reach the NodePorts`;
  return { status: "True", reason: "Applied", message };
}

export function notEnforcedCondition(provider: string, ranges: readonly string[]): ConditionUpdate {
  const message = `nodePortsAllowedIPRanges is not enforced yet on ${provider}: let its firewall allow ${ranges.join(", ")}`;
  return { status: "Unknown", reason: "NotEnforcedYet", message };
}

/** Why the rules are not what they should be; undefined for an error that says nothing to the cluster's owner. */
export function failedCondition(error: unknown): ConditionUpdate | undefined {
  const failed = (reason: string, message: string): ConditionUpdate => ({ status: "False", reason, message });
  if (error instanceof SettingMissingError) return failed("SettingMissing", error.message);
  if (error instanceof CredentialsError) return failed("CredentialsUnusable", error.message);
  if (error instanceof ClientMissingError) return failed("ClientMissing", error.message);
  if (error instanceof CloudError) return failed("CloudRefused", error.message);
  return undefined;
}

/** Something that only the cluster's owner or the administrator can say. */
export class SettingMissingError extends Error {
  override readonly name = "SettingMissingError";
}
