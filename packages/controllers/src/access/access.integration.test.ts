import { builtin, Controller, Informer, type KubeClient, Manager, StatusError, waitFor } from "@fairlead/kube";
import {
  bindingGroup,
  type Cluster,
  clusterType,
  crds,
  groupProjectBindingType,
  type ProjectRole,
  projectType,
  userProjectBindingType,
  userType,
} from "@fairlead/resources";
import { startTestApiServer, type TestApiServer } from "@fairlead/testkit";
import { pino } from "pino";
import { Registry } from "prom-client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { installDefinitions } from "../user-clusters/prepare.ts";
import { AccessReconciler, watchAccess } from "./reconcile.ts";

let server: TestApiServer;
let client: KubeClient;
const running = new AbortController();
let done: Promise<void>;

beforeAll(async () => {
  server = await startTestApiServer();
  client = server.client();
  await installDefinitions(client, crds(), { signal: AbortSignal.timeout(60_000) });
  const logger = pino({ level: "silent" });
  const manager = new Manager({ logger });
  const sources = {
    projects: new Informer({ client, type: projectType, logger }),
    clusters: new Informer({ client, type: clusterType, logger }),
    users: new Informer({ client, type: userType, logger }),
    userBindings: new Informer({ client, type: userProjectBindingType, logger }),
    groupBindings: new Informer({ client, type: groupProjectBindingType, logger }),
  };
  manager.add(sources.projects).add(sources.clusters).add(sources.users);
  manager.add(sources.userBindings).add(sources.groupBindings);
  const reconciler = new AccessReconciler({ management: client, ...sources });
  const controller = new Controller({ name: "access", reconciler, logger, registry: new Registry() });
  watchAccess(controller, sources);
  manager.add(controller);
  done = manager.run(running.signal);
  done.catch(() => undefined);
  for (const name of ["p", "q"]) await client.create(projectType, { metadata: { name }, spec: { name } });
  for (const role of ["owners", "editors", "viewers", "projectmanagers"] as const)
    await bind(`${role}@example.com`, role);
  await client.create(clusterType, cluster("mine", "p"));
  await client.create(clusterType, cluster("theirs", "q"));
});
afterAll(async () => {
  running.abort();
  await done?.catch(() => undefined);
  await server?.stop();
});

function cluster(name: string, project: string): Cluster {
  const spec = { humanReadableName: name, version: "1.36.3", cloud: { dc: "local" } };
  return { metadata: { name, labels: { "project-id": project } }, spec };
}

function bind(userEmail: string, role: ProjectRole) {
  const spec = { userEmail, projectID: "p", group: bindingGroup(role, "p") };
  return client.create(userProjectBindingType, { metadata: { name: userEmail.replace("@", "-") }, spec });
}

async function codeOf(call: Promise<unknown>): Promise<number> {
  return call.then(
    () => 200,
    (error: unknown) => (error instanceof StatusError ? error.code : Promise.reject(error)),
  );
}

/** With client certificates of that name, as the API server knows them. */
async function codesOf(user: string, groups: string[] = []) {
  const as = await server.clientAs(user, groups);
  const patch = (name: string) =>
    codeOf(as.mergePatch(clusterType, { name }, { metadata: { annotations: { by: user } } }, { dryRun: true }));
  return {
    get: await codeOf(as.get(clusterType, { name: "mine" })),
    getTheirs: await codeOf(as.get(clusterType, { name: "theirs" })),
    patch: await patch("mine"),
    patchTheirs: await patch("theirs"),
    list: await codeOf(as.list(clusterType)),
    project: await codeOf(as.get(projectType, { name: "p" })),
    secrets: await codeOf(as.list(builtin.Secret)),
  };
}

const nothing = { get: 403, getTheirs: 403, patch: 403, patchTheirs: 403, list: 403, project: 403, secrets: 403 };

test.each<[string, Partial<typeof nothing>]>([
  ["owners@example.com", { get: 200, patch: 200, project: 200 }],
  ["editors@example.com", { get: 200, patch: 200, project: 200 }],
  ["viewers@example.com", { get: 200, project: 200 }],
  ["projectmanagers@example.com", { project: 200 }],
  ["stranger@example.com", {}],
])("%s may by kubectl what the role says, and lists nothing", async (user, may) => {
  await expect.poll(() => codesOf(user), { timeout: 30_000 }).toEqual({ ...nothing, ...may });
});

test("administrators list all, and no longer when they are none any more", async () => {
  const spec = { name: "root", email: "root@example.com", admin: true };
  await client.create(userType, { metadata: { name: "root" }, spec });
  const all = { get: 200, getTheirs: 200, patch: 200, patchTheirs: 200, list: 200, project: 200 };
  await expect.poll(() => codesOf("root@example.com"), { timeout: 30_000 }).toEqual({ ...nothing, ...all });
  await client.mergePatch(userType, { name: "root" }, { spec: { admin: false } });
  await expect.poll(() => codesOf("root@example.com"), { timeout: 30_000 }).toEqual(nothing);
});

test("a group of the provider has the role of its binding", async () => {
  const spec = { group: "dev", projectID: "p", role: "viewers" as const };
  await client.create(groupProjectBindingType, { metadata: { name: "dev" }, spec });
  const dev = () => codesOf("anyone@example.com", ["dev"]);
  await expect.poll(dev, { timeout: 30_000 }).toEqual({ ...nothing, get: 200, project: 200 });
});

test("who is taken out, and a project that goes, leave nothing behind", async () => {
  await client.delete(userProjectBindingType, { name: "editors-example.com" });
  await expect.poll(() => codesOf("editors@example.com"), { timeout: 30_000 }).toEqual(nothing);
  await client.delete(projectType, { name: "p" });
  const left = async () => {
    const [roles, bindings] = await Promise.all([
      client.list(builtin.ClusterRole),
      client.list(builtin.ClusterRoleBinding),
    ]);
    return [...roles.items, ...bindings.items].filter(({ metadata }) => metadata.name?.startsWith("fairlead:project:"));
  };
  await waitFor(async () => (await left()).length === 0, { what: "the roles of the project to go", timeoutMs: 30_000 });
});
