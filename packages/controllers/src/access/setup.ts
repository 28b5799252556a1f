import { groupProjectBindingType, userProjectBindingType, userType } from "@fairlead/resources";
import type { Foundation } from "../foundation.ts";
import { AccessReconciler, watchAccess } from "./reconcile.ts";

export function setUpAccess(foundation: Foundation): void {
  const { options, projects, clusters } = foundation;
  const sources = {
    projects,
    clusters,
    users: foundation.informer(userType),
    userBindings: foundation.informer(userProjectBindingType),
    groupBindings: foundation.informer(groupProjectBindingType),
  };
  const reconciler = new AccessReconciler({ management: options.management, ...sources });
  watchAccess(foundation.controller("access", reconciler, { concurrency: 2 }), sources);
}
