import { type ChartReference, ChartValuesReader, type HelmRunner, releaseName } from "@fairlead/helm";
import { type KubeClient, refOf } from "@fairlead/kube";
import {
  type ApplicationDefinition,
  type ApplicationInstallation,
  applicationDefinitionType,
  type Cluster,
  reachedVersion,
} from "@fairlead/resources";
import { ChartSources, type ChartSourcesOptions } from "./chart-sources.ts";
import { findVersion, valuesFor } from "./plan.ts";

/** Looks into the charts of applications without touching a cluster. */
export class ApplicationCharts {
  readonly #management: KubeClient;
  readonly #runner: HelmRunner;
  readonly #sources: ChartSources;
  readonly #values: ChartValuesReader;

  constructor(options: ChartSourcesOptions) {
    this.#management = options.management;
    this.#runner = options.runner;
    this.#sources = new ChartSources(options);
    this.#values = new ChartValuesReader(options.runner);
  }

  /** The chart's own values. @throws Error if there is no such application, or its chart cannot be fetched */
  async values(application: { name: string; version: string }, signal: AbortSignal): Promise<Record<string, unknown>> {
    const definition = await this.#management.find(applicationDefinitionType, { name: application.name }, { signal });
    return await this.#values.read(await this.#chart(application, definition, signal), signal);
  }

  /**
   * The schema of the chart's values; undefined if it has none.
   * @throws Error if there is no such application, or its chart cannot be fetched
   */
  async schema({ name, version }: { name: string; version: string }, signal: AbortSignal): Promise<unknown> {
    const definition = await this.#management.find(applicationDefinitionType, { name }, { signal });
    const text = await this.#runner.valuesSchema(await this.#chart({ name, version }, definition, signal), { signal });
    return text === undefined ? undefined : (JSON.parse(text) as unknown);
  }

  /** Renders what would be installed in the cluster. @throws Error that says why the chart refuses the values */
  async check(
    installation: ApplicationInstallation,
    definition: ApplicationDefinition | undefined,
    { cluster, signal }: { cluster: Cluster; signal: AbortSignal },
  ): Promise<void> {
    const { spec } = installation;
    const { name, namespace = "" } = refOf(installation);
    await this.#runner.template(
      releaseName(namespace, name),
      await this.#chart(spec.applicationRef, definition, signal),
      {
        namespace: spec.namespace.name,
        values: valuesFor(installation, cluster),
        kubeVersion: `v${reachedVersion(cluster).replace(/^v/, "")}`,
        includeCrds: false,
        isUpgrade: true,
        signal,
      },
    );
  }

  async #chart(
    reference: ApplicationInstallation["spec"]["applicationRef"],
    definition: ApplicationDefinition | undefined,
    signal: AbortSignal,
  ): Promise<ChartReference> {
    return await this.#sources.chart(findVersion(reference, definition), signal);
  }
}
