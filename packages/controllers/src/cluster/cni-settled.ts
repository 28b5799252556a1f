import { builtin, type DaemonSet, type KubeClient } from "@fairlead/kube";
import type { Delivery } from "@fairlead/network";
import { type ApplicationInstallation, applicationInstallationType } from "@fairlead/resources";
import { KUBE_SYSTEM } from "../names.ts";

export interface WantedCni {
  readonly type: string;
  readonly version: string;
  /** As the catalogue says; undefined for a CNI that the platform does not install. */
  readonly delivery: Delivery | undefined;
}

/**
 * What the CNI that a cluster asks for still lacks there, in words for its owner; undefined once it is rolled out, and
 * for a CNI that is not the platform's.
 */
export async function cniLacks(cni: WantedCni, client: KubeClient, signal: AbortSignal): Promise<string | undefined> {
  const ref = { name: cni.type, namespace: KUBE_SYSTEM };
  switch (cni.delivery) {
    case undefined:
      return undefined;
    case "addon":
      return daemonSetLacks(cni, await client.find(builtin.DaemonSet, ref, { signal }));
    case "application":
      return installationLacks(cni, await client.find(applicationInstallationType, ref, { signal }));
  }
}

/** The add-ons' DaemonSets are named after the CNI, and their images have its version: `v3.31` is `node:v3.31.3`. */
export function daemonSetLacks({ type, version }: WantedCni, daemonSet: DaemonSet | undefined): string | undefined {
  const waiting = `waiting for CNI ${type} ${version}`;
  if (!daemonSet) return `${waiting}: there is no DaemonSet ${type} yet`;
  const { metadata, spec, status = {} } = daemonSet;
  const images = spec?.template.spec?.containers.map(({ image = "" }) => image.slice(image.lastIndexOf(":") + 1)) ?? [];
  if (!images.some((tag) => tag === version || tag.startsWith(`${version}.`))) {
    return `${waiting}: DaemonSet ${type} is not upgraded yet`;
  }
  const desired = status.desiredNumberScheduled ?? 0;
  const done = Math.min(status.updatedNumberScheduled ?? 0, status.numberAvailable ?? 0);
  const isSeen = (status.observedGeneration ?? 0) >= (metadata.generation ?? 0);
  return isSeen && done >= desired ? undefined : `${waiting}: ${done} of ${desired} nodes have it`;
}

export function installationLacks(
  { type, version }: WantedCni,
  installation: ApplicationInstallation | undefined,
): string | undefined {
  const waiting = `waiting for CNI ${type} ${version}`;
  if (!installation) return `${waiting}: there is no ApplicationInstallation ${type} yet`;
  const { status, metadata } = installation;
  const ready = status?.conditions?.Ready;
  const isInstalled = installation.spec.applicationRef.version === version && ready?.status === "True";
  if (isInstalled && ready.observedGeneration === metadata.generation) return undefined;
  return `${waiting}: ApplicationInstallation ${type} is not ready${ready?.message ? `: ${ready.message}` : ""}`;
}
