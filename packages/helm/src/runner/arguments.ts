import type { RegistryAccess } from "./chart-reference.ts";
import type { PreparedChart } from "./prepare-chart.ts";

/** `watcher`: until everything is ready; `hookOnly`: until hooks have run; `legacy`: helm 3's way of looking. */
export type WaitStrategy = "watcher" | "hookOnly" | "legacy";

/**
 * What every call that changes a cluster says explicitly. Helm 4 renamed or re-defaulted each of these: `--wait` takes a
 * strategy, `--rollback-on-failure` was `--atomic`, server-side apply became the default.
 */
export interface ChangeOptions {
  wait: WaitStrategy;
  /** Helm's own limit, for each wait. */
  timeoutMs: number;
  serverSide: boolean;
  /** Take over fields that someone else changed; with server-side apply only. */
  forceConflicts?: boolean;
}

export interface DeployOptions extends ChangeOptions {
  /** Undo when it fails. Helm then waits for readiness even with `hookOnly`. */
  rollbackOnFailure: boolean;
  /** Labels of the release's storage Secrets. */
  labels?: Readonly<Record<string, string>>;
  createNamespace?: boolean;
  skipCrds?: boolean;
  enableDns?: boolean;
  description?: string;
}

export interface UpgradeOptions extends DeployOptions {
  /** Revisions to keep, at least 2: with one there is nothing to roll back to. */
  historyMax: number;
}

export interface RollbackOptions extends ChangeOptions {
  revision: number;
  historyMax: number;
}

export interface UninstallOptions {
  wait: WaitStrategy;
  timeoutMs: number;
  noHooks?: boolean;
}

export interface TemplateOptions {
  namespace: string;
  /** `v1.36.3`; charts with a `kubeVersion` constraint need it. */
  kubeVersion?: string;
  /** `cilium.io/v2`, `monitoring.coreos.com/v1/ServiceMonitor`, … besides those helm knows. */
  apiVersions?: readonly string[];
  includeCrds: boolean;
  isUpgrade?: boolean;
}

/** Paths of the files that hold what may not stand in a command line. */
export interface CallFiles {
  values?: string;
  kubeconfig?: string;
  ca?: string;
  registryConfig?: string;
}

export function installArguments(release: string, chart: PreparedChart, options: DeployOptions): string[] {
  return ["install", release, ...chart.args, ...deployFlags(options), "--hide-notes"];
}

export function upgradeArguments(release: string, chart: PreparedChart, options: UpgradeOptions): string[] {
  // --reset-values: the values given are complete; those of the last revision never leak into another chart version.
  const own = ["--reset-values", `--history-max=${options.historyMax}`, "--hide-notes"];
  return ["upgrade", release, ...chart.args, ...deployFlags(options), ...own];
}

export function rollbackArguments(release: string, options: RollbackOptions): string[] {
  return ["rollback", release, `${options.revision}`, ...changeFlags(options), `--history-max=${options.historyMax}`];
}

export function uninstallArguments(release: string, options: UninstallOptions): string[] {
  return [
    "uninstall",
    release,
    "--ignore-not-found",
    `--wait=${options.wait}`,
    `--timeout=${options.timeoutMs}ms`,
    ...flag("--no-hooks", options.noHooks),
  ];
}

export function templateArguments(release: string, chart: PreparedChart, options: TemplateOptions): string[] {
  return [
    "template",
    release,
    ...chart.args,
    `--namespace=${options.namespace}`,
    "--dry-run=client",
    "--skip-tests",
    ...(options.kubeVersion ? [`--kube-version=${options.kubeVersion}`] : []),
    ...(options.apiVersions ?? []).map((version) => `--api-versions=${version}`),
    ...flag("--include-crds", options.includeCrds),
    ...flag("--is-upgrade", options.isUpgrade),
  ];
}

/** Flags for what lies in files, and for how to reach a registry. */
export function fileFlags(files: CallFiles): string[] {
  return [
    ...(files.kubeconfig ? [`--kubeconfig=${files.kubeconfig}`] : []),
    ...(files.values ? [`--values=${files.values}`] : []),
    ...(files.ca ? [`--ca-file=${files.ca}`] : []),
    ...(files.registryConfig ? [`--registry-config=${files.registryConfig}`] : []),
  ];
}

export function accessFlags(access: RegistryAccess | undefined): string[] {
  return [
    ...flag("--plain-http", access?.plainHttp),
    ...flag("--insecure-skip-tls-verify", access?.insecureSkipTlsVerify),
  ];
}

function deployFlags(options: DeployOptions): string[] {
  const labels = Object.entries(options.labels ?? {}).map(([key, value]) => `--labels=${key}=${value}`);
  return [
    ...changeFlags(options),
    `--rollback-on-failure=${options.rollbackOnFailure}`,
    ...labels,
    ...flag("--create-namespace", options.createNamespace),
    ...flag("--skip-crds", options.skipCrds),
    ...flag("--enable-dns", options.enableDns),
    ...(options.description ? [`--description=${options.description}`] : []),
  ];
}

function changeFlags(options: ChangeOptions): string[] {
  return [
    `--wait=${options.wait}`,
    `--timeout=${options.timeoutMs}ms`,
    `--server-side=${options.serverSide}`,
    ...flag("--force-conflicts", options.forceConflicts),
  ];
}

function flag(name: string, set: boolean | undefined): string[] {
  return set ? [name] : [];
}
