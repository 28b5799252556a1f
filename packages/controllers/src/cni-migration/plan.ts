/**
 * A change of the CNI's type (ruling 4): the new CNI comes beside the previous one, which goes when the new one runs on all nodes;
 * pods from before then have to be restarted by the cluster's users. Pure.
 * @module
 */
import type { Cluster, CniInPlace, CniMigrationState, CniMigrationStatus } from "@fairlead/resources";
import type { DeliveredCni } from "../cni-upgrade/delivered.ts";
import { guide, type Removable } from "./guide.ts";

/** What of another type than the Cluster's is there. */
export interface Leftovers {
  /** Names of Addons. */
  addons: readonly Removable[];
  /** Names of ApplicationInstallations in `kube-system` that Fairlead made. */
  applications: readonly Removable[];
}

export interface MigrationInput {
  cluster: Cluster;
  /** Undefined for type `none`, and while nothing is known. */
  delivered: DeliveredCni | undefined;
  leftovers: Leftovers;
  /** Of the CNI that is delivered. */
  vxlanPort: number | undefined;
  /**
   * Pods from before the switch that are not on the host network, by namespace; undefined if nobody looked, which is for
   * {@link wantsPods} to say.
   */
  pods: ReadonlyMap<string, number> | undefined;
  /** RFC 3339. */
  now: string;
}

export interface MigrationPlan {
  /** The CNI that runs on all nodes. */
  inPlace: CniInPlace | undefined;
  /** Undefined if there never was a migration. */
  status: CniMigrationStatus | undefined;
  /** What of the previous CNI goes now. */
  remove: Leftovers;
  requeueAfterMs?: number;
}

const nothing: Leftovers = { addons: [], applications: [] };
const podsIntervalMs = 10_000;

/** Whether it has to be known which pods are from before the switch. */
export function wantsPods({ status }: Cluster): boolean {
  return status?.cniMigration?.switchedAt !== undefined && status.cniMigration.finishedAt === undefined;
}

export function planMigration(input: MigrationInput): MigrationPlan {
  const { cluster, delivered, leftovers, now } = input;
  const { type = "none", version = "" } = cluster.spec.cniPlugin ?? {};
  const before = cluster.status?.cni;
  const previous = cluster.status?.cniMigration;
  const left = [...leftovers.addons, ...leftovers.applications];
  const runs = type === "none" ? left.length === 0 : delivered?.state === "ready" && delivered.version === version;
  const inPlace = runs ? described(input, type, version) : before;

  const underWay = previous && previous.finishedAt === undefined && previous.to.type === type ? previous : undefined;
  const from = underWay?.from ?? predecessor(type, before, left);
  if (!from) return { inPlace, status: abandoned(previous, type, now), remove: nothing };

  const switchedAt = underWay?.switchedAt ?? (runs ? now : undefined);
  const isGone = left.length === 0;
  const pods = switchedAt === undefined ? undefined : input.pods;
  const state = stateOf({ type, switchedAt, isGone, pods });
  const status: CniMigrationStatus = {
    from,
    to: { type, ...(type === "none" ? {} : { version }) },
    state,
    ...guide({ state, from: from.type, to: type, left, pods, delivered }),
    startedAt: underWay?.startedAt ?? now,
    ...(switchedAt === undefined ? {} : { switchedAt }),
    ...(state === "Complete" ? { finishedAt: now } : {}),
  };
  return {
    inPlace,
    status,
    // What there is under `none` is the user's to remove: only they know when their own CNI works.
    remove: switchedAt !== undefined && type !== "none" ? leftovers : nothing,
    ...(state === "RestartPods" ? { requeueAfterMs: podsIntervalMs } : {}),
  };
}

interface StateInput {
  type: string;
  switchedAt: string | undefined;
  isGone: boolean;
  pods: ReadonlyMap<string, number> | undefined;
}

function stateOf({ type, switchedAt, isGone, pods }: StateInput): CniMigrationState {
  if (type === "none" && !isGone) return "WaitingForUser";
  if (switchedAt === undefined) return "RollingOut";
  if (!isGone) return "RemovingPrevious";
  return pods?.size === 0 ? "Complete" : "RestartPods";
}

function described({ cluster, vxlanPort }: MigrationInput, type: string, version: string): CniInPlace {
  const proxyMode = cluster.spec.clusterNetwork?.proxyMode;
  return {
    type,
    ...(type === "none" ? {} : { version }),
    ...(proxyMode === undefined ? {} : { proxyMode }),
    ...(vxlanPort === undefined ? {} : { vxlanPort }),
  };
}

function predecessor(
  type: string,
  before: CniInPlace | undefined,
  [leftover]: readonly Removable[],
): CniMigrationStatus["from"] | undefined {
  if (before && before.type !== type) {
    return { type: before.type, ...(before.version === undefined ? {} : { version: before.version }) };
  }
  // Back to a type that still runs: what had begun to come in its place is what goes.
  if (leftover) return { type: leftover.type, ...(leftover.version ? { version: leftover.version } : {}) };
  return undefined;
}

/** A migration to another type than the one that is asked for now, of which nothing is left. */
function abandoned(
  previous: CniMigrationStatus | undefined,
  type: string,
  now: string,
): CniMigrationStatus | undefined {
  if (!previous || previous.finishedAt !== undefined || previous.to.type === type) return previous;
  return { ...previous, message: `given up: the cluster stays with ${type}`, remainingSteps: [], finishedAt: now };
}

const usualPort = 8472;
const otherPort = 8473;

/**
 * The UDP port for a new CNI's overlay: two overlays cannot share one while both CNIs are there.
 * @returns undefined if it may have the usual one
 */
export function overlayPortBeside(inPlace: CniInPlace | undefined, type: string): number | undefined {
  if (!inPlace || inPlace.type === type || inPlace.type === "none") return undefined;
  return (inPlace.vxlanPort ?? usualPort) === usualPort ? otherPort : undefined;
}
