import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Logger } from "pino";
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
  chartArgument,
  type OciChart,
  type RegistryAccess,
  secretsOf,
} from "./chart-reference.ts";
import { type HelmHomes, helmEnvironment, helmHomes } from "./environment.ts";
import { runHelm } from "./helm-process.ts";
import { type HistoryEntry, historyOutput, type ListedRelease, listOutput, parseOutput } from "./queries.ts";

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
  args: readonly string[];
  values?: Values;
  kubeconfig?: Kubeconfig;
  access?: RegistryAccess;
  signal?: AbortSignal;
  limitMs?: number;
  graceMs?: number | undefined;
}

const quickCallMs = 60_000;

/** Runs the real helm 4: no shell, clean environment, private homes, secrets in files only. Every call throws `HelmError`. */
export class HelmRunner {
  readonly #binary: string;
  readonly #homes: HelmHomes;
  readonly #calls: string;
  readonly #logger: Logger;
  #ready: Promise<void> | undefined;
  #spawned = 0;

  constructor(options: HelmRunnerOptions) {
    this.#binary = options.helmBinary;
    this.#homes = helmHomes(join(options.cacheDirectory, "helm-homes"));
    this.#calls = join(options.cacheDirectory, "helm-calls");
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
    return this.#run({ args: templateArguments(release, chart, rest), values, access: accessOf(chart), signal });
  }

  async install(
    target: ReleaseTarget,
    chart: ChartReference,
    options: DeployOptions & CallOptions & { values: Values },
  ): Promise<void> {
    const { values, signal, ...rest } = options;
    await this.#change(target, {
      args: installArguments(target.name, chart, rest),
      values,
      access: accessOf(chart),
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
      args: upgradeArguments(target.name, chart, rest),
      values,
      access: accessOf(chart),
      signal,
      limitMs: deployLimitMs(rest),
      graceMs: deployGraceMs(rest),
    });
  }

  async rollback(target: ReleaseTarget, options: RollbackOptions & CallOptions): Promise<void> {
    const { signal, ...rest } = options;
    const args = rollbackArguments(target.name, rest);
    await this.#change(target, { args, signal, limitMs: waitLimitMs(rest.timeoutMs) });
  }

  /** Succeeds if there is no such release. */
  async uninstall(target: ReleaseTarget, options: UninstallOptions & CallOptions): Promise<void> {
    const { signal, ...rest } = options;
    const args = uninstallArguments(target.name, rest);
    await this.#change(target, { args, signal, limitMs: waitLimitMs(rest.timeoutMs) });
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

  /** Downloads a chart into the folder as `<name>-<version>.tgz`. */
  async pull(chart: OciChart, destination: string, options: CallOptions = {}): Promise<void> {
    const directory = resolve(destination);
    await mkdir(directory, { recursive: true });
    const args = ["pull", chartArgument(chart), `--destination=${directory}`];
    await this.#run({ args, access: chart.access, signal: options.signal });
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
    const args = ["show", "chart", chartArgument(chart)];
    return this.#run({ args, access: accessOf(chart), signal: options.signal });
  }

  /** The chart's own `values.yaml`, as text. */
  showValues(chart: ChartReference, options: CallOptions = {}): Promise<string> {
    const args = ["show", "values", chartArgument(chart)];
    return this.#run({ args, access: accessOf(chart), signal: options.signal });
  }

  async #change(target: ReleaseTarget, call: Call): Promise<void> {
    const { name, namespace, kubeconfig } = target;
    const logger = this.#logger.child({ release: name, namespace });
    const [command] = call.args;
    const start = performance.now();
    logger.info({ command }, "Running helm");
    await this.#run({ ...call, args: [...call.args, `--namespace=${namespace}`], kubeconfig });
    logger.info({ command, durationMs: Math.round(performance.now() - start) }, "Finishing helm");
  }

  async #run(call: Call): Promise<string> {
    this.#ready ??= this.#prepare();
    await this.#ready;
    await using directory = await CallDirectory.create(this.#calls);
    const files = await writeFiles(directory, call);
    if (!call.signal?.aborted) this.#spawned += 1;
    return await runHelm(this.#binary, [...call.args, ...accessFlags(call.access), ...fileFlags(files)], {
      cwd: directory.path,
      env: helmEnvironment(this.#homes, directory.path),
      signal: call.signal,
      limitMs: call.limitMs ?? quickCallMs,
      graceMs: call.graceMs,
      secrets: secretsOf(call.access),
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

function accessOf(chart: ChartReference): RegistryAccess | undefined {
  return chart.kind === "oci" ? chart.access : undefined;
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
