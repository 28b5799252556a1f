/**
 * Which changes of an object are news to a controller. What controllers write into statuses comes back as an event each time,
 * to all of them: a cluster that comes to be would otherwise be looked at ten times for each thing that happens to it. Pure.
 * @module
 */
import { isDeepStrictEqual } from "node:util";
import type { KubeObject } from "@fairlead/kube";
import {
  type Addon,
  addonResourcesCreated,
  type Cluster,
  cniValuesChangeAnnotation,
  type Seed,
} from "@fairlead/resources";
import { SPEC_VALID } from "./cluster/status.ts";

type News<T> = (object: T, previous: T | undefined) => boolean;

/** For those who work on a cluster's network: anything but how it is, which conditions, health and progress say. */
export const concernsNetwork: News<Cluster> = newsOf(({ metadata, status }) => {
  const { extendedHealth: _health, phase: _phase, ...rest } = withoutProgress(status);
  return [askedFor(metadata), status?.conditions?.[SPEC_VALID]?.status, rest];
});

/** For those who apply Addons: what is asked for, and what their charts are told of the cluster's state. */
export const concernsAddonValues: News<Cluster> = newsOf(({ metadata, status }) => {
  return [askedFor(metadata), status?.address, status?.tunnel, status?.versions];
});

/** {@link concernsNetwork}, and how far an upgrade or a change of the type of the CNI is. */
export const concernsCni: News<Cluster> = (cluster, previous) =>
  concernsNetwork(cluster, previous) || cniProgressed(cluster, previous);

const cniProgressed = newsOf<Cluster>(({ status }) => [
  status?.cniUpgrade,
  status?.cniMigration,
  status?.cniValuesChanges,
]);

/** For who runs the control plane: anything but conditions, in which all controllers write. */
export const concernsControlPlane: News<Cluster> = newsOf(({ metadata, status }) => {
  return [askedFor(metadata), withoutProgress(status)];
});

/** For who sees the rest by looking into the cluster: what is asked of an object, beside whether it goes. */
export const askedAnew: News<KubeObject> = newsOf(({ metadata }) => askedFor(metadata));

/** What a cluster that sleeps is woken for: a spec, of itself or an Addon, or a change of its CNI's values. */
export const wakesCluster: News<KubeObject> = newsOf(({ metadata: { generation, annotations } }) => {
  return [generation, annotations?.[cniValuesChangeAnnotation]];
});

/** For who waits for an Addon's pods. One that was only just created has none. */
export const concernsAddonPods: News<Addon> = (addon, previous) =>
  !isDeepStrictEqual(podsOf(addon), previous ? podsOf(previous) : { isApplied: false, isGoing: false });

function podsOf({ metadata, status }: Addon) {
  return {
    isApplied: status?.conditions?.[addonResourcesCreated]?.status === "True",
    isGoing: metadata.deletionTimestamp !== undefined,
  };
}

/** Whether a cluster has an Addon. */
export const concernsAddons: News<Addon> = newsOf(({ metadata }) => metadata.deletionTimestamp !== undefined);

/** What a controller writes to an object's status is no news to it. */
export function specChanged({ metadata }: KubeObject, previous: KubeObject | undefined): boolean {
  return metadata.generation !== previous?.metadata.generation || metadata.deletionTimestamp !== undefined;
}

/** Whether more of a Seed changed than how many clusters it has, or when it was last seen. */
export const concernsSeed: News<Seed> = newsOf(({ metadata, status }) => [
  metadata.generation,
  metadata.deletionTimestamp,
  status?.phase,
]);

/** Without what says how far somebody is. */
function withoutProgress(status: Cluster["status"]) {
  const {
    conditions: _conditions,
    cniUpgrade: _upgrade,
    cniMigration: _migration,
    cniValuesChanges: _values,
    ...rest
  } = status ?? {};
  return rest;
}

function newsOf<T extends KubeObject>(read: (object: T) => unknown): News<T> {
  return (object, previous) => previous === undefined || !isDeepStrictEqual(read(object), read(previous));
}

/** The generation stands for the spec. */
function askedFor({ generation, labels, annotations, finalizers, deletionTimestamp, uid }: KubeObject["metadata"]) {
  return [generation, labels, annotations, finalizers, deletionTimestamp, uid];
}
