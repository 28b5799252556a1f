import { catalogueOf, chartSource, type Installation } from "@fairlead/admission";
import type { HelmRunner } from "@fairlead/helm";
import type { Informer, KubeClient, ReconcileContext, Reconciler, Result } from "@fairlead/kube";
import { allowedVersions, type Catalogue, type UsedVersion } from "@fairlead/network";
import {
  type ApplicationDefinition,
  type ApplicationVersion,
  applicationDefinitionType,
  type Cluster,
  type Seed,
  seedType,
} from "@fairlead/resources";
import { ChartSources } from "../application-installation/chart-sources.ts";
import { changedConditions } from "../conditions.ts";
import { mergeDiff } from "../merge-diff.ts";
import { FIELD_MANAGER } from "../names.ts";
import { writeStatus } from "../writes.ts";
import { CILIUM_DEFAULT_VALUES, ciliumDefinition } from "./plan.ts";
import { chartsCondition, type FetchedVersion, SYSTEM_CHARTS_AVAILABLE } from "./seed-condition.ts";

export interface SystemApplicationsOptions {
  management: KubeClient;
  clusters: Informer<Cluster>;
  definitions: Informer<ApplicationDefinition>;
  seeds: Informer<Seed>;
  runner: HelmRunner;
  installation: () => Installation;
}

/** How long an answer of the registry holds, if nothing changes. */
const checkedForMs = 3_600_000;

/**
 * Keeps the ApplicationDefinitions of CNIs that come as application, and says on every Seed whether their charts can be
 * fetched. An administrator's default values are left alone.
 */
export class SystemApplicationsReconciler implements Reconciler {
  readonly #options: SystemApplicationsOptions;
  readonly #sources: ChartSources;
  /** What was asked of the registry, when, and what came of it. */
  #checked: { input: string; atMs: number; fetched: FetchedVersion[] } | undefined;

  constructor(options: SystemApplicationsOptions) {
    this.#options = options;
    this.#sources = new ChartSources(options);
  }

  async reconcile(_request: unknown, context: ReconcileContext): Promise<Result> {
    const settings = this.#options.installation();
    const used = this.#usedVersions();
    const catalogue = catalogueOf(settings, used);
    const source = chartSource(settings.configuration?.spec);
    const versions = applicationVersions(catalogue);
    const wanted = ciliumDefinition(
      versions.map(({ version }) => version),
      source,
    );
    if (await this.#keepDefinition(wanted, context)) return {}; // The write comes back as an event.
    const inUse = new Set(used.map(({ version }) => version));
    const checked = wanted.spec.versions.filter(
      ({ version }) =>
        inUse.has(version) || versions.some((known) => known.version === version && known.phase === "supported"),
    );
    const fetched = await this.#fetch(checked, context);
    await this.#tellSeeds(chartsCondition(source.helmRepository, fetched), context.signal);
    const failed = fetched.find(({ error }) => error !== undefined);
    if (failed) throw failed.error; // Retried with backoff.
    return { requeueAfterMs: checkedForMs };
  }

  /** What clusters have stays in the definition though an operator takes it out of the catalogue (ruling 13). */
  #usedVersions(): UsedVersion[] {
    return this.#options.clusters.list().flatMap(({ spec }) => {
      const { type, version } = spec.cniPlugin ?? {};
      return type === "cilium" && version ? [{ type, version }] : [];
    });
  }

  async #keepDefinition(
    wanted: ReturnType<typeof ciliumDefinition>,
    { signal, logger }: ReconcileContext,
  ): Promise<boolean> {
    const { management, definitions } = this.#options;
    const existing = definitions.get(wanted.metadata.name);
    const options = { fieldManager: FIELD_MANAGER, signal };
    if (!existing) {
      logger.info({ ApplicationDefinition: wanted.metadata.name }, "Creating an ApplicationDefinition");
      const spec = { ...wanted.spec, defaultValues: structuredClone<Record<string, unknown>>(CILIUM_DEFAULT_VALUES) };
      await management.create<ApplicationDefinition>(applicationDefinitionType, { ...wanted, spec }, options);
      return true;
    }
    const patch = mergeDiff(existing, { metadata: wanted.metadata, spec: wanted.spec });
    if (!patch) return false;
    logger.info({ ApplicationDefinition: wanted.metadata.name }, "Updating an ApplicationDefinition");
    await management.mergePatch(applicationDefinitionType, { name: wanted.metadata.name }, patch, options);
    return true;
  }

  /** Asks helm itself, one version after the other: what it can fetch now it can fetch for a cluster. */
  async #fetch(versions: readonly ApplicationVersion[], { signal }: ReconcileContext): Promise<FetchedVersion[]> {
    const input = JSON.stringify([versions, this.#options.installation().configuration?.spec?.caBundle]);
    const { input: before, atMs = 0, fetched: known = [] } = this.#checked ?? {};
    const fresh = before === input && Date.now() - atMs < checkedForMs && !known.some(({ error }) => error);
    if (fresh) return known;
    const fetched: FetchedVersion[] = [];
    for (const version of versions) {
      try {
        await this.#options.runner.showChart(await this.#sources.chart(version, signal), { signal });
        fetched.push({ version: version.version });
      } catch (error) {
        signal.throwIfAborted();
        fetched.push({ version: version.version, error });
      }
    }
    this.#checked = { input, atMs: Date.now(), fetched };
    return fetched;
  }

  async #tellSeeds(update: ReturnType<typeof chartsCondition>, signal: AbortSignal): Promise<void> {
    const { management, seeds } = this.#options;
    for (const seed of seeds.list()) {
      const wanted = { [SYSTEM_CHARTS_AVAILABLE]: update };
      const conditions = changedConditions(seed.status?.conditions, wanted, new Date());
      await writeStatus(management, seedType, { object: seed, status: { conditions }, signal });
    }
  }
}

function applicationVersions(catalogue: Catalogue) {
  return allowedVersions(catalogue, "cilium").filter(({ delivery }) => delivery === "application");
}
