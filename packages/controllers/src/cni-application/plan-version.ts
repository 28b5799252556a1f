/**
 * Which version of a CNI that comes as application is installed now, and how it stands. Pure.
 * @module
 */
import type { PreflightFinding } from "@fairlead/admission";
import type { ApplicationInstallation } from "@fairlead/resources";
import type { DeliveredCni } from "../cni-upgrade/delivered.ts";

/** The version that is known to run; undefined before anything was installed. */
export function runningVersion(installation: ApplicationInstallation | undefined): string | undefined {
  return installation?.status?.applicationVersion?.version;
}

/**
 * Whether `desired` has to pass the checks before the installation follows: not if it does already, if nothing runs that could
 * be harmed, or if it goes back to what runs.
 */
export function needsPreflight(installation: ApplicationInstallation, desired: string): boolean {
  const running = runningVersion(installation);
  return installation.spec.applicationRef.version !== desired && running !== undefined && running !== desired;
}

const heldMs = 30_000;
/** A source that is back is noticed soon: asking it costs little. */
const unfetchedMs = 10_000;

export function held(version: string, findings: readonly PreflightFinding[]): DeliveredCni {
  const message = findings.map((finding) => finding.message).join("; ");
  const requeueAfterMs = findings.every(({ check }) => check === "chart") ? unfetchedMs : heldMs;
  return { version, state: "held", reason: "PreflightFailed", message, requeueAfterMs };
}

/** How an installation stands that is written as it should be. */
export function installationState({ metadata, spec, status }: ApplicationInstallation): DeliveredCni {
  const { version } = spec.applicationRef;
  const { Ready, ManifestsRetrieved } = status?.conditions ?? {};
  const isCurrent = (condition: typeof Ready) => condition?.observedGeneration === metadata.generation;
  if (isCurrent(Ready) && Ready?.status === "True" && status?.applicationVersion?.version === version) {
    return { version, state: "ready", reason: "RolledOut", message: Ready.message ?? `${version} is installed` };
  }
  if (isCurrent(ManifestsRetrieved) && ManifestsRetrieved?.status === "False") {
    return { version, state: "failed", reason: "InstallationFailed", message: messageOf(ManifestsRetrieved) };
  }
  if (isCurrent(Ready) && Ready?.status === "False") {
    const wasUndone = status?.helmRelease?.version !== undefined && spec.deployOptions?.helm?.atomic === true;
    const reason = wasUndone ? "RolledBack" : "InstallationFailed";
    return { version, state: "failed", reason, message: messageOf(Ready) };
  }
  return { version, state: "rolling-out", reason: "RollingOut", message: `${version} is being rolled out` };
}

function messageOf({ message }: { message?: string }): string {
  return message ?? "the installation failed";
}
