/**
 * The ApplicationInstallation of a CNI that comes as application. Pure.
 * @module
 */
import { isDeepStrictEqual } from "node:util";
import {
  baseValuesAnnotation,
  managedPointers,
  managedValuesAnnotation,
  recordBaseValues,
  valuesChangeRecordAnnotation,
} from "@fairlead/admission";
import {
  type BaseValues,
  type CiliumCluster,
  enforceManagedValues,
  leafPointers,
  managedCiliumValues,
} from "@fairlead/network";
import {
  type ApplicationDefinition,
  type ApplicationInstallation,
  type Cluster,
  cniRolloutTimeoutAnnotation,
} from "@fairlead/resources";
import { overlayPortBeside } from "../cni-migration/plan.ts";
import { mergeDiff } from "../merge-diff.ts";
import { KUBE_SYSTEM } from "../names.ts";
import { CNI_APPLICATION_LABELS } from "../system-applications/plan.ts";
import { baseValues, migratedFromAddon, withOverlayPort } from "./base-values.ts";
import type { ValuesEdit } from "./values-change.ts";

type Values = Record<string, unknown>;

export interface InstallationInput {
  cluster: Cluster;
  definition: ApplicationDefinition | undefined;
  existing: ApplicationInstallation | undefined;
  /** In the place of the values that exist. */
  edit?: ValuesEdit | undefined;
  /** What is to be installed now: not the Cluster's version while that one waits for its checks. */
  version: string;
  overwriteRegistry?: string;
  /** The cluster's CNI was an add-on until now; matters for a new installation. */
  wasAddon?: boolean;
}

/** For each of helm's waits, unless the Cluster or the installation says otherwise: the more nodes, the longer it takes. */
const defaultTimeout = "10m0s";

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
export function planInstallation(input: InstallationInput): InstallationPlan {
  const { cluster, definition, existing, edit, version, overwriteRegistry } = input;
  const name = cluster.spec.cniPlugin?.type ?? "";
  const requested = existing ? undefined : baseValues(cluster, definition);
  const base = requested && beginningWith(requested, input);
  const current = edit?.values ?? (existing?.spec.values as Values | undefined) ?? base?.values ?? {};
  const managed = managedCiliumValues(clusterAt(cluster, version), {
    currentValues: current,
    ...(overwriteRegistry ? { overwriteRegistry } : {}),
  });
  const wanted = {
    metadata: {
      labels: { ...CNI_APPLICATION_LABELS },
      annotations: {
        [managedValuesAnnotation]: JSON.stringify(leafPointers(managed.values)),
        ...(base ? { [baseValuesAnnotation]: recordBaseValues(base) } : {}),
      },
    },
    spec: {
      applicationRef: { name, version },
      namespace: { name: KUBE_SYSTEM, create: false },
      deployOptions: { helm: deployOptions(cluster, existing) },
      reconciliationInterval: "1h0m0s",
    },
  };
  const values = enforceManagedValues(current, managed.values, managedPointers(existing));
  if (!existing) {
    const metadata = { name, namespace: KUBE_SYSTEM, ...wanted.metadata };
    return { action: "create", installation: { metadata, spec: { ...wanted.spec, values } } };
  }
  const annotations = withRecord({ ...existing.metadata.annotations, ...wanted.metadata.annotations }, edit);
  const isSame =
    !mergeDiff(existing, wanted) &&
    isDeepStrictEqual(existing.spec.values, values) &&
    isDeepStrictEqual(existing.metadata.annotations, annotations);
  if (isSame) return { action: "none" };
  return {
    action: "replace",
    installation: {
      ...existing,
      metadata: {
        ...existing.metadata,
        labels: { ...existing.metadata.labels, ...wanted.metadata.labels },
        annotations,
      },
      spec: { ...existing.spec, ...wanted.spec, values },
    },
  };
}

/** An edit says what is under way from now on; without one that stays. */
function withRecord(annotations: Record<string, string>, edit: ValuesEdit | undefined): Record<string, string> {
  if (!edit) return annotations;
  const { [valuesChangeRecordAnnotation]: _before, ...others } = annotations;
  return edit.record ? { ...others, [valuesChangeRecordAnnotation]: JSON.stringify(edit.record) } : others;
}

function beginningWith(requested: BaseValues, { cluster, wasAddon }: InstallationInput): BaseValues {
  const base = wasAddon ? migratedFromAddon(requested) : requested;
  const port = overlayPortBeside(cluster.status?.cni, cluster.spec.cniPlugin?.type ?? "none");
  return port === undefined ? base : withOverlayPort(base, port);
}

/**
 * A failed upgrade goes back to what ran; a failed first installation stays, since a cluster without nodes would lose its
 * CNI at each timeout.
 */
function deployOptions({ metadata }: Cluster, existing: ApplicationInstallation | undefined) {
  return {
    wait: true,
    atomic: existing?.status?.helmRelease?.version !== undefined,
    timeout:
      metadata.annotations?.[cniRolloutTimeoutAnnotation] ??
      existing?.spec.deployOptions?.helm?.timeout ??
      defaultTimeout,
  };
}

/** The shape of the values follows the version that they are for. */
function clusterAt(cluster: Cluster, version: string): CiliumCluster {
  const { cniPlugin } = cluster.spec;
  return { ...cluster, spec: { ...cluster.spec, cniPlugin: { ...cniPlugin, version } } } as unknown as CiliumCluster;
}
