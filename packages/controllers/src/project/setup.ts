import { type Foundation, requestFor } from "../foundation.ts";
import { ProjectReconciler } from "./reconcile.ts";

export function setUpProject(foundation: Foundation): void {
  const { options, projects, clusters } = foundation;
  const reconciler = new ProjectReconciler({ management: options.management, projects, clusters });
  foundation.controller("project", reconciler, { concurrency: 2 }).watch(projects, (project) => [requestFor(project)]);
}
