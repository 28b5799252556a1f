/**
 * From an ApplicationInstallation and its ApplicationDefinition to what helm is asked for. Pure.
 * @module
 */
import { type HelmErrorKind, isHelmError, type OciChart, type RegistryAccess, type WaitStrategy } from "@fairlead/helm";
import {
  type ApplicationDefinition,
  type ApplicationInstallation,
  type ApplicationVersion,
  goDurationMs,
  type HelmSource,
} from "@fairlead/resources";
import type { Phase } from "./status.ts";

/** An installation that cannot be carried out as it stands: only a change of an object helps. */
export class UnusableInstallationError extends Error {
  override readonly name = "UnusableInstallationError";
}

/** @throws UnusableInstallationError that names what there is instead */
export function findVersion(
  installation: ApplicationInstallation,
  definition: ApplicationDefinition | undefined,
): ApplicationVersion {
  const { name, version } = installation.spec.applicationRef;
  if (!definition) {
    throw new UnusableInstallationError(`spec.applicationRef.name: there is no ApplicationDefinition "${name}"`);
  }
  const found = definition.spec.versions.find((candidate) => candidate.version === version);
  if (found) return found;
  const known = definition.spec.versions.map((candidate) => `"${candidate.version}"`).join(", ");
  throw new UnusableInstallationError(
    `spec.applicationRef.version: Unsupported value: "${version}": supported values: ${known}`,
  );
}

/** @throws UnusableInstallationError for a source that is no OCI repository */
export function chartOf(version: ApplicationVersion, access: RegistryAccess): OciChart {
  const helm = helmSource(version);
  return {
    kind: "oci",
    url: `${helm.url.replace(/\/+$/, "")}/${helm.chartName}`,
    version: helm.chartVersion,
    access: {
      ...access,
      ...(helm.plainHTTP ? { plainHttp: true } : {}),
      ...(helm.insecure ? { insecureSkipTlsVerify: true } : {}),
    },
  };
}

/** @throws UnusableInstallationError for a source that is no OCI repository */
export function helmSource({ version, template }: ApplicationVersion): HelmSource {
  const { helm } = template.source;
  if (helm?.url.startsWith("oci://")) return helm;
  throw new UnusableInstallationError(
    `The source of version ${version} is ${helm ? helm.url : "a git repository"}: only OCI repositories (oci://…) are supported`,
  );
}

export interface Deployment {
  wait: WaitStrategy;
  timeoutMs: number;
  rollbackOnFailure: boolean;
  enableDns: boolean;
}

const defaultTimeoutMs = 5 * 60_000;

/** The installation's own options, else the definition's defaults; without any, helm does not wait. */
export function deploymentOf(installation: ApplicationInstallation, definition: ApplicationDefinition): Deployment {
  const options = installation.spec.deployOptions?.helm ?? definition.spec.defaultDeployOptions?.helm ?? {};
  const timeoutMs = options.timeout === undefined ? undefined : goDurationMs(options.timeout);
  return {
    wait: options.wait || options.atomic ? "watcher" : "hookOnly",
    timeoutMs: timeoutMs || defaultTimeoutMs,
    rollbackOnFailure: options.atomic === true,
    enableDns: options.enableDNS === true,
  };
}

/** Undefined: only events bring the installation back. */
export function intervalMs(installation: ApplicationInstallation): number | undefined {
  return goDurationMs(installation.spec.reconciliationInterval ?? "0") || undefined;
}

const downloadFailures: readonly HelmErrorKind[] = [
  "chart-not-found",
  "chart-digest-mismatch",
  "registry-unreachable",
  "unauthorized",
];

/** Where an installation stands after an error. */
export function failurePhase(error: unknown): Phase {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof UnusableInstallationError) return { phase: "definition-missing", message };
  return { phase: isHelmError(error, ...downloadFailures) ? "download-failed" : "failed", message };
}
