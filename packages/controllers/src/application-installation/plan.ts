/**
 * From an ApplicationInstallation and its ApplicationDefinition to what helm is asked for. Pure.
 * @module
 */
import { isDeepStrictEqual } from "node:util";
import { isNamespaceName, namespaceNameRule, resolveReferences } from "@fairlead/admission";
import {
  type GitAccess,
  type GitChart,
  type HelmErrorKind,
  isHelmError,
  type OciChart,
  type RegistryAccess,
  type RepositoryChart,
  type ResolvedCommit,
  type WaitStrategy,
} from "@fairlead/helm";
import {
  type ApplicationDefinition,
  type ApplicationInstallation,
  type ApplicationVersion,
  type Cluster,
  type GitSource,
  goDurationMs,
  type HelmSource,
  type HelmValues,
  helmValues,
} from "@fairlead/resources";
import { SourceAccessError } from "./secrets.ts";
import type { Phase } from "./status.ts";

/** An installation that cannot be carried out as it stands: only a change of an object helps. */
export class UnusableInstallationError extends Error {
  override readonly name = "UnusableInstallationError";
}

/** Values that cannot be used: their text is no YAML, or they refer to what the cluster does not have. */
export class UnusableValuesError extends Error {
  override readonly name = "UnusableValuesError";
}

type Reference = ApplicationInstallation["spec"]["applicationRef"];

/** @throws UnusableInstallationError that names what there is instead */
export function findVersion(
  { name, version }: Reference,
  definition: ApplicationDefinition | undefined,
): ApplicationVersion {
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

/**
 * What an installation whose definition lost the version goes on with: what was installed is recorded in its status.
 * Nothing is uninstalled because somebody tidied up a catalogue (ruling 13).
 */
export function recordedVersion({ spec, status }: ApplicationInstallation): ApplicationVersion | undefined {
  const recorded = status?.applicationVersion;
  return recorded?.version === spec.applicationRef.version ? recorded : undefined;
}

/** @throws UnusableValuesError */
export function valuesFor({ spec }: ApplicationInstallation, cluster: Cluster): HelmValues {
  try {
    return resolveReferences(helmValues(spec), cluster);
  } catch (cause) {
    throw new UnusableValuesError(`spec.values: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

export function helmChart(helm: HelmSource, access: RegistryAccess): OciChart | RepositoryChart {
  const { url, chartName, chartVersion: version, chartDigest, plainHTTP, insecure } = helm;
  const completed: RegistryAccess = {
    ...access,
    ...(plainHTTP ? { plainHttp: true } : {}),
    ...(insecure ? { insecureSkipTlsVerify: true } : {}),
  };
  const base = url.replace(/\/+$/, "");
  if (!url.startsWith("oci://")) return { kind: "repository", url: base, name: chartName, version, access: completed };
  return {
    kind: "oci",
    url: `${base}/${chartName}`,
    version,
    ...(chartDigest ? { digest: chartDigest } : {}),
    access: completed,
  };
}

/** Of a namespace, as Kubernetes has it: it becomes part of paths and of helm's arguments. @throws UnusableValuesError */
export function requireNamespace({ spec }: ApplicationInstallation): void {
  const { name } = spec.namespace;
  if (isNamespaceName(name)) return;
  throw new UnusableValuesError(`spec.namespace.name: Invalid value: ${JSON.stringify(name)}: ${namespaceNameRule}`);
}

interface GitParts extends ResolvedCommit {
  access: GitAccess;
  dependencyAccess: RegistryAccess;
}

export function gitChart({ remote, path }: GitSource, parts: GitParts): GitChart {
  return { kind: "git", remote, ...parts, ...(path ? { path } : {}) };
}

export interface Deployment {
  wait: WaitStrategy;
  timeoutMs: number;
  rollbackOnFailure: boolean;
  enableDns: boolean;
}

const defaultTimeoutMs = 5 * 60_000;
/** Workers are everybody's: no installation holds one up for longer. */
const longestTimeoutMs = 60 * 60_000;
const shortestIntervalMs = 5_000;

/**
 * The installation's own options, else the definition's defaults; without any, helm does not wait. Names are looked up by
 * charts only if the definition says so: it is the manager's DNS that would answer.
 */
export function deploymentOf(
  installation: ApplicationInstallation,
  definition: ApplicationDefinition | undefined,
): Deployment {
  const options = installation.spec.deployOptions?.helm ?? definition?.spec.defaultDeployOptions?.helm ?? {};
  const timeoutMs = options.timeout === undefined ? undefined : goDurationMs(options.timeout);
  return {
    wait: options.wait || options.atomic ? "watcher" : "hookOnly",
    timeoutMs: Math.min(timeoutMs || defaultTimeoutMs, longestTimeoutMs),
    rollbackOnFailure: options.atomic === true,
    enableDns: options.enableDNS === true && definition?.spec.defaultDeployOptions?.helm?.enableDNS === true,
  };
}

/** Undefined: only events bring the installation back. */
export function intervalMs(installation: ApplicationInstallation): number | undefined {
  const interval = goDurationMs(installation.spec.reconciliationInterval ?? "0");
  return interval ? Math.max(interval, shortestIntervalMs) : undefined;
}

const downloadFailures: readonly HelmErrorKind[] = [
  "chart-not-found",
  "chart-digest-mismatch",
  "registry-unreachable",
  "unauthorized",
  "source-forbidden",
  "archive-refused",
];

/** Where an installation stands after an error. */
export function failurePhase(error: unknown): Phase {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof UnusableInstallationError) return { phase: "definition-missing", message };
  const download = error instanceof SourceAccessError || isHelmError(error, ...downloadFailures);
  return { phase: download ? "download-failed" : "failed", message };
}

/** Whether a change of a Cluster may matter to what is installed in it. */
export function concernsApplications(cluster: Cluster, previous: Cluster | undefined): boolean {
  const relevant = ({ spec, status }: Cluster) => [
    spec.clusterNetwork,
    spec.version,
    spec.humanReadableName,
    spec.pause === true,
    status?.address,
    status?.userEmail,
  ];
  return previous === undefined || !isDeepStrictEqual(relevant(cluster), relevant(previous));
}

/** Whether trying again can help; otherwise an event of the object that is wrong brings the installation back. */
export function isWorthRetrying(error: unknown): boolean {
  return !(error instanceof UnusableInstallationError || error instanceof UnusableValuesError);
}
