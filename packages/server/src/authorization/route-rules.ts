/**
 * Who may use which route of the REST API: the one place that decides. `authorize.ts` enforces it, `docs/authorization.md`
 * is made of it, and a server with a route that stands in no rule does not start.
 * @module
 */
import type { ProjectRole } from "@fairlead/resources";

/**
 * `everybody` needs no token; `user` is whoever has signed in; roles are those that a user has in the project of the
 * route's address. Administrators may use every route.
 */
export type Access = "everybody" | "user" | "admin" | readonly ProjectRole[];

export interface RouteRule {
  /** Method and path, parameters as `:name`. */
  readonly route: string;
  readonly access: Access;
  /** What the route itself decides beyond the role. */
  readonly note?: string;
}

export interface RouteRuleSection {
  readonly title: string;
  readonly rules: readonly RouteRule[];
}

const members = ["owners", "editors", "viewers", "projectmanagers"] as const;
export const clusterReaders = ["owners", "editors", "viewers"] as const;
const clusterWriters = ["owners", "editors"] as const;
const projectWriters = ["owners", "editors", "projectmanagers"] as const;
const memberKeepers = ["owners", "projectmanagers"] as const;

/** KKP's two addresses of a project's clusters. */
const clusterPrefixes = ["/api/v2/projects/:project_id/clusters", "/api/v1/projects/:project_id/dc/:seed/clusters"];

const unsafeLabels = "labels `unsafe-*` are set by owners";

const clusterRules: readonly RouteRule[] = [
  { route: "GET", access: members },
  { route: "POST", access: clusterWriters, note: unsafeLabels },
  { route: "GET /:cluster_id", access: clusterReaders },
  { route: "PATCH /:cluster_id", access: clusterWriters, note: unsafeLabels },
  { route: "DELETE /:cluster_id", access: clusterWriters },
  ...[
    "health",
    "events",
    "nodes",
    "upgrades",
    "cniversions",
    "explain",
    "cniupgrade",
    "machinedeployments",
    "machinedeployments/:machinedeployment_id",
    "machinedeployments/:machinedeployment_id/nodes",
    "addons",
    "addons/:addon_id",
    "installableaddons",
    "applicationinstallations",
    "applicationinstallations/:namespace/:appinstall_name",
    "applicationinstallations/:namespace/:appinstall_name/values",
  ].map((path) => ({ route: `GET /:cluster_id/${path}`, access: clusterReaders })),
  ...[
    "PUT /:cluster_id/nodes/upgrades",
    "POST /:cluster_id/cniupgrade",
    "PATCH /:cluster_id/cniupgrade",
    "DELETE /:cluster_id/cniupgrade",
    "POST /:cluster_id/machinedeployments",
    "PATCH /:cluster_id/machinedeployments/:machinedeployment_id",
    "DELETE /:cluster_id/machinedeployments/:machinedeployment_id",
    "POST /:cluster_id/addons",
    "PATCH /:cluster_id/addons/:addon_id",
    "DELETE /:cluster_id/addons/:addon_id",
    "POST /:cluster_id/applicationinstallations",
    "PUT /:cluster_id/applicationinstallations/:namespace/:appinstall_name",
    "DELETE /:cluster_id/applicationinstallations/:namespace/:appinstall_name",
    "POST /:cluster_id/applicationinstallations/:namespace/:appinstall_name/values",
    "PUT /:cluster_id/applicationinstallations/:namespace/:appinstall_name/values",
  ].map((route) => ({ route, access: clusterWriters })),
  { route: "GET /:cluster_id/kubeconfig", access: clusterReaders, note: "viewers get one that lets look" },
  { route: "PUT /:cluster_id/token", access: clusterWriters },
  { route: "PUT /:cluster_id/viewertoken", access: clusterWriters },
  { route: "GET /:cluster_id/audit", access: clusterWriters },
];

const projects = "/api/v1/projects";
const accounts = `${projects}/:project_id/serviceaccounts`;
const tokens = `${accounts}/:serviceaccount_id/tokens`;
const groupBindings = "/api/v2/projects/:project_id/groupbindings";
const notOwnGroup = "of one's own groups only owners";
const notOneself = "not one's own membership";
const templates = "/api/v2/projects/:project_id/clustertemplates";
const templateScopes = "scope `user` is one's own, `project` is not for viewers, `global` is for administrators";
const definitions = "/api/v2/applicationdefinitions";
const rollouts = "/api/v2/cnirollouts";
const datacenter = "/api/v2/providers/:provider/dc/:dc";

export const routeRuleSections: readonly RouteRuleSection[] = [
  {
    title: "System",
    rules: [
      { route: "GET /api/v1/healthz", access: "everybody" },
      { route: "GET /api/openapi.json", access: "everybody" },
      { route: "GET /api/v1/auth/config", access: "everybody" },
      { route: "GET /api/v1/auth/login", access: "everybody" },
      { route: "GET /api/v1/auth/callback", access: "everybody" },
      { route: "GET /api/v1/version", access: "user" },
      { route: "GET /api/v1/me", access: "user" },
      { route: "POST /api/v1/me/logout", access: "user" },
      { route: "GET /api/v2/users", access: "admin" },
      { route: "GET /api/v1/admin", access: "admin" },
      { route: "PUT /api/v1/admin", access: "admin", note: "not one's own rights" },
    ],
  },
  {
    title: "Catalogues",
    rules: [
      ...[
        "/api/v1/dc",
        "/api/v1/dc/:dc",
        "/api/v1/seed",
        "/api/v1/seed/:seed/dc",
        "/api/v2/providers/:provider/versions",
        "/api/v1/upgrades/cluster",
        "/api/v1/upgrades/node",
        "/api/v2/cni/:cni_plugin_type/versions",
        "/api/v2/cni/catalogue",
        `${datacenter}/networkdefaults`,
        `${datacenter}/defaultcluster`,
        `${datacenter}/rulecontext`,
        "/api/v1/addons",
        "/api/v1/addonconfigs",
        "/api/v1/addonconfigs/:addon_id",
        definitions,
        `${definitions}/:appdef_name`,
        `${definitions}/:appdef_name/versions/:version/schema`,
      ].map((path): RouteRule => ({ route: `GET ${path}`, access: "user" })),
      { route: `POST ${definitions}`, access: "admin" },
      { route: `PUT ${definitions}/:appdef_name`, access: "admin" },
      { route: `DELETE ${definitions}/:appdef_name`, access: "admin" },
      { route: "GET /api/v2/systemapplications", access: "admin" },
      { route: "PATCH /api/v2/systemapplications", access: "admin" },
      { route: "GET /api/v2/cni/clusters", access: "admin", note: "the clusters of all projects" },
    ],
  },
  {
    title: "Fleet",
    rules: [
      `GET ${rollouts}`,
      `POST ${rollouts}`,
      `GET ${rollouts}/:rollout_name`,
      `PATCH ${rollouts}/:rollout_name`,
      `DELETE ${rollouts}/:rollout_name`,
    ].map((route): RouteRule => ({ route, access: "admin", note: "a roll-out concerns clusters of all projects" })),
  },
  {
    title: "Projects",
    rules: [
      { route: `GET ${projects}`, access: "user", note: "lists those that one is a member of" },
      { route: `POST ${projects}`, access: "user", note: "whoever creates a project owns it" },
      { route: `GET ${projects}/:project_id`, access: members },
      { route: `PUT ${projects}/:project_id`, access: projectWriters },
      { route: `DELETE ${projects}/:project_id`, access: memberKeepers },
    ],
  },
  {
    title: "Members and service accounts",
    rules: [
      { route: `GET ${projects}/:project_id/users`, access: memberKeepers },
      { route: `POST ${projects}/:project_id/users`, access: memberKeepers, note: notOneself },
      { route: `PUT ${projects}/:project_id/users/:user_id`, access: memberKeepers, note: notOneself },
      { route: `DELETE ${projects}/:project_id/users/:user_id`, access: memberKeepers, note: notOneself },
      { route: `GET ${groupBindings}`, access: memberKeepers },
      { route: `GET ${groupBindings}/:binding_name`, access: memberKeepers },
      { route: `POST ${groupBindings}`, access: memberKeepers, note: notOwnGroup },
      { route: `PATCH ${groupBindings}/:binding_name`, access: memberKeepers, note: notOwnGroup },
      { route: `DELETE ${groupBindings}/:binding_name`, access: memberKeepers, note: notOwnGroup },
      { route: `GET ${accounts}`, access: members },
      { route: `POST ${accounts}`, access: memberKeepers },
      { route: `PUT ${accounts}/:serviceaccount_id`, access: memberKeepers },
      { route: `DELETE ${accounts}/:serviceaccount_id`, access: memberKeepers },
      { route: `GET ${tokens}`, access: memberKeepers },
      { route: `POST ${tokens}`, access: memberKeepers },
      { route: `PUT ${tokens}/:token_id`, access: memberKeepers },
      { route: `PATCH ${tokens}/:token_id`, access: memberKeepers },
      { route: `DELETE ${tokens}/:token_id`, access: memberKeepers },
    ],
  },
  {
    title: "Cluster templates",
    rules: [
      { route: `GET ${templates}`, access: members, note: "another user's own are not listed" },
      { route: `GET ${templates}/:template_id`, access: members },
      { route: `GET ${templates}/:template_id/export`, access: members },
      { route: `POST ${templates}`, access: members, note: templateScopes },
      { route: `POST ${templates}/import`, access: members, note: templateScopes },
      { route: `PUT ${templates}/:template_id`, access: members, note: templateScopes },
      { route: `DELETE ${templates}/:template_id`, access: members, note: templateScopes },
      { route: `POST ${templates}/:template_id/instances`, access: clusterWriters },
      { route: `GET ${templates}/:template_id/instances`, access: clusterReaders },
      { route: `GET ${templates}/:template_id/instances/:instance_id`, access: clusterReaders },
    ],
  },
  {
    title: "Clusters",
    rules: clusterPrefixes.flatMap((prefix) =>
      clusterRules.map(({ route, ...rest }) => {
        const [method = "", path = ""] = route.split(" ");
        return { route: `${method} ${prefix}${path}`, ...rest };
      }),
    ),
  },
];

export const routeRules: readonly RouteRule[] = routeRuleSections.flatMap(({ rules }) => rules);

const accessByRoute: ReadonlyMap<string, Access> = new Map(routeRules.map(({ route, access }) => [route, access]));

/** Undefined for a route that stands in no rule. HEAD is GET without the body. */
export function accessTo(method: string, path: string): Access | undefined {
  return accessByRoute.get(`${method === "HEAD" ? "GET" : method} ${path}`);
}
