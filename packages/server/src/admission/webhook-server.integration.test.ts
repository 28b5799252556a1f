import { once } from "node:events";
import { mkdir, readFile, rename, rmdir } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { request as httpsRequest, type RequestOptions } from "node:https";
import { text } from "node:stream/consumers";
import { builtin, type HttpMethod, type KubeClient, waitFor } from "@fairlead/kube";
import { mutatedJson } from "@fairlead/network/testing";
import {
  type Addon,
  type ApiAuditEntry,
  type Cluster,
  clusterNamespace,
  clusterOwnerAnnotation,
  clusterType,
  controlPlaneFinalizer,
  initialMachineDeploymentAnnotation,
  installationNamespace,
  kubermaticConfigurationType,
  userProjectBindingType,
} from "@fairlead/resources";
import { TestAuthority, type TestKeyPair } from "@fairlead/testkit";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { callers, minimalCluster as cluster, TestWebhooks } from "../testing/test-webhooks.ts";

let webhooks: TestWebhooks;
let client: KubeClient;

beforeAll(async () => {
  webhooks = await TestWebhooks.start();
  client = webhooks.client;
  await allowEverything("fairlead");
});
afterAll(() => webhooks?.stop());

async function allowEverything(user: string): Promise<void> {
  const rbac = { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" };
  const subjects = [{ apiGroup: rbac.apiGroup, kind: "User", name: user }];
  await client.create(builtin.ClusterRoleBinding, { metadata: { name: user }, roleRef: rbac, subjects });
  // The API server hears of its own bindings a moment later.
  const request = { method: "GET", path: "/api/v1/namespaces/default", headers: { "impersonate-user": user } } as const;
  await waitFor(() => client.request(request), { what: `${user} to be allowed everything` });
}

/** A write by Fairlead itself. */
async function asFairlead(method: HttpMethod, path: string, body: unknown): Promise<void> {
  const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
  await client.request({ method, path, body, headers: { "content-type": type, "impersonate-user": "fairlead" } });
}

/** A call that does not come from the API server. */
async function call(
  path: string,
  pair: Partial<TestKeyPair>,
  body: unknown,
): Promise<{ status: number; body: string }> {
  const options: RequestOptions = { method: "POST", ca: webhooks.authority.cert, agent: false, ...pair };
  const request = httpsRequest(`https://127.0.0.1:${webhooks.port}${path}`, options);
  request.setHeader("content-type", "application/json");
  request.end(JSON.stringify(body));
  const [response] = (await once(request, "response")) as [IncomingMessage];
  return { status: response.statusCode ?? 0, body: await text(response) };
}

const review = {
  apiVersion: "admission.k8s.io/v1",
  kind: "AdmissionReview",
  request: { uid: "1", operation: "CREATE", userInfo: {}, object: { metadata: { name: "x" } } },
};

test("a refusal is the API server's own Invalid, with a cause for each field", async () => {
  const bad = cluster("bad");
  bad.spec = { ...bad.spec, version: "1.0.0", clusterNetwork: { pods: { cidrBlocks: ["10.0.0.0/33"] } } };
  const { status } = await webhooks.refusal(bad);
  expect(status).toMatchObject({
    code: 422,
    reason: "Invalid",
    message: expect.stringMatching(
      /^admission webhook "clusters\.admission\.fairlead\.dev" denied the request: invalid cluster: \[spec\.version: /,
    ),
    details: { name: "bad", group: "kubermatic.k8c.io", kind: "Cluster" },
  });
  expect(status.details?.causes).toEqual([
    {
      reason: "FieldValueNotSupported",
      field: "spec.version",
      message: 'Unsupported value: "1.0.0": supported values: "1.36.3"',
    },
    {
      reason: "FieldValueInvalid",
      field: "spec.clusterNetwork.pods.cidrBlocks[0]",
      message: expect.stringContaining('Invalid value: "10.0.0.0/33": '),
    },
  ]);
});

test("more writes at once than Fairlead has connections: what their judgement reads waits for none of them", async () => {
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, n) => client.create(clusterType, cluster(`many-${n}`), { dryRun: true })),
  );
  expect(answers.map(({ spec }) => spec.cniPlugin?.type)).toEqual(Array(40).fill("canal"));
});

test("a name that the server chooses is judged like any other", async () => {
  const chosen = await client.create(clusterType, { ...cluster("chosen"), metadata: { ...generated("c-") } });
  expect(chosen.metadata.name).toMatch(/^c-/);
  const error = await webhooks.refusal({ ...cluster("chosen"), metadata: { ...generated("c.d-") } });
  expect(error.message).toContain("metadata.name: Invalid value");
});

function generated(generateName: string) {
  return { generateName, labels: { "project-id": "p" } };
}

test("a new Cluster has from its first moment what its deletion waits for, and first nodes if it says nothing of them", async () => {
  const dryRun = { dryRun: true };
  const { metadata } = await client.create(clusterType, cluster("born"), dryRun);
  expect(metadata.finalizers).toEqual([controlPlaneFinalizer]);
  expect(JSON.parse(metadata.annotations?.[initialMachineDeploymentAnnotation] ?? "")).toEqual({
    spec: { replicas: 2 },
  });
  const asked = { [initialMachineDeploymentAnnotation]: '{"spec":{"replicas":0}}' };
  const finalizers = ["example.test/own"];
  const own = { ...cluster("born"), metadata: { ...cluster("born").metadata, annotations: asked, finalizers } };
  const kept = await client.create(clusterType, own, dryRun);
  expect(kept.metadata.annotations).toEqual(asked);
  expect(kept.metadata.finalizers).toEqual([...finalizers, controlPlaneFinalizer]);
});

test("a Cluster is owned by who creates it, not by whom that says; what Fairlead creates complete is stored as it is", async () => {
  const path = "/apis/kubermatic.k8c.io/v1/clusters";
  const [eve, ada] = ["eve@example.com", "ada@example.com"].map((email) => JSON.stringify({ email, name: email }));
  const owned = (name: string, finalizers: string[]): Cluster => {
    const { metadata, ...rest } = cluster(name);
    const annotations = { [clusterOwnerAnnotation]: ada ?? "" };
    return {
      apiVersion: "kubermatic.k8c.io/v1",
      kind: "Cluster",
      ...rest,
      metadata: { ...metadata, annotations, finalizers },
    };
  };
  const owners = async (name: string) => (await client.get(clusterType, { name })).metadata.annotations;
  await allowEverything("eve@example.com");
  const headers = { "impersonate-user": "eve@example.com" };
  await client.request({ method: "POST", path, headers, body: owned("of-eve", [controlPlaneFinalizer]) });
  expect(await owners("of-eve")).toMatchObject({ [clusterOwnerAnnotation]: eve });
  await client.create(clusterType, owned("of-nobody", [])); // by a certificate without an e-mail address
  expect(await owners("of-nobody")).not.toHaveProperty(clusterOwnerAnnotation);
  await asFairlead("POST", path, owned("of-ada", []));
  expect(await owners("of-ada")).toMatchObject({ [clusterOwnerAnnotation]: ada });
  // The rules have been there before: nobody completes it, nor judges it until it is changed. By anybody else, it is judged.
  const unsuitable = (name: string, finalizers: string[]) => ({
    ...owned(name, finalizers),
    spec: { ...cluster(name).spec, version: "1.0.0" },
  });
  await asFairlead("POST", path, unsuitable("complete", [controlPlaneFinalizer]));
  expect((await client.get(clusterType, { name: "complete" })).spec.cniPlugin).toBeUndefined();
  await expect(asFairlead("PATCH", `${path}/complete`, { spec: { version: "1.0.1" } })).rejects.toThrow("spec.version");
  await expect(asFairlead("POST", path, unsuitable("bad", []))).rejects.toThrow("spec.version");
  const byEve = { method: "POST", path, headers, body: unsuitable("bad", [controlPlaneFinalizer]) } as const;
  await expect(client.request(byEve)).rejects.toThrow("spec.version");
  const change = { metadata: { annotations: { [clusterOwnerAnnotation]: eve } } };
  await expect(asFairlead("PATCH", `${path}/of-ada`, change)).rejects.toThrow("is immutable");
});

test("a Cluster whose nodes are there gets no new ones by a change, nor back what its deletion waited for", async () => {
  await client.create(clusterType, cluster("grown"));
  const metadata = { annotations: null, finalizers: null, labels: { more: "labels" } };
  const changed = await client.mergePatch(clusterType, { name: "grown" }, { metadata });
  expect([changed.metadata.annotations, changed.metadata.finalizers]).toEqual([undefined, undefined]);
});

test("nobody is asked about an Addon that Fairlead's controllers create by default, and about every other one", async () => {
  const { metadata } = await client.create(clusterType, cluster("with-addons"));
  const namespace = clusterNamespace("with-addons");
  await client.create(builtin.Namespace, { metadata: { name: namespace } });
  const path = `/apis/kubermatic.k8c.io/v1/namespaces/${namespace}/addons`;
  const hubble = (isDefault: boolean): Addon => ({
    apiVersion: "kubermatic.k8c.io/v1",
    kind: "Addon",
    metadata: { name: "hubble", namespace },
    spec: {
      name: "hubble", // Not of a cluster with Canal: whoever is asked refuses it.
      isDefault,
      cluster: { kind: "Cluster", name: "with-addons", uid: metadata.uid ?? "" },
    },
  });
  const refused = "denied the request: invalid addon: spec.name: Forbidden";
  await expect(client.request({ method: "POST", path, body: hubble(true) })).rejects.toThrow(refused);
  await expect(asFairlead("POST", path, hubble(false))).rejects.toThrow(refused);
  await asFairlead("POST", path, hubble(true));
  const other = { spec: { cluster: { name: "another" } } };
  await expect(asFairlead("PATCH", `${path}/hubble`, other)).rejects.toThrow("spec.cluster.name: Invalid value");
});

test("warnings are of a length that API servers pass on", async () => {
  const warnings: string[] = [];
  const listening = webhooks.apiServer.client({ onWarning: (warning) => warnings.push(warning) });
  const old = cluster("old");
  old.spec = {
    ...old.spec,
    cniPlugin: { type: "cilium", version: "1.13.0" },
    oidc: { issuerURL: "https://x.example" },
  };
  await listening.create(clusterType, old, { dryRun: true });
  expect(warnings.join("\n")).toContain("CVE-2023-34242");
  expect(warnings.length).toBeGreaterThan(1);
  expect(Math.max(...warnings.map(({ length }) => length))).toBeLessThanOrEqual(256);
});

test("a configuration that nobody can work with refuses every write, and says so", async () => {
  const ref = { name: "c", namespace: installationNamespace };
  const choose = (catalogue: string | null) =>
    client.mergePatch(kubermaticConfigurationType, ref, { spec: { userCluster: { cni: { catalogue } } } });
  await choose("1.0");
  const error = await waitFor(
    async () => {
      const found = await webhooks.refusal({ ...cluster("x"), metadata: { name: "x" } });
      return found.code === 500 && found;
    },
    { what: "the webhook to read the configuration anew" },
  );
  expect(error.message).toContain("invalid KubermaticConfiguration: spec.userCluster.cni.catalogue");
  await choose(null);
  await waitFor(() => client.create(clusterType, cluster("y"), { dryRun: true }), { what: "writes to be accepted" });
});

test("nobody but API servers is let in", async () => {
  await expect(call("/mutate/clusters", {}, review)).rejects.toThrow();
  const stranger = await (await TestAuthority.create()).clientCertificate(callers.management);
  await expect(call("/mutate/clusters", stranger, review)).rejects.toThrow();
});

test("the API server of one cluster does not speak for another one", async () => {
  const ofAbc = await webhooks.authority.clientCertificate(callers.userCluster("abc"));
  const path = (id: string) => `/user-clusters/${id}/validate/applicationinstallations`;
  expect((await call(path("abc"), ofAbc, review)).status).toBe(200);
  expect((await call(path("abcd"), ofAbc, review)).status).toBe(403);
  expect((await call("/validate/clusters", ofAbc, review)).status).toBe(403);
});

test.each<[string, unknown]>([
  ["no review", { kind: "Pod" }],
  ["a review of another version", { ...review, apiVersion: "admission.k8s.io/v1beta1" }],
  ["a review without uid", { ...review, request: { ...review.request, uid: "" } }],
  ["a review of something that is no object", { ...review, request: { ...review.request, object: 7 } }],
])("%s is answered by 400", async (_, body) => {
  const api = await webhooks.authority.clientCertificate(callers.management);
  expect(await call("/mutate/clusters", api, body)).toMatchObject({
    status: 400,
    body: expect.stringContaining("AdmissionReview"),
  });
});

test("an object that is nested beyond reason is refused, and says so", async () => {
  const deep = JSON.parse(`${'{"a":'.repeat(100)}1${"}".repeat(100)}`) as object;
  const api = await webhooks.authority.clientCertificate(callers.management);
  const object = { ...cluster("deep"), spec: { ...cluster("deep").spec, cloud: deep } };
  const answer = await call("/mutate/clusters", api, { ...review, request: { ...review.request, object } });
  expect(JSON.parse(answer.body)).toMatchObject({
    response: {
      allowed: false,
      status: { code: 422, message: expect.stringContaining("nested deeper than 64 levels") },
    },
  });
});

/** FAIRLEAD_FUZZ_RUNS=5000 is the long form; FAIRLEAD_FUZZ_SEED takes other bodies. */
const runs = Math.ceil(Number(process.env.FAIRLEAD_FUZZ_RUNS ?? 500) / 4);
const seed = Number(process.env.FAIRLEAD_FUZZ_SEED ?? 1);

test(`${runs} hostile reviews are judged or refused, and none brings the server down (seed ${seed})`, async () => {
  const api = await webhooks.authority.clientCertificate(callers.management);
  const request = { ...review.request, object: cluster("hostile"), oldObject: cluster("hostile") };
  const paths = ["clusters", "applicationdefinitions", "addons"].flatMap((name) => [
    `/mutate/${name}`,
    `/validate/${name}`,
  ]);
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...paths), mutatedJson({ ...review, request }), async (path, body) => {
      const answer = await call(path, api, body);
      expect([path, body, [200, 400].includes(answer.status), answer.body]).toEqual([path, body, true, answer.body]);
      if (answer.status !== 200) return;
      const { response } = JSON.parse(answer.body) as { response: { uid: string; allowed: boolean } };
      expect([typeof response.allowed, response.uid]).toEqual(["boolean", expect.any(String)]);
    }),
    { numRuns: runs, seed, endOnFailure: true },
  );
  expect((await call("/mutate/clusters", api, { ...review, request })).status).toBe(200);
});

async function lines(file: string): Promise<ApiAuditEntry[]> {
  const text = await readFile(file, "utf8");
  return text.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as ApiAuditEntry]));
}

test("writes are noted: who, what, when, and the network before and after; dry runs and Fairlead's own are not", async () => {
  const secret = "planted-s3cret";
  const created = {
    ...cluster("noted"),
    spec: { ...cluster("noted").spec, oidc: { clientSecret: secret } },
  } as Cluster;
  const stored = await client.create(clusterType, created);
  await client.create(clusterType, cluster("tried"), { dryRun: true });
  const konnectivityEnabled = !stored.spec.clusterNetwork?.konnectivityEnabled;
  const changed = { ...stored.spec, clusterNetwork: { ...stored.spec.clusterNetwork, konnectivityEnabled } };
  await client.replace(clusterType, { ...stored, spec: changed });
  const path = "/apis/kubermatic.k8c.io/v1/clusters/noted";
  const body = { metadata: { labels: { own: "write" } } };
  await asFairlead("PATCH", path, body);
  await client.delete(clusterType, { name: "noted" });
  const binding = { userEmail: "ada@example.com", projectID: "p", group: "owners-p" };
  await client.create(userProjectBindingType, { metadata: { name: "ada" }, spec: binding });
  const found = (await lines(webhooks.auditFile)).filter(
    (entry) => entry.cluster === "noted" || entry.path.endsWith("/ada"),
  );
  const of = (action: string) => ({
    time: expect.stringMatching(/^\d{4}-/),
    user: "admin",
    action,
    path,
    project: "p",
    cluster: "noted",
    status: action.startsWith("CREATE") ? 201 : 200,
  });
  const network = (enabled: boolean) => ({ clusterNetwork: expect.objectContaining({ konnectivityEnabled: enabled }) });
  expect(found).toEqual([
    { ...of("CREATE clusters.kubermatic.k8c.io"), after: expect.objectContaining(network(!konnectivityEnabled)) },
    {
      ...of("UPDATE clusters.kubermatic.k8c.io"),
      before: network(!konnectivityEnabled),
      after: network(konnectivityEnabled),
    },
    { ...of("DELETE clusters.kubermatic.k8c.io"), before: expect.objectContaining(network(konnectivityEnabled)) },
    expect.objectContaining({ user: "admin", action: "CREATE userprojectbindings.kubermatic.k8c.io", status: 201 }),
  ]);
  const text = await readFile(webhooks.auditFile, "utf8");
  expect([text.includes("tried"), text.includes(secret)]).toEqual([false, false]);
  // The API server's own audit log has the address, too.
  const own = (await readFile(webhooks.apiServerAuditFile, "utf8"))
    .split("\n")
    .filter((line) => line.includes("network-change"));
  const event = JSON.parse(own.find((line) => line.includes('"noted"')) ?? "{}");
  expect([event.user?.username, event.sourceIPs]).toEqual(["admin", ["127.0.0.1"]]);
  expect(JSON.parse(event.annotations?.["clusters.audit.fairlead.dev/network-change"])).toMatchObject({
    after: network(konnectivityEnabled),
  });
});

test("a write that cannot be noted is refused", async () => {
  await rename(webhooks.auditFile, `${webhooks.auditFile}.away`);
  await mkdir(webhooks.auditFile); // No line gets into a folder.
  await expect(client.create(clusterType, cluster("unnoted"))).rejects.toThrow("the audit log cannot be written");
  expect(await client.find(clusterType, { name: "unnoted" })).toBeUndefined();
  await rmdir(webhooks.auditFile);
  await client.create(clusterType, cluster("unnoted"));
});

test("while Fairlead is away, writes fail, name the webhook, and store nothing", async () => {
  await webhooks.stopServing();
  await expect(client.create(clusterType, cluster("away"))).rejects.toThrow(
    /failed calling webhook "clusters\.admission\.fairlead\.dev".*connection refused/,
  );
  expect(await client.find(clusterType, { name: "away" })).toBeUndefined();
  await webhooks.serve();
  expect((await client.create(clusterType, cluster("away"))).spec.cniPlugin?.type).toBe("canal");
  await webhooks.stopServing();
  const patch = (body: object) => client.mergePatch(clusterType, { name: "away" }, body);
  for (const judged of [
    { spec: { humanReadableName: "other" } },
    { metadata: { labels: { a: "b" } } },
    { metadata: { labels: null } },
    { metadata: { annotations: { a: "b" } } },
  ]) {
    await expect(patch(judged)).rejects.toThrow("failed calling webhook");
  }
  // By nothing else is a Cluster judged, and so nobody is asked.
  await patch({ metadata: { finalizers: ["example.test/kept"] } });
  await patch({ metadata: { finalizers: null } });
  await client.delete(clusterType, { name: "away" }); // Deleting asks nobody, either.
  expect(await client.find(clusterType, { name: "away" })).toBeUndefined();
});
