import { clusterTemplateInstanceType } from "@fairlead/resources";
import { type Foundation, requestFor } from "../foundation.ts";
import { specChanged } from "../relevant-changes.ts";
import { ClusterTemplateInstanceReconciler } from "./reconcile.ts";

export function setUpClusterTemplateInstance(foundation: Foundation): void {
  const { options, templates, projects, installation } = foundation;
  const instances = foundation.informer(clusterTemplateInstanceType);
  const { management } = options;
  const controller = foundation.controller(
    "cluster-template-instance",
    new ClusterTemplateInstanceReconciler({ management, instances, templates, projects, installation }),
    { concurrency: 1 }, // One after the other, since they look for names that are free.
  );
  const instancesOf = (reference: "projectID" | "clusterTemplateID", name: string | undefined) =>
    instances.list().flatMap((instance) => (instance.spec[reference] === name ? [requestFor(instance)] : []));
  controller.watch(instances, (instance) => [requestFor(instance)], { filter: specChanged });
  controller.watch(templates, ({ metadata }) => instancesOf("clusterTemplateID", metadata.name));
  controller.watch(projects, ({ metadata }) => instancesOf("projectID", metadata.name));
}
