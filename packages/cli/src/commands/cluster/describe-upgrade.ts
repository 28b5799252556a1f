import type { ApiCniUpgrade } from "@fairlead/resources";
import { printable } from "../../output/printable.ts";

/** Nothing more is going to happen by itself, and it is as asked. */
export function hasEnded({ target, ready }: ApiCniUpgrade): boolean {
  return target === undefined && ready;
}

/** Something has to be done by somebody. The server tries a failed version again later, but a person waits no longer. */
export function hasFailed({ reason, upgrade, target }: ApiCniUpgrade): boolean {
  if (target !== undefined && (upgrade?.state === "Failed" || upgrade?.state === "Blocked")) return true;
  return ["RolledBack", "InstallationFailed", "PreflightFailed", "DowngradePending"].includes(reason);
}

/** Where it stands, in one line. */
export function upgradeLine({ type, version, reason, message, target, upgrade }: ApiCniUpgrade): string {
  const at = `${type} ${version}: ${reason}${message ? `, ${message}` : ""}`;
  if (target === undefined || !upgrade) return at;
  const done = upgrade.steps.filter(({ state }) => state === "Done").length;
  return `${done} of ${upgrade.steps.length} steps to ${target}; ${at}`;
}

const marks = { Done: "x", Current: ">", Pending: " " } as const;

export function describeUpgrade(seen: ApiCniUpgrade, dryRun = false): string {
  const { type, version, ready, reason, message, target, paused, steps, upgrade } = seen;
  const lines = [`CNI:     ${type} ${version}`, `State:   ${ready ? "ready" : reason}${message ? `: ${message}` : ""}`];
  if (target !== undefined) {
    lines.push(`Target:  ${target}${paused ? " (paused)" : ""}${dryRun ? " (dry run: nothing was stored)" : ""}`);
  }
  const isRunning = upgrade !== undefined && upgrade.finishedAt === undefined && upgrade.target === target && !dryRun;
  if (isRunning) {
    lines.push(`Upgrade: ${upgrade.state}${upgrade.message ? `: ${upgrade.message}` : ""}`, "Steps:");
    lines.push(...upgrade.steps.map((step) => `  [${marks[step.state]}] ${step.version}`));
  } else if (steps.length > 0) {
    lines.push("Steps:");
    for (const step of steps) {
      lines.push(`  [ ] ${step.version}`, ...step.warnings.map((warning) => `        ${warning}`));
    }
  } else if (upgrade) {
    lines.push(`Last:    ${upgrade.from} to ${upgrade.target}: ${upgrade.state}, ${upgrade.message ?? ""}`);
  }
  return lines.map((line) => `${printable(line)}\n`).join("");
}
