import type { KubeClient } from "../client/kube-client.ts";
import { type KubeObject, keyOf } from "../objects.ts";
import type { Member } from "./members.ts";
import { type ApplySetParent, applySetId } from "./parent.ts";
import { type ReadSetsOptions, readSets, type SetsRead } from "./read-sets.ts";
import { hashOf } from "./unchanged.ts";

/** Kinds whose controllers write their status again and again; every change of their spec gives them another generation. */
const changeByThemselves: ReadonlySet<string> = new Set([
  "DaemonSet.apps",
  "Deployment.apps",
  "PodDisruptionBudget.policy",
  "StatefulSet.apps",
]);

/** An API server adds it when it converts a DaemonSet, but not to its metadata alone. */
const onlyInWholeObjects = "deprecated.daemonset.template.generation";

/** The versions of a server's apply sets at one time, by metadata alone: whether `ApplySets` would find what it found before. */
export class ApplySetVersions {
  readonly #read: SetsRead;

  constructor(read: SetsRead) {
    this.#read = read;
  }

  /** Those of Fairlead. As many requests as `ApplySets.read`, with answers a fraction in size. */
  static async read(client: KubeClient, options: ReadSetsOptions): Promise<ApplySetVersions> {
    return new ApplySetVersions(await readSets(client, { ...options, metadataOnly: true }));
  }

  /**
   * Another one with each change of the set: of its parent, of which members it has, and of anything in them but the status of what
   * changes by itself. Undefined: there is no such set.
   */
  of(parent: ApplySetParent): string | undefined {
    const { parents, members, keys } = this.#read;
    const found = parents.get(keyOf(parent));
    if (!found) return undefined;
    const states = (keys.get(applySetId(parent)) ?? []).flatMap((key) => {
      const member = members.get(key);
      return member ? [[key, stateOf(member)] as const] : [];
    });
    return hashOf({ parent: identityOf(found), members: Object.fromEntries(states) });
  }
}

function stateOf({ groupKind, type, object }: Member): object {
  // A comparison is with the version in which the kind is served now.
  const { apiVersion } = type;
  if (!changeByThemselves.has(groupKind)) return { apiVersion, identity: identityOf(object) };
  const { uid, generation, labels, deletionTimestamp } = object.metadata;
  const { [onlyInWholeObjects]: _, ...annotations } = object.metadata.annotations ?? {};
  return { apiVersion, uid, generation, labels, annotations, deletionTimestamp };
}

function identityOf({ metadata: { uid, resourceVersion } }: KubeObject): string {
  return `${uid} ${resourceVersion}`;
}
