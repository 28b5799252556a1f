/**
 * What a Seed says of the charts of the CNIs that come as applications. Pure.
 * @module
 */
import { type HelmErrorKind, isHelmError } from "@fairlead/helm";
import { SourceAccessError } from "../application-installation/secrets.ts";
import type { ConditionUpdate } from "../conditions.ts";

export const SYSTEM_CHARTS_AVAILABLE = "SystemApplicationChartsAvailable";

/** What fetching one version has come to; no error: it can be fetched. */
export interface FetchedVersion {
  version: string;
  error?: unknown;
}

/** One condition for all versions: the first failure decides on the reason, the message names every one. */
export function chartsCondition(repository: string, fetched: readonly FetchedVersion[]): ConditionUpdate {
  const failed = fetched.filter(({ error }) => error !== undefined);
  const [first] = failed;
  if (!first) {
    const message = `oci://${repository} serves Cilium ${fetched.map(({ version }) => version).join(", ")}`;
    return { status: "True", reason: "ChartsAvailable", message };
  }
  const explained = failed.map(({ version, error }) => `${version}: ${messageOf(error)}`);
  const message = `oci://${repository} does not serve Cilium ${explained.join("; ")}`;
  return { status: "False", reason: reasonOf(first.error), message };
}

const reasons: Readonly<Partial<Record<HelmErrorKind, string>>> = {
  "registry-unreachable": "RegistryUnreachable",
  timeout: "RegistryUnreachable",
  unauthorized: "RegistryLoginFailed",
  "chart-not-found": "ChartNotFound",
  "chart-digest-mismatch": "ChartDigestMismatch",
};

function reasonOf(error: unknown): string {
  if (error instanceof SourceAccessError) return "CredentialsMissing";
  if (!isHelmError(error)) return "ChartUnavailable";
  return reasons[error.kind] ?? "ChartUnavailable";
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
