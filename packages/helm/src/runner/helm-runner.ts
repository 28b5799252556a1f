import { copyFile, mkdir } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import type { Logger } from "pino";
import { fetchChart } from "../fetch/fetch-chart.ts";
import { knownHostsFile, openGit } from "../git/git.ts";
import { type GitRef, type ResolvedCommit, resolveCommit } from "../git/resolve-commit.ts";
import {
  accessFlags,
  type CallFiles,
  type DeployOptions,
  fileFlags,
  installArguments,
  type RollbackOptions,
  rollbackArguments,
  type TemplateOptions,
  templateArguments,
  type UninstallOptions,
  type UpgradeOptions,
  uninstallArguments,
  upgradeArguments,
} from "./arguments.ts";
import { CallDirectory } from "./call-directory.ts";
import { sweepCallDirectories } from "./call-directory-sweep.ts";
import {
  type ChartReference,
  type GitAccess,
  type OciChart,
  type RegistryAccess,
  type RepositoryChart,
  secretsOf,
} from "./chart-reference.ts";
import { type HelmHomes, helmEnvironment, helmHomes } from "./environment.ts";
import { type HelmProcessOptions, runHelm } from "./helm-process.ts";
import { type PreparedChart, prepareChart } from "./prepare-chart.ts";
import { type HistoryEntry, historyOutput, type ListedRelease, listOutput, parseOutput } from "./queries.ts";
import { readValuesSchema } from "./values-schema.ts";

export type Values = Readonly<Record<string, unknown>>;

/** A file that is there already, or the text, which then lies in a private file while helm runs. */
export type Kubeconfig = { path: string } | { text: string };

export interface ClusterTarget {
  kubeconfig: Kubeconfig;
  namespace: string;
}

export interface ReleaseTarget extends ClusterTarget {
  name: string;
}

export interface HelmRunnerOptions {
  /** Path of helm 4. */
  helmBinary: string;
  /** Helm's private homes and the files of running calls; made with mode 0700. */
  cacheDirectory: string;
  logger: Logger;
}

export interface CallOptions {
  signal?: AbortSignal;
}

interface Call {
  /** Of a call without a chart, or as the prepared chart demands. */
  args: readonly string[] | ((chart: PreparedChart) => readonly string[]);
  chart?: ChartReference;
  values?: Values;
  kubeconfig?: Kubeconfig;
  access?: RegistryAccess;
  signal?: AbortSignal;
  limitMs?: number;
  graceMs?: number | undefined;
}

interface Spawn extends Omit<HelmProcessOptions, "cwd" | "env" | "limitMs"> {
  args: readonly string[];
  directory: CallDirectory;
  limitMs?: number | undefined;
}

const quickCallMs = 60_000;

/** Runs the real helm 4: no shell, clean environment, private homes, secrets in files only. Every call throws `HelmError`. */
export class HelmRunner {
  readonly #binary: string;
  readonly #homes: HelmHomes;
  readonly #calls: string;
  readonly #knownHosts: string;
  readonly #logger: Logger;
  #ready: Promise<void> | undefined;
  #spawned = 0;

  constructor(options: HelmRunnerOptions) {
    this.#binary = options.helmBinary;
    this.#homes = helmHomes(join(options.cacheDirectory, "helm-homes"));
    this.#calls = join(options.cacheDirectory, "helm-calls");
    this.#knownHosts = knownHostsFile(options.cacheDirectory);
    this.#logger = options.logger;
  }

  /** How many helm processes were started so far. */
  get spawned(): number {
    return this.#spawned;
  }

  /** Rendered manifests, hooks included, as YAML documents. Reaches no cluster. */
  template(
    release: string,
    chart: ChartReference,
    options: TemplateOptions & CallOptions & { values: Values },
  ): Promise<string> {
    const { values, signal, ...rest } = options;
    return this.#run({ args: (prepared) => templateArguments(release, prepared, rest), chart, values, signal });
  }

  async install(
    target: ReleaseTarget,
    chart: ChartReference,
    options: DeployOptions & CallOptions & { values: Values },
  ): Promise<void> {
    const { values, signal, ...rest } = options;
    await this.#change(target, {
      command: "install",
      args: (prepared) => installArguments(target.name, prepared, rest),
      chart,
      values,
      signal,
      limitMs: deployLimitMs(rest),
      graceMs: deployGraceMs(rest),
    });
  }

  async upgrade(
    target: ReleaseTarget,
    chart: ChartReference,
    options: UpgradeOptions & CallOptions & { values: Values },
  ): Promise<void> {
    const { values, signal, ...rest } = options;
    await this.#change(target, {
      command: "upgrade",
      args: (prepared) => upgradeArguments(target.name, prepared, rest),
      chart,
      values,
      signal,
      limitMs: deployLimitMs(rest),
      graceMs: deployGraceMs(rest),
    });
  }

  async rollback(target: ReleaseTarget, options: RollbackOptions & CallOptions): Promise<void> {
    const { signal, ...rest } = options;
    const args = rollbackArguments(target.name, rest);
    await this.#change(target, { command: args[0], args: () => args, signal, limitMs: waitLimitMs(rest.timeoutMs) });
  }

  /** Succeeds if there is no such release. */
  async uninstall(target: ReleaseTarget, options: UninstallOptions & CallOptions): Promise<void> {
    const { signal, ...rest } = options;
    const args = uninstallArguments(target.name, rest);
    await this.#change(target, { command: args[0], args: () => args, signal, limitMs: waitLimitMs(rest.timeoutMs) });
  }

  /** Latest revision of each release of the namespace, whatever its status. */
  async list(target: ClusterTarget, options: CallOptions = {}): Promise<ListedRelease[]> {
    const args = ["list", `--namespace=${target.namespace}`, "--output=json", "--max=0"];
    const output = await this.#run({ args, kubeconfig: target.kubeconfig, signal: options.signal });
    return parseOutput(listOutput, output, "list");
  }

  /** Oldest first. */
  async history(target: ReleaseTarget, options: CallOptions = {}): Promise<HistoryEntry[]> {
    const args = ["history", target.name, `--namespace=${target.namespace}`, "--output=json"];
    const output = await this.#run({ args, kubeconfig: target.kubeconfig, signal: options.signal });
    return parseOutput(historyOutput, output, "history");
  }

  /**
   * Downloads a chart's package into the folder as `<name>-<version>.tgz`. Starts no helm.
   * @returns the digest of its manifest, `sha256:…`, if it comes from a registry
   */
  async pull(
    chart: OciChart | RepositoryChart,
    destination: string,
    options: CallOptions = {},
  ): Promise<string | undefined> {
    this.#ready ??= this.#prepare();
    await this.#ready;
    await using directory = await CallDirectory.create(this.#calls);
    const { file, digest } = await fetchChart(chart, { directory, signal: options.signal });
    await mkdir(destination, { recursive: true });
    await copyFile(file, join(destination, basename(file)));
    return digest;
  }

  /** `repository` is the parent: `oci://host/charts` for `oci://host/charts/<chart's name>`. */
  async push(
    packagePath: string,
    repository: string,
    options: CallOptions & { access?: RegistryAccess } = {},
  ): Promise<void> {
    await this.#run({
      args: ["push", resolve(packagePath), repository],
      access: options.access,
      signal: options.signal,
    });
  }

  /** Packs a chart folder into `<destination>/<name>-<version>.tgz`, with the modification times of its files. */
  async package(directory: string, destination: string, options: CallOptions = {}): Promise<void> {
    await this.#run({
      args: ["package", resolve(directory), `--destination=${resolve(destination)}`],
      signal: options.signal,
    });
  }

  /** `Chart.yaml`, as text. */
  showChart(chart: ChartReference, options: CallOptions = {}): Promise<string> {
    return this.#run({ args: ({ args }) => ["show", "chart", ...args], chart, signal: options.signal });
  }

  /** The chart's own `values.yaml`, as text. */
  showValues(chart: ChartReference, options: CallOptions = {}): Promise<string> {
    return this.#run({ args: ({ args }) => ["show", "values", ...args], chart, signal: options.signal });
  }

  /** The schema of the chart's values, as text; undefined if it has none. @throws HelmError if the chart cannot be fetched */
  async valuesSchema(chart: ChartReference, { signal }: CallOptions = {}): Promise<string | undefined> {
    this.#ready ??= this.#prepare();
    await this.#ready;
    await using directory = await CallDirectory.create(this.#calls);
    const { args } = await this.#prepareChart(chart, directory, signal);
    return await readValuesSchema(args[0] ?? "");
  }

  /** The commit that a branch or tag of a git repository stands for now. Starts no helm. */
  async resolveGitCommit(
    { remote, ref, access }: { remote: string; ref: GitRef; access?: GitAccess | undefined },
    { signal }: CallOptions = {},
  ): Promise<ResolvedCommit> {
    this.#ready ??= this.#prepare();
    await this.#ready;
    await using directory = await CallDirectory.create(this.#calls);
    await using git = await openGit({ directory, remote, access, knownHostsFile: this.#knownHosts, signal });
    return await resolveCommit(git, ref);
  }

  async #change(target: ReleaseTarget, { command, ...call }: Call & { command: string | undefined }): Promise<void> {
    const { name, namespace, kubeconfig } = target;
    const logger = this.#logger.child({ release: name, namespace });
    const start = performance.now();
    logger.info({ command }, "Running helm");
    const args = (prepared: PreparedChart) => [...argumentsOf(call, prepared), `--namespace=${namespace}`];
    await this.#run({ ...call, args, kubeconfig });
    logger.info({ command, durationMs: Math.round(performance.now() - start) }, "Finishing helm");
  }

  async #run(call: Call): Promise<string> {
    this.#ready ??= this.#prepare();
    await this.#ready;
    await using directory = await CallDirectory.create(this.#calls);
    const { signal, chart } = call;
    const prepared = chart ? await this.#prepareChart(chart, directory, signal) : { args: [] };
    const files = await writeFiles(directory, call);
    return await this.#spawn({
      args: [...argumentsOf(call, prepared), ...accessFlags(call.access), ...fileFlags(files)],
      directory,
      signal,
      limitMs: call.limitMs,
      graceMs: call.graceMs,
      secrets: secretsOf(call.access),
    });
  }

  #prepareChart(
    chart: ChartReference,
    directory: CallDirectory,
    signal: AbortSignal | undefined,
  ): Promise<PreparedChart> {
    return prepareChart(chart, {
      directory,
      helm: (args) => this.#spawn({ args, signal, directory }),
      knownHostsFile: this.#knownHosts,
      signal,
    });
  }

  #spawn({ args, directory, limitMs = quickCallMs, ...options }: Spawn): Promise<string> {
    if (!options.signal?.aborted) this.#spawned += 1;
    return runHelm(this.#binary, args, {
      ...options,
      cwd: directory.path,
      env: helmEnvironment(this.#homes, directory.path),
      limitMs,
    });
  }

  async #prepare(): Promise<void> {
    const directories = [...Object.values(this.#homes), this.#calls];
    await Promise.all(directories.map((directory) => mkdir(directory, { recursive: true, mode: 0o700 })));
    const stale = await sweepCallDirectories(this.#calls);
    if (stale.length > 0) this.#logger.info({ count: stale.length }, "Removing files of interrupted helm calls");
  }
}

async function writeFiles(directory: CallDirectory, call: Call): Promise<CallFiles> {
  const { values, kubeconfig, access } = call;
  // JSON is YAML, and no value can be misread.
  const valuesFile = values && (await directory.write("values.json", JSON.stringify(values)));
  return {
    values: valuesFile,
    kubeconfig:
      kubeconfig && ("path" in kubeconfig ? kubeconfig.path : await directory.write("kubeconfig", kubeconfig.text)),
    ca: access?.ca && (await directory.write("ca.pem", access.ca)),
    registryConfig: access?.registryConfig && (await directory.write("registry.json", access.registryConfig)),
  };
}

function argumentsOf({ args }: Pick<Call, "args">, prepared: PreparedChart): readonly string[] {
  return typeof args === "function" ? args(prepared) : args;
}

/** Helm's `--timeout` holds for each wait: hooks before, resources, hooks after. */
function waitLimitMs(timeoutMs: number): number {
  return 3 * timeoutMs + quickCallMs;
}

function deployLimitMs(options: DeployOptions): number {
  return options.rollbackOnFailure ? 2 * waitLimitMs(options.timeoutMs) : waitLimitMs(options.timeoutMs);
}

/**
 * Asked to stop, helm would begin the roll-back, with all its waiting, and be killed in the middle of that. What a helm
 * killed at once leaves is a pending revision that is known to be ours, which the next call recovers without delay.
 */
function deployGraceMs(options: DeployOptions): number | undefined {
  return options.rollbackOnFailure ? 0 : undefined;
}
