import { isDeepStrictEqual } from "node:util";
import {
  appliedHashOf,
  applySetId,
  builtin,
  Informer,
  type KubeObject,
  partOfLabel,
  type ResourceType,
} from "@fairlead/kube";
import type { Addon } from "@fairlead/resources";
import type { Logger } from "pino";
import { KUBE_SYSTEM } from "../names.ts";
import type { UserClusters } from "../user-clusters/user-clusters.ts";
import { parentOf } from "./parent.ts";

/** The kinds that a cluster's network stands on. Each costs a watch for every cluster: the others wait for the next look. */
const followedTypes: readonly ResourceType[] = [builtin.DaemonSet, builtin.Deployment, builtin.ConfigMap];

export interface DriftOptions {
  userClusters: UserClusters;
  addonsOf: (clusterId: string) => readonly Addon[];
  /** Called with an Addon one of whose objects is not as Fairlead left it. */
  onDrift: (addon: Addon) => void;
  /** Called with whatever changed of what Addons have applied, statuses too; of the object with its metadata alone. */
  onChange?: (clusterId: string, object: KubeObject) => void;
  logger: Logger;
}

/**
 * Notices at once when somebody edits or deletes what an Addon has applied, from when all of a cluster's were. While it sleeps nothing
 * is watched or kept: its Addons are compared with the cluster from time to time (`lookIntervalMs`), and an edit that this finds is put
 * right then.
 */
export function followDrift({ userClusters, addonsOf, onDrift, onChange, logger }: DriftOptions): void {
  userClusters.onComplete(({ id, client }, awake) => {
    const report = (object: KubeObject) => {
      const addon = ownerOf(object, addonsOf(id));
      if (addon) onDrift(addon);
    };
    const changed = (object: KubeObject) => {
      userClusters.touch(id);
      onChange?.(id, object);
    };
    for (const type of followedTypes) {
      const informer = new Informer({
        client,
        type,
        namespace: KUBE_SYSTEM,
        labelSelector: partOfLabel,
        transform: withoutContent,
        logger: logger.child({ Cluster: id }),
      });
      informer.addHandler({
        onAdd: (object, initial) => {
          if (!initial) changed(object);
        },
        onUpdate: (before, now) => {
          changed(now);
          if (isDrift(before, now)) report(now);
        },
        onDelete: (object) => {
          changed(object);
          report(object);
        },
      });
      informer.start(awake);
    }
  });
}

function ownerOf({ metadata }: KubeObject, addons: readonly Addon[]): Addon | undefined {
  const set = metadata.labels?.[partOfLabel];
  return addons.find((addon) => applySetId(parentOf(addon)) === set);
}

/**
 * Whether somebody else than Fairlead changed an object: what Fairlead applies has another hash each time. A change of
 * the status is none.
 */
export function isDrift(before: KubeObject, now: KubeObject): boolean {
  if (appliedHashOf(before) !== appliedHashOf(now)) return appliedHashOf(now) === undefined;
  const { generation: old, labels, annotations } = before.metadata;
  const { generation } = now.metadata;
  // Kinds without a status have no generation: each update is one of the content.
  if (generation === undefined || generation !== old) return true;
  return !isDeepStrictEqual([labels, annotations], [now.metadata.labels, now.metadata.annotations]);
}

/** Enough to tell a change and whose object it is; the cluster's own list is read to see what. */
function withoutContent({ apiVersion = "", kind = "", metadata }: KubeObject): KubeObject {
  return { apiVersion, kind, metadata };
}
