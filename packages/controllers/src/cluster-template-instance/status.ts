/**
 * What a ClusterTemplateInstance's status says. Pure.
 * @module
 */
import type { ClusterTemplateInstance, InstantiatedCluster } from "@fairlead/resources";
import { type ConditionUpdate, changedConditions } from "../conditions.ts";

type Status = NonNullable<ClusterTemplateInstance["status"]>;

const COMPLETE = "Complete";

/** Whether all of what it asks for is done: from then on neither its template nor its project concern it. */
export function isComplete({ metadata, status }: ClusterTemplateInstance): boolean {
  const complete = status?.conditions?.[COMPLETE];
  return complete?.status === "True" && complete.observedGeneration === metadata.generation;
}

/** How far it is. Places that were not tried yet are the last ones, since places are tried in order. */
export function progress(
  instance: ClusterTemplateInstance,
  places: readonly (InstantiatedCluster | undefined)[],
  now: Date,
): Status {
  const clusters = places.flatMap((entry) => entry ?? []);
  const refused = clusters.filter(({ state }) => state === "Refused");
  const wanted = places.slice(0, instance.spec.replicas);
  const created = wanted.filter((entry) => entry?.state === "Created").length;
  return {
    created: clusters.length - refused.length,
    refused: refused.length,
    clusters,
    ...conditionsOf(instance, completion({ created, refused, replicas: instance.spec.replicas }), now),
  };
}

/** Nothing can be created until something else than this object changes. */
export function waiting(instance: ClusterTemplateInstance, reason: string, message: string): Status {
  return conditionsOf(instance, { status: "False", reason, message }, new Date());
}

function completion(count: {
  created: number;
  refused: readonly InstantiatedCluster[];
  replicas: number;
}): ConditionUpdate {
  const { created, refused, replicas } = count;
  const [first] = refused;
  if (created === replicas) return { status: "True", reason: "AllCreated" };
  if (!first || created + refused.length < replicas) {
    return { status: "False", reason: "Creating", message: `${created} of ${replicas} clusters are created` };
  }
  const others = refused.length > 1 ? ` (and ${refused.length - 1} more, see status.clusters)` : "";
  const message = `${created} of ${replicas} clusters are created; ${first.name} is refused: ${first.message}${others}`;
  return { status: "False", reason: "SomeRefused", message };
}

function conditionsOf(
  instance: ClusterTemplateInstance,
  update: ConditionUpdate,
  now: Date,
): Pick<Status, "conditions"> {
  const observed = { ...update, observedGeneration: instance.metadata.generation };
  const conditions = changedConditions(instance.status?.conditions, { [COMPLETE]: observed }, now);
  return conditions ? { conditions } : {};
}
