import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { Layout } from "./layout.tsx";
import { BrokenPage, NoPage } from "./no-page.tsx";

const root = createRootRoute({ component: Layout, notFoundComponent: NoPage, errorComponent: BrokenPage });

const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/projects", replace: true });
  },
});

const projects = createRoute({
  getParentRoute: () => root,
  path: "/projects",
  component: lazyRouteComponent(() => import("../projects/projects-page.tsx"), "ProjectsPage"),
});

const clusters = createRoute({
  getParentRoute: () => root,
  path: "/projects/$project/clusters",
  component: lazyRouteComponent(() => import("../clusters/clusters-page.tsx"), "ClustersPage"),
});

const createCluster = createRoute({
  getParentRoute: () => root,
  path: "/projects/$project/create-cluster",
  component: lazyRouteComponent(() => import("../create-cluster/create-cluster-page.tsx"), "CreateClusterPage"),
});

const cluster = createRoute({
  getParentRoute: () => root,
  path: "/projects/$project/clusters/$cluster",
  component: lazyRouteComponent(() => import("../cluster/cluster-page.tsx"), "ClusterPage"),
});

/** The page reads which tab is open; without one it shows its first. */
const clusterTab = createRoute({ getParentRoute: () => cluster, path: "$tab" });

const templates = createRoute({
  getParentRoute: () => root,
  path: "/projects/$project/templates",
  component: lazyRouteComponent(() => import("../templates/templates-page.tsx"), "TemplatesPage"),
});

const template = createRoute({
  getParentRoute: () => root,
  path: "/projects/$project/templates/$template",
  component: lazyRouteComponent(() => import("../templates/template-page.tsx"), "TemplatePage"),
});

const catalogue = createRoute({
  getParentRoute: () => root,
  path: "/admin/cni-versions",
  component: lazyRouteComponent(() => import("../admin/catalogue-page.tsx"), "CataloguePage"),
});

const systemApplications = createRoute({
  getParentRoute: () => root,
  path: "/admin/system-applications",
  component: lazyRouteComponent(() => import("../admin/system-applications-page.tsx"), "SystemApplicationsPage"),
});

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    projects,
    clusters,
    createCluster,
    cluster.addChildren([clusterTab]),
    templates,
    template,
    catalogue,
    systemApplications,
  ]),
  defaultPreload: "intent",
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
