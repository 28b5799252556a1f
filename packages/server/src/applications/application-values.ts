/**
 * The Helm values of an application, layer by layer. Pure.
 * @module
 */
import { baseValuesOf } from "@fairlead/admission";
import {
  type CiliumCluster,
  type LayeredValue,
  layerValues,
  managedCiliumValues,
  type OwnedValue,
} from "@fairlead/network";
import {
  type ApplicationInstallation,
  applicationManagedByLabel,
  applicationManagedByValue,
  applicationTypeCni,
  applicationTypeLabel,
  type Cluster,
  helmValues,
} from "@fairlead/resources";
import type { JsonObject } from "../http/json-body.ts";

export interface ValuesInput {
  cluster: Cluster;
  installation: ApplicationInstallation;
  /** The chart's own; undefined if they cannot be read. */
  chart: JsonObject | undefined;
  overwriteRegistry: string | undefined;
}

/** Whether they stand as object or as text. */
export function valuesOf({ spec }: ApplicationInstallation): JsonObject {
  return helmValues(spec);
}

export function layeredValues(input: ValuesInput): LayeredValue[] {
  const base = baseValuesOf(input.installation);
  return layerValues({
    ...(input.chart ? { chart: input.chart } : {}),
    ...(base ? { base } : {}),
    values: valuesOf(input.installation),
    owned: isManagedCni(input.installation) ? ownedValues(input) : [],
  });
}

function isManagedCni({ metadata }: ApplicationInstallation): boolean {
  return (
    metadata.labels?.[applicationManagedByLabel] === applicationManagedByValue &&
    metadata.labels[applicationTypeLabel] === applicationTypeCni
  );
}

/** Of the version that is installed, which may wait for an upgrade to the Cluster's. */
function ownedValues({ cluster, installation, overwriteRegistry }: ValuesInput): readonly OwnedValue[] {
  const { version } = installation.spec.applicationRef;
  const at = { ...cluster, spec: { ...cluster.spec, cniPlugin: { ...cluster.spec.cniPlugin, version } } };
  return managedCiliumValues(at as unknown as CiliumCluster, {
    currentValues: valuesOf(installation),
    ...(overwriteRegistry ? { overwriteRegistry } : {}),
  }).owned;
}
