import { builtin, waitFor } from "@fairlead/kube";
import {
  type ApiCluster,
  type ApiGroupBinding,
  addonConfigType,
  applicationInstallationType,
  clusterType,
  kubermaticConfigurationType,
  machineDeploymentType,
  shippedAddonConfigs,
  userClusterCrds,
} from "@fairlead/resources";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import type { LightMyRequestResponse } from "fastify";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { localAdminAuthenticator } from "../authentication/local-admin.ts";
import { createServer } from "../create-server.ts";
import { minimal } from "../testing/requests.ts";
import { TestApi, userToken } from "../testing/test-api.ts";

interface Content {
  content?: Record<string, { schema: object }>;
}

interface Operation {
  tags: string[];
  summary: string;
  parameters?: {
    name: string;
    in: string;
    required?: boolean;
    schema: { enum?: string[]; const?: string; type?: string };
  }[];
  requestBody?: Content;
  responses: Record<string, Content>;
}

type Method = "get" | "post" | "put" | "patch" | "delete";

interface Document {
  openapi: string;
  paths: Record<string, Partial<Record<Method, Operation>>>;
  components: { schemas: Record<string, object> };
}

let api: TestApi;
let document: Document;
let ajv: Ajv2020;
let known: Record<string, string>;

beforeAll(async () => {
  api = await TestApi.start();
  document = (await api.app.inject({ url: "/api/openapi.json" })).json<Document>();
  ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema({ $id: "document", ...document });
  const project = await api.project("described");
  const clusters = `/api/v2/projects/${project}/clusters`;
  const { id } = (await api.post(clusters, minimal("described"))).json<ApiCluster>();
  const client = api.server.client();
  for (const crd of userClusterCrds())
    await client.apply(builtin.CustomResourceDefinition, crd, { fieldManager: "test" });
  await waitFor(() => client.list(machineDeploymentType), { what: "the CRD of MachineDeployments" });
  await waitFor(() => client.list(applicationInstallationType), { what: "the CRD of ApplicationInstallations" });
  api.userClusters.set(id, client);
  await api.post(`${clusters}/${id}/machinedeployments`, { name: "workers", spec: { replicas: 1 } });
  await api.post("/api/v2/applicationdefinitions", definition("described"));
  await api.post("/api/v2/cnirollouts", rollout("described"));
  await api.post(`${clusters}/${id}/applicationinstallations`, installation("described"));
  const labels = { "fairlead.dev/machine-deployment": "workers" };
  await client.create(builtin.Node, { metadata: { name: "workers-0", labels } });
  const namespace = `cluster-${id}`;
  await client.create(builtin.Namespace, { metadata: { name: namespace } });
  await client.create(builtin.Secret, {
    metadata: { name: "admin-kubeconfig", namespace },
    stringData: { kubeconfig: api.server.kubeconfig() },
  });
  await api.app.inject({ url: "/api/v1/me", headers: { authorization: `Bearer ${userToken}` } }); // Bob is known now.
  known = {
    project_id: project,
    seed: "embedded",
    cluster_id: id,
    machinedeployment_id: "workers",
    provider: "bringyourown",
    dc: "local",
    cni_plugin_type: "cilium",
    ...(await describedTemplate(project)),
    ...(await describedMembers(project)),
    addon_id: "multus",
    appdef_name: "described",
    version: "1.0.0",
    rollout_name: "described",
    namespace: "default",
    appinstall_name: "described",
  };
  await api.management.mergePatchStatus(clusterType, { name: id }, { status: { namespaceName: namespace } });
  await api.post(`${clusters}/${id}/addons`, { name: "multus" });
  for (const config of shippedAddonConfigs()) await api.management.create(addonConfigType, config);
  const { items } = await api.management.list(kubermaticConfigurationType);
  const accessibleAddons = ["multus", ...Array.from({ length: 300 }, (_, serial) => `described-${serial}`)];
  for (const { metadata } of items) {
    const ref = { name: metadata.name ?? "", namespace: metadata.namespace ?? "" };
    await api.management.mergePatch(kubermaticConfigurationType, ref, { spec: { api: { accessibleAddons } } });
  }
  const accessible = async () => (await api.get("/api/v1/addons")).json<string[]>().length === accessibleAddons.length;
  await waitFor(accessible, { what: "the accessible add-ons to be known", timeoutMs: 60_000 });
});
afterAll(() => api?.stop());

/** Ids of a template and of a request for clusters of it. */
async function describedTemplate(project: string): Promise<{ template_id: string; instance_id: string }> {
  const templates = `/api/v2/projects/${project}/clustertemplates`;
  const { id } = (await api.post(templates, templateBody("described"))).json<{ id: string }>();
  const { name } = (await api.post(`${templates}/${id}/instances`, { replicas: 1 })).json<{ name: string }>();
  return { template_id: id, instance_id: name };
}

const guest = "guest@example.com";

function member(id: string, email: string): object {
  return { email, projects: [{ id, group: "viewers" }] };
}

/** Ids of a member, of a service account and of a token. */
async function describedMembers(project: string): Promise<Record<string, string>> {
  const idOf = async (path: string, body: object) =>
    (await api.post(`/api/v1/projects/${project}/${path}`, body)).json<{ id: string }>().id;
  const user_id = await idOf("users", member(project, guest));
  const serviceaccount_id = await idOf("serviceaccounts", { name: "robot", group: "viewers" });
  const token_id = await idOf(`serviceaccounts/${serviceaccount_id}/tokens`, { name: "token" });
  const binding = { group: `described-${token_id}`, role: "viewers" };
  const { name: binding_name } = (
    await api.post(`/api/v2/projects/${project}/groupbindings`, binding)
  ).json<ApiGroupBinding>();
  return { user_id, serviceaccount_id, token_id, binding_name };
}

function templateBody(name: string): object {
  return { name, scope: "project", cluster: minimal(name).cluster };
}

function definition(name: string): object {
  const helm = { url: "https://charts.example.com", chartName: "app", chartVersion: "1.0.0" };
  const versions = [{ version: "1.0.0", template: { source: { helm } } }];
  return { name, spec: { description: "An app", method: "helm", versions } };
}

function rollout(name: string): object {
  return {
    name,
    spec: { cni: "canal", version: "v3.31", waves: [{ clusters: "10%", soak: "10m" }], maxConcurrent: 5 },
  };
}

function installation(name: string): object {
  const applicationRef = { name: "described", version: "1.0.0" };
  return { name, namespace: "default", spec: { namespace: { name: "apps" }, applicationRef, values: { a: 1 } } };
}

/** Every operation of the document; those that delete come last. */
function operations(): [name: string, path: string, method: Method, operation: Operation][] {
  const all = Object.entries(document.paths).flatMap(([path, methods]) =>
    (Object.entries(methods) as [Method, Operation][]).map(
      ([method, operation]): [string, string, Method, Operation] => [`${method} ${path}`, path, method, operation],
    ),
  );
  return all.sort(([, , a], [, , b]) => Number(a === "delete") - Number(b === "delete"));
}

function address(path: string, values = known): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`the test knows no value for {${name}} of ${path}`);
    return value;
  });
}

/** What to send: a body that the document describes, beyond what its types alone can say. */
const bodies: Record<string, (serial: number) => object> = {
  "post clusters": (serial) => minimal(`described-${serial}`),
  "patch clusters": (serial) => ({ labels: { serial: `${serial}` } }),
  "post machinedeployments": (serial) => ({ name: `described-${serial}`, spec: { replicas: 1 } }),
  "patch machinedeployments": () => ({ spec: { replicas: 2 } }),
  "post cniupgrade": () => ({ target: "v3.30" }),
  "patch cniupgrade": () => ({ paused: true }),
  "post cnirollouts": (serial) => rollout(`described-${serial}`),
  "patch cnirollouts": () => ({ paused: true, maxFailures: 1 }),
  "post values": (serial) => ({ values: { serial } }),
  "put values": (serial) => ({ values: { serial } }),
  "post clustertemplates": (serial) => templateBody(`described-${serial}`),
  "put clustertemplates": (serial) => templateBody(`described-${serial}`),
  "post import": (serial) => templateBody(`described-${serial}`),
  "post instances": () => ({ replicas: 1 }),
  "put upgrades": () => ({ version: "1.36.3" }),
  "post addons": (serial) => ({ name: `described-${serial}`, spec: { continuouslyReconcile: true } }),
  "patch addons": () => ({ spec: { variables: { "multus.logLevel": "debug" } } }),
  "post applicationdefinitions": (serial) => definition(`described-${serial}`),
  "put applicationdefinitions": () => definition("described"),
  "post applicationinstallations": (serial) => installation(`described-${serial}`),
  "put applicationinstallations": () => installation("described"),
  "patch systemapplications": () => ({ helmRepository: "registry.example.com/charts" }),
  "post projects": (serial) => ({ name: `described-${serial}` }),
  "put projects": (serial) => ({ name: `described-${serial}` }),
  "post users": (serial) => member(known.project_id ?? "", `described-${serial}@example.com`),
  "put users": () => member(known.project_id ?? "", guest),
  "put admin": () => ({ email: "bob@example.com", isAdmin: false }),
  "post groupbindings": (serial) => ({ group: `described-${serial}`, role: "viewers" }),
  "patch groupbindings": () => ({ role: "editors" }),
  "post serviceaccounts": (serial) => ({ name: `described-${serial}`, group: "viewers" }),
  "put serviceaccounts": (serial) => ({ name: `renamed-${serial}`, group: "editors" }),
  "post tokens": (serial) => ({ name: `described-${serial}` }),
  "put tokens": (serial) => ({ name: `renewed-${serial}` }),
  "patch tokens": (serial) => ({ name: `renamed-${serial}` }),
};

function isBrowserSignIn(path: string): boolean {
  return path === "/api/v1/auth/login" || path === "/api/v1/auth/callback";
}

function bodyFor(method: Method, path: string, serial: number): object {
  const kind = path.split("/").findLast((part) => !part.startsWith("{"));
  const body = bodies[`${method} ${kind}`];
  if (!body) throw new Error(`the test knows no body for ${method} ${path}`);
  return body(serial);
}

function pointer(...parts: string[]): string {
  return `document#/${parts.map((part) => encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"))).join("/")}`;
}

function validator(...parts: string[]): ValidateFunction {
  const validate = ajv.getSchema(pointer(...parts));
  if (!validate) throw new Error(`the document has no ${parts.join(" ")}`);
  return validate as ValidateFunction;
}

/** Checks an answer against what the document says of its status. */
function expectDescribed(path: string, method: Method, answer: LightMyRequestResponse): void {
  const operation = document.paths[path]?.[method];
  const status = operation?.responses[String(answer.statusCode)] ? String(answer.statusCode) : "default";
  const type = String(answer.headers["content-type"]).split(";")[0] ?? "";
  expect(Object.keys(operation?.responses[status]?.content ?? {})).toContain(type);
  if (type !== "application/json") return;
  const validate = validator("paths", path, method, "responses", status, "content", type, "schema");
  validate(answer.json());
  expect([method, path, answer.statusCode, validate.errors ?? []]).toEqual([method, path, answer.statusCode, []]);
}

test("the document says something of every route that is served, and of no other", async () => {
  expect(document.openapi).toBe("3.1.0");
  const served: string[] = [];
  const app = createServer({
    managementClient: api.management,
    userClusterClient: () => undefined,
    authenticator: localAdminAuthenticator("unused"),
    logger: pino({ level: "silent" }),
    version: "0.0.0-test",
  });
  app.addHook("onRoute", ({ method, url }) => {
    // Without HEAD routes, and without those that answer 405 to the methods that are left.
    if (typeof method !== "string" || method === "HEAD" || /^\/api\/(docs|openapi)/.test(url)) return;
    served.push(`${method.toLowerCase()} ${url.replaceAll(/:(\w+)/g, "{$1}")}`);
  });
  await app.ready();
  await app.close();
  expect(
    operations()
      .map(([name]) => name)
      .sort(),
  ).toEqual(served.sort());
  for (const [name, , , { summary, tags, responses }] of operations()) {
    expect([name, summary.length > 5, tags.length, "default" in responses]).toEqual([name, true, 1, true]);
  }
});

test("every schema of it is one that a validator takes", () => {
  for (const name of Object.keys(document.components.schemas)) {
    expect(typeof validator("components", "schemas", name)).toBe("function");
  }
});

interface Sent {
  path: string;
  method: Method;
  query?: Record<string, string>;
  payload?: object;
  values?: Record<string, string>;
}

function send({ path, method, query, payload, values }: Sent): Promise<LightMyRequestResponse> {
  return api.call({ method: method.toUpperCase() as Uppercase<Method>, url: address(path, values), query, payload });
}

/** Of parameters that take text of a certain form. */
const queryValues: Readonly<Record<string, string>> = { control_plane_version: "1.36.3" };

describe("every operation does what the document says", () => {
  /** Outside of the test: a second attempt makes things of other names. */
  let serial = 0;

  test("to a request that it describes it gives an answer that it describes", async () => {
    for (const [name, path, method, operation] of operations()) {
      if (isBrowserSignIn(path)) continue; // oidc.integration.test.ts does that, with a provider.
      const required = queryOf(operation, true);
      for (const query of method === "delete" ? [required] : [required, queryOf(operation)]) {
        if (method === "delete") await restore(path);
        const payload = operation.requestBody ? bodyFor(method, path, ++serial) : undefined;
        if (payload) {
          const validate = validator("paths", path, method, "requestBody", "content", "application/json", "schema");
          expect([name, validate(payload), validate.errors ?? []]).toEqual([name, true, []]);
        }
        const answer = await send({ path, method, query, payload });
        const expected = Object.keys(operation.responses).find((status) => status !== "default");
        expect([name, query, String(answer.statusCode), answer.body]).toEqual([
          name,
          query,
          expected,
          expect.any(String),
        ]);
        expectDescribed(path, method, answer);
      }
    }
  });

  /** Every query parameter, or those that there must be, with a value that the document describes. */
  function queryOf({ parameters = [] }: Operation, onlyRequired = false): Record<string, string> {
    const described = parameters.filter(
      (parameter) => parameter.in === "query" && (parameter.required || !onlyRequired),
    );
    return Object.fromEntries(
      described.map(({ name, schema }) => [
        name,
        queryValues[name] ?? schema.enum?.[0] ?? schema.const ?? (schema.type === "integer" ? "1" : "true"),
      ]),
    );
  }

  let restored = 0;

  /** What the deletion before this one has taken away. */
  async function restore(path: string): Promise<void> {
    const projects = await api.project(`restored ${path}`);
    const serial = `restored-${++restored}`;
    known = { ...known, project_id: projects, appdef_name: serial };
    await api.post("/api/v2/applicationdefinitions", definition(serial));
    if (/user_id|serviceaccount_id|binding_name/.test(path))
      known = { ...known, ...(await describedMembers(projects)) };
    if (path.includes("template_id")) known = { ...known, ...(await describedTemplate(projects)) };
    if (!path.includes("cluster_id")) return;
    const clusters = `/api/v2/projects/${projects}/clusters`;
    const { id } = (await api.post(clusters, minimal("restored"))).json<ApiCluster>();
    known = { ...known, cluster_id: id };
    const client = api.server.client();
    api.userClusters.set(id, client);
    const name = `restored-${id}`;
    known = { ...known, machinedeployment_id: name, appinstall_name: name };
    await api.post(`${clusters}/${id}/applicationinstallations`, installation(name));
    await api.post(`${clusters}/${id}/machinedeployments`, { name, spec: { replicas: 0 } });
    const namespace = `cluster-${id}`;
    await client.create(builtin.Namespace, { metadata: { name: namespace } });
    await api.management.mergePatchStatus(clusterType, { name: id }, { status: { namespaceName: namespace } });
    await api.post(`${clusters}/${id}/addons`, { name: "multus" });
  }

  test("what is not there, not allowed or not understood is answered by the error that it describes", async () => {
    const unknown = Object.fromEntries(Object.keys(known).map((name) => [name, "unknown"]));
    for (const [name, path, method, operation] of operations()) {
      if (path.includes("{")) {
        const payload = operation.requestBody ? bodyFor(method, path, 0) : undefined;
        const missing = await send({ path, method, payload, values: unknown });
        expect([name, missing.statusCode >= 400 && missing.statusCode < 500]).toEqual([name, true]);
        expectDescribed(path, method, missing);
      }
      if (operation.requestBody) {
        const refused = await send({ path, method, payload: [] });
        expect([name, refused.statusCode]).toEqual([name, 400]);
        expectDescribed(path, method, refused);
      }
      if (path === "/api/v1/healthz" || path.startsWith("/api/v1/auth/")) continue;
      const stranger = await api.app.inject({ method: method.toUpperCase() as "GET", url: address(path) });
      expect([name, stranger.statusCode]).toEqual([name, 401]);
      expectDescribed(path, method, stranger);
    }
  });
});

test("the page loads nothing but its own files", async () => {
  const page = await api.app.inject({ url: "/api/docs/" });
  expect([page.statusCode, page.headers["content-type"]]).toEqual([200, expect.stringContaining("text/html")]);
  const loaded = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url = ""]) => url);
  expect(loaded.length).toBeGreaterThan(3);
  for (const url of loaded) {
    const file = await api.app.inject({ url: new URL(url, "http://localhost/api/docs/").pathname });
    expect([url, file.statusCode]).toEqual([url, 200]);
  }
  expect(page.body).not.toMatch(/<script>/);
  expect(page.headers["content-security-policy"]).toContain("default-src 'self'");
});
