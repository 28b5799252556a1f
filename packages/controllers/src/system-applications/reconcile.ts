import { catalogueOf, type Installation } from "@fairlead/admission";
import type { Informer, KubeClient, ReconcileContext, Reconciler } from "@fairlead/kube";
import { allowedVersions } from "@fairlead/network";
import { type ApplicationDefinition, applicationDefinitionType } from "@fairlead/resources";
import { mergeDiff } from "../merge-diff.ts";
import { FIELD_MANAGER } from "../names.ts";
import { type ChartSource, CILIUM_DEFAULT_VALUES, ciliumDefinition } from "./plan.ts";

export interface SystemApplicationsOptions {
  management: KubeClient;
  definitions: Informer<ApplicationDefinition>;
  installation: () => Installation;
}

/** Where KKP publishes its mirror of the charts; one setting of the KubermaticConfiguration replaces it. */
const upstreamRepository = "quay.io/kubermatic/helm-charts";

/** Keeps the ApplicationDefinitions of CNIs that come as application. An administrator's default values are left alone. */
export class SystemApplicationsReconciler implements Reconciler {
  readonly #options: SystemApplicationsOptions;

  constructor(options: SystemApplicationsOptions) {
    this.#options = options;
  }

  async reconcile(_request: unknown, { signal, logger }: ReconcileContext): Promise<void> {
    const { management, definitions, installation } = this.#options;
    const settings = installation();
    const versions = allowedVersions(catalogueOf(settings), "cilium")
      .filter((version) => version.delivery === "application")
      .map((version) => version.version);
    const wanted = ciliumDefinition(versions, chartSource(settings));
    const existing = definitions.get(wanted.metadata.name);
    const options = { fieldManager: FIELD_MANAGER, signal };
    if (!existing) {
      logger.info({ ApplicationDefinition: wanted.metadata.name }, "Creating an ApplicationDefinition");
      const spec = { ...wanted.spec, defaultValues: structuredClone<Record<string, unknown>>(CILIUM_DEFAULT_VALUES) };
      await management.create<ApplicationDefinition>(applicationDefinitionType, { ...wanted, spec }, options);
      return;
    }
    const patch = mergeDiff(existing, { metadata: wanted.metadata, spec: wanted.spec });
    if (!patch) return;
    logger.info({ ApplicationDefinition: wanted.metadata.name }, "Updating an ApplicationDefinition");
    await management.mergePatch(applicationDefinitionType, { name: wanted.metadata.name }, patch, options);
  }
}

function chartSource({ configuration }: Installation): ChartSource {
  const settings = configuration?.spec?.userCluster?.systemApplications;
  const { name, key } = settings?.helmRegistryConfigFile ?? {};
  return {
    helmRepository: settings?.helmRepository ?? upstreamRepository,
    plainHTTP: settings?.plainHTTP === true,
    ...(name && key ? { registryConfigFile: { name, key } } : {}),
  };
}
