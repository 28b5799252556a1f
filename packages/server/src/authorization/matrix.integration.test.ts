import { builtin, type KubeClient, waitFor } from "@fairlead/kube";
import {
  type ApiCluster,
  type ApiGroupBinding,
  addonConfigType,
  applicationDefinitionType,
  applicationInstallationType,
  clusterNamespace,
  clusterTemplateInstanceType,
  clusterType,
  machineDeploymentType,
  shippedAddonConfigs,
  userClusterCrds,
} from "@fairlead/resources";
import type { InjectOptions, LightMyRequestResponse } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { minimal } from "../testing/requests.ts";
import { adminToken, TestApi } from "../testing/test-api.ts";
import { userId } from "../users/user-directory.ts";
import { type RouteRule, routeRules } from "./route-rules.ts";

/** Ids of one project and of what is in it. */
interface World {
  [parameter: string]: string;
}

const roles = ["owners", "editors", "viewers", "projectmanagers"] as const;
const emailOf = (role: string) => `${role}@example.com`;
const stranger = "stranger@example.com";

let api: TestApi;
let client: KubeClient;
let own: World;
let foreign: World;

beforeAll(async () => {
  api = await TestApi.start();
  client = api.management;
  for (const crd of userClusterCrds()) {
    await client.apply(builtin.CustomResourceDefinition, crd, { fieldManager: "test" });
  }
  await waitFor(() => client.list(applicationInstallationType), { what: "the CRD of ApplicationInstallations" });
  await waitFor(() => client.list(machineDeploymentType), { what: "the CRD of MachineDeployments" });
  for (const config of shippedAddonConfigs()) await client.create(addonConfigType, config);
  await client.create(applicationDefinitionType, {
    metadata: { name: "cilium" },
    spec: { description: "", method: "helm", versions: [] },
  });
  await api.post("/api/v2/applicationdefinitions", definition("app"));
  await api.post("/api/v2/cnirollouts", rollout("described"));
  api.chartValues.set("cilium 1.18.10", {});
  own = await world("own");
  foreign = await world("foreign");
  await client.create(machineDeploymentType, {
    metadata: { name: "workers", namespace: "kube-system" },
    spec: { replicas: 1, selector: {}, template: { spec: { versions: { kubelet: "1.36.3" } } } },
  } as never);
  await client.create(applicationInstallationType, {
    metadata: { name: "cilium", namespace: "kube-system", labels: { "apps.kubermatic.k8c.io/type": "cni" } },
    spec: { applicationRef: { name: "cilium", version: "1.18.10" }, namespace: { name: "kube-system" }, values: {} },
  });
  for (const role of roles) {
    const member = { email: emailOf(role), projects: [{ id: own.project_id, group: role }] };
    expect((await api.post(`/api/v1/projects/${own.project_id}/users`, member)).statusCode).toBe(201);
  }
  const elsewhere = { email: stranger, projects: [{ id: foreign.project_id, group: "owners" }] };
  expect((await api.post(`/api/v1/projects/${foreign.project_id}/users`, elsewhere)).statusCode).toBe(201);
});
afterAll(() => api?.stop());

function definition(name: string) {
  const helm = { url: "oci://registry.example.com/charts", chartName: name, chartVersion: "1.0.0" };
  const versions = [{ version: "1.0.0", template: { source: { helm } } }];
  return { name, spec: { description: "what it is for", method: "helm", versions } };
}

const template = {
  name: "template",
  scope: "project",
  cluster: minimal("template").cluster,
  nodeDeployment: { spec: { replicas: 1, template: {} } },
};
const installation = {
  name: "app",
  spec: { namespace: { name: "apps", create: true }, applicationRef: { name: "app", version: "1.0.0" } },
};

async function world(name: string): Promise<World> {
  const project_id = await api.project(name);
  const base = `/api/v2/projects/${project_id}`;
  const idOf = (response: LightMyRequestResponse) => {
    expect(response.statusCode, response.body).toBe(201);
    return response.json<ApiCluster>().id;
  };
  const cni = { cniPlugin: { type: "cilium", version: "1.18.10" } };
  const cluster_id = idOf(await api.post(`${base}/clusters`, minimal(name, cni)));
  api.userClusters.set(cluster_id, client);
  const namespace = clusterNamespace(cluster_id);
  await client.create(builtin.Namespace, { metadata: { name: namespace } });
  const address = { url: "https://10.0.0.1:6443", externalName: "10.0.0.1", port: 6443 };
  await client.mergePatchStatus(clusterType, { name: cluster_id }, { status: { namespaceName: namespace, address } });
  await client.create(builtin.Secret, {
    metadata: { name: "admin-kubeconfig", namespace },
    stringData: { kubeconfig: api.server.kubeconfig() },
  });
  const template_id = idOf(await api.post(`${base}/clustertemplates`, template));
  const instance_id = `${project_id}-${template_id}-instance`;
  await client.create(clusterTemplateInstanceType, {
    metadata: { name: instance_id },
    spec: { projectID: project_id, clusterTemplateID: template_id, clusterTemplateName: "template", replicas: 1 },
  });
  idOf(await api.post(`${base}/clusters/${cluster_id}/addons`, { name: "multus" }));
  const accounts = `/api/v1/projects/${project_id}/serviceaccounts`;
  const serviceaccount_id = idOf(await api.post(accounts, { name: "robot", group: "editors" }));
  const token_id = idOf(await api.post(`${accounts}/${serviceaccount_id}/tokens`, { name: "token" }));
  const guest = `guest-of-${name}@example.com`;
  idOf(await api.post(`/api/v1/projects/${project_id}/users`, member(project_id, guest)));
  const binding = await api.post(`${base}/groupbindings`, { group: `guests-of-${name}`, role: "viewers" });
  return {
    project_id,
    binding_name: binding.json<ApiGroupBinding>().name,
    cluster_id,
    template_id,
    instance_id,
    serviceaccount_id,
    token_id,
    user_id: userId(guest),
    ...shared,
  };
}

const shared = {
  seed: "embedded",
  machinedeployment_id: "workers",
  namespace: "kube-system",
  appinstall_name: "cilium",
  addon_id: "multus",
  appdef_name: "app",
  version: "1.0.0",
  rollout_name: "described",
  dc: "local",
  provider: "bringyourown",
  cni_plugin_type: "canal",
};

function rollout(name: string) {
  return { name, spec: { cni: "canal", version: "v3.31" } };
}

function member(projectId: string, email: string) {
  return { email, projects: [{ id: projectId, group: "viewers" }] };
}

/** A request that succeeds for whoever may make it; what is not said here is a GET or DELETE without a body. */
const bodies: Readonly<Record<string, (ids: World) => object>> = {
  "PUT /api/v1/admin": () => ({ email: emailOf("viewers"), isAdmin: false }),
  "POST /api/v2/applicationdefinitions": () => definition("another"),
  "PUT /api/v2/applicationdefinitions/:appdef_name": () => definition("app"),
  "PATCH /api/v2/systemapplications": () => ({ helmRepository: "registry.example.com/charts" }),
  "POST /api/v2/cnirollouts": () => rollout("another"),
  "PATCH /api/v2/cnirollouts/:rollout_name": () => ({ paused: true }),
  "POST /api/v1/projects": () => ({ name: "new" }),
  "PUT /api/v1/projects/:project_id": () => ({ name: "renamed" }),
  "POST /api/v1/projects/:project_id/users": (ids) => member(ids.project_id ?? "", "new@example.com"),
  "PUT /api/v1/projects/:project_id/users/:user_id": (ids) => member(ids.project_id ?? "", "guest@example.com"),
  "POST /api/v2/projects/:project_id/groupbindings": () => ({ group: "new", role: "viewers" }),
  "PATCH /api/v2/projects/:project_id/groupbindings/:binding_name": () => ({ role: "editors" }),
  "POST /api/v1/projects/:project_id/serviceaccounts": () => ({ name: "another", group: "viewers" }),
  "PUT /api/v1/projects/:project_id/serviceaccounts/:serviceaccount_id": () => ({ name: "robot", group: "viewers" }),
  "POST /api/v1/projects/:project_id/serviceaccounts/:serviceaccount_id/tokens": () => ({ name: "another" }),
  "PUT /api/v1/projects/:project_id/serviceaccounts/:serviceaccount_id/tokens/:token_id": () => ({ name: "token" }),
  "PATCH /api/v1/projects/:project_id/serviceaccounts/:serviceaccount_id/tokens/:token_id": () => ({ name: "new" }),
  "POST /api/v2/projects/:project_id/clustertemplates": () => ({ ...template, scope: "user" }),
  "POST /api/v2/projects/:project_id/clustertemplates/import": () => ({ ...template, scope: "user" }),
  "PUT /api/v2/projects/:project_id/clustertemplates/:template_id": () => template,
  "POST /api/v2/projects/:project_id/clustertemplates/:template_id/instances": () => ({ replicas: 1 }),
  POST: () => minimal("new"),
  "PATCH /:cluster_id": () => ({ name: "renamed" }),
  "PUT /:cluster_id/nodes/upgrades": () => ({ version: "1.36.3" }),
  "POST /:cluster_id/cniupgrade": () => ({ target: "1.19.4" }),
  "PATCH /:cluster_id/cniupgrade": () => ({ paused: true }),
  "POST /:cluster_id/machinedeployments": () => ({ name: "more", spec: { replicas: 1, template: {} } }),
  "PATCH /:cluster_id/machinedeployments/:machinedeployment_id": () => ({ spec: { replicas: 2 } }),
  "POST /:cluster_id/addons": () => ({ name: "hubble" }),
  "PATCH /:cluster_id/addons/:addon_id": () => ({ spec: {} }),
  "POST /:cluster_id/applicationinstallations": () => installation,
  "PUT /:cluster_id/applicationinstallations/:namespace/:appinstall_name": () => ({
    spec: { applicationRef: { name: "cilium", version: "1.18.10" }, namespace: { name: "kube-system" }, values: {} },
  }),
  "POST /:cluster_id/applicationinstallations/:namespace/:appinstall_name/values": () => ({ values: {} }),
  "PUT /:cluster_id/applicationinstallations/:namespace/:appinstall_name/values": () => ({ values: {} }),
};

/** What a request answers, though it is allowed, because of the state that this test has things in. */
const otherStatus: Readonly<Record<string, number>> = {
  "GET /api/v1/auth/login": 404, // No identity provider is configured.
  "GET /api/v1/auth/callback": 404,
  "POST /api/v1/me/logout": 200,
  "POST /:cluster_id/addons": 400, // Hubble comes with this version of Cilium.
};

/** What a route that reads has to be asked with. */
const queries: Readonly<Record<string, string>> = {
  "GET /api/v1/upgrades/node": "?control_plane_version=1.36.3",
};

const created = /^POST (?!.*\/values$)/;
const prefixes = /\/api\/v\d\/projects\/:project_id\/(dc\/:seed\/)?clusters(?=$|\/:cluster_id)/;

/** The rule's name in the tables above, in which both addresses of clusters are one. */
function keyOf({ route }: RouteRule): string {
  return route.replace(prefixes, "").trim();
}

function requestOf(rule: RouteRule, ids: World): InjectOptions {
  const [method = "", path = ""] = rule.route.split(" ");
  const url = path.replaceAll(/:(\w+)/g, (_, name: string) => ids[name] ?? `no-${name}`);
  const payload = bodies[keyOf(rule)]?.(ids);
  return {
    method: method as "GET",
    url: method === "GET" ? `${url}${queries[rule.route] ?? ""}` : `${url}?dryRun=All`,
    ...(payload ? { payload } : {}),
  };
}

let signOuts = 0;

function as(email: string, request: InjectOptions): Promise<LightMyRequestResponse> {
  // Who signs out with one token goes on with another.
  const token =
    email !== adminToken && JSON.stringify(request.url).includes("/logout") ? `${email}#${++signOuts}` : email;
  return api.app.inject({ ...request, headers: { authorization: `Bearer ${token}` } });
}

function success(rule: RouteRule): number {
  return otherStatus[keyOf(rule)] ?? (created.test(rule.route) || isTemplatePut(rule) ? 201 : 200);
}

function isTemplatePut({ route }: RouteRule): boolean {
  return route === "PUT /api/v2/projects/:project_id/clustertemplates/:template_id"; // As in KKP.
}

function isAllowed({ access }: RouteRule, role: string): boolean {
  return access === "user" || access === "everybody" || (Array.isArray(access) && access.includes(role));
}

const ofProjects = routeRules.filter(({ route }) => route.includes(":project_id"));
const viewersOwnTemplates = /clustertemplates\/:template_id$/;

describe.each([...roles])("%s", (role) => {
  const token = emailOf(role);

  test.each(routeRules)("of the own project: $route", async (rule) => {
    const response = await as(token, requestOf(rule, own));
    // A viewer keeps templates, but not those of the project, as which the rule notes.
    const refused = role === "viewers" && viewersOwnTemplates.test(rule.route) && !rule.route.startsWith("GET");
    const expected = isAllowed(rule, role) && !refused ? success(rule) : 403;
    expect(response.statusCode, response.body).toBe(expected);
  });

  test.each(ofProjects)("of another project, as of one that is not there: $route", async (rule) => {
    const elsewhere = await as(token, requestOf(rule, foreign));
    const nowhere = await as(token, requestOf(rule, { ...foreign, project_id: "nosuchproj" }));
    expect([elsewhere.statusCode, nowhere.statusCode]).toEqual([403, 403]);
    expect(elsewhere.body.replaceAll(foreign.project_id ?? "", "nosuchproj")).toBe(nowhere.body);
  });

  test.each(ofProjects.filter(namesSomethingInside))(
    "what is another project's, by way of one's own: $route",
    async (rule) => {
      const payloadProject = { project_id: own.project_id ?? "" };
      const theirs = await as(token, requestOf(rule, { ...foreign, ...payloadProject }));
      const nobodys = await as(token, requestOf(rule, { ...missing, ...payloadProject }));
      const expected = isAllowed(rule, role) ? 404 : 403;
      expect([theirs.statusCode, nobodys.statusCode], theirs.body).toEqual([expected, expected]);
    },
  );
});

const insides = ["cluster_id", "template_id", "serviceaccount_id", "user_id", "binding_name"];
const missing: World = {
  ...shared,
  ...Object.fromEntries([...insides, "token_id"].map((name) => [name, "nosuchthin"])),
};

function namesSomethingInside({ route }: RouteRule): boolean {
  return insides.some((name) => route.includes(`:${name}`));
}

test.each(routeRules)("the administrator, everywhere: $route", async (rule) => {
  for (const ids of [own, foreign]) {
    const response = await as(adminToken, requestOf(rule, ids));
    expect(response.statusCode, response.body).toBe(success(rule));
  }
});

test.each(ofProjects)("whoever belongs to another project, in this one: $route", async (rule) => {
  expect((await as(stranger, requestOf(rule, own))).statusCode).toBe(403);
});

test.each(routeRules)("nobody without a token, if not everybody: $route", async (rule) => {
  const response = await api.app.inject(requestOf(rule, own));
  expect(response.statusCode).toBe(rule.access === "everybody" ? success(rule) : 401);
});

test("all of that was tried, and nothing has changed", async () => {
  expect(await api.storedClusterNames()).toEqual(["foreign", "own"]);
  expect((await api.storedProjects()).map(({ spec }) => spec.name).sort()).toEqual(["foreign", "own"]);
});
