/**
 * The ApplicationInstallation of a CNI that comes as application. Pure.
 * @module
 */
import { isDeepStrictEqual } from "node:util";
import { managedPointers, managedValuesAnnotation } from "@fairlead/admission";
import { type CiliumCluster, managedCiliumValues } from "@fairlead/network";
import {
  type ApplicationDefinition,
  type ApplicationInstallation,
  type Cluster,
  initialCniValuesAnnotation,
} from "@fairlead/resources";
import { mergeDiff } from "../merge-diff.ts";
import { KUBE_SYSTEM } from "../names.ts";
import { CNI_APPLICATION_LABELS } from "../system-applications/plan.ts";
import { enforceManagedValues, leafPointers, type Values } from "./managed-values.ts";

export interface InstallationInput {
  cluster: Cluster;
  definition: ApplicationDefinition | undefined;
  existing: ApplicationInstallation | undefined;
  overwriteRegistry?: string;
}

export type InstallationPlan =
  | { action: "none" }
  | { action: "create"; installation: ApplicationInstallation }
  | { action: "replace"; installation: ApplicationInstallation };

/**
 * Values that exist win over initial ones; managed ones win over both (rulings 14 and 16).
 *
 * @throws SyntaxError if the annotation with initial values holds no JSON object
 * @throws Error if a managed value is not known yet, for example the API server's address
 */
export function planInstallation({
  cluster,
  definition,
  existing,
  overwriteRegistry,
}: InstallationInput): InstallationPlan {
  const name = cluster.spec.cniPlugin?.type ?? "";
  const current = (existing?.spec.values as Values | undefined) ?? initialValues(cluster, definition);
  const managed = managedCiliumValues(cluster as unknown as CiliumCluster, {
    currentValues: current,
    ...(overwriteRegistry ? { overwriteRegistry } : {}),
  });
  const wanted = {
    metadata: {
      labels: { ...CNI_APPLICATION_LABELS },
      annotations: { [managedValuesAnnotation]: JSON.stringify(leafPointers(managed.values)) },
    },
    spec: {
      applicationRef: { name, version: cluster.spec.cniPlugin?.version ?? "" },
      namespace: { name: KUBE_SYSTEM, create: false },
      // No rollback of a first installation: a cluster that has no nodes yet would lose its CNI at each timeout.
      deployOptions: { helm: { wait: true, atomic: false, timeout: "10m0s" } },
      reconciliationInterval: "1h0m0s",
    },
  };
  const values = enforceManagedValues(current, managed.values, managedPointers(existing));
  if (!existing) {
    const metadata = { name, namespace: KUBE_SYSTEM, ...wanted.metadata };
    return { action: "create", installation: { metadata, spec: { ...wanted.spec, values } } };
  }
  if (!mergeDiff(existing, wanted) && isDeepStrictEqual(existing.spec.values, values)) return { action: "none" };
  return {
    action: "replace",
    installation: {
      ...existing,
      metadata: {
        ...existing.metadata,
        labels: { ...existing.metadata.labels, ...wanted.metadata.labels },
        annotations: { ...existing.metadata.annotations, ...wanted.metadata.annotations },
      },
      spec: { ...existing.spec, ...wanted.spec, values },
    },
  };
}

/** What a new installation starts from: the request, else the definition's defaults. */
function initialValues(cluster: Cluster, definition: ApplicationDefinition | undefined): Values {
  const request = cluster.metadata.annotations?.[initialCniValuesAnnotation];
  if (request) {
    const values: unknown = JSON.parse(request);
    if (typeof values !== "object" || values === null || Array.isArray(values)) {
      throw new SyntaxError(
        `metadata.annotations["${initialCniValuesAnnotation}"]: expected a JSON object of Helm values`,
      );
    }
    if (Object.keys(values).length > 0) return values as Values;
  }
  return structuredClone<Values>(definition?.spec.defaultValues ?? {});
}
