import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { request as httpsRequest, type RequestOptions } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { managementWebhooks } from "@fairlead/admission";
import { builtin, type KubeClient, StatusError, waitFor } from "@fairlead/kube";
import {
  type Cluster,
  clusterType,
  crds,
  installationNamespace,
  kubermaticConfigurationType,
  projectType,
  seedType,
} from "@fairlead/resources";
import { startTestApiServer, type TestApiServer, TestAuthority, type TestKeyPair } from "@fairlead/testkit";
import type { FastifyInstance } from "fastify";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createWebhookServer } from "./create-webhook-server.ts";

const callers = { management: "api:management", userCluster: (id: string) => `api:${id}` };
const fieldManager = "test";

let directory: string;
let authority: TestAuthority;
let apiServer: TestApiServer;
let client: KubeClient;
let webhooks: FastifyInstance;
let port: number;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "fairlead-webhooks-"));
  authority = await TestAuthority.create();
  const admissionFile = await writeAdmissionConfiguration(await authority.clientCertificate(callers.management));
  apiServer = await startTestApiServer({ apiServerArgs: [`--admission-control-config-file=${admissionFile}`] });
  client = apiServer.client();
  await install();
  await serve(0);
});
afterAll(async () => {
  await webhooks?.close();
  await apiServer?.stop();
  await rm(directory, { recursive: true, force: true });
});

/** As whom the API server calls. */
async function writeAdmissionConfiguration({ cert, key }: TestKeyPair): Promise<string> {
  const base64 = (pem: string) => Buffer.from(pem).toString("base64");
  const user = { "client-certificate-data": base64(cert), "client-key-data": base64(key) };
  const kubeConfigFile = join(directory, "kubeconfig");
  const configuration = {
    apiVersion: "apiserver.config.k8s.io/v1",
    kind: "WebhookAdmissionConfiguration",
    kubeConfigFile,
  };
  const plugins = ["MutatingAdmissionWebhook", "ValidatingAdmissionWebhook"].map((name) => ({ name, configuration }));
  const file = join(directory, "admission.json");
  await writeFile(kubeConfigFile, JSON.stringify({ apiVersion: "v1", kind: "Config", users: [{ name: "*", user }] }));
  await writeFile(
    file,
    JSON.stringify({ apiVersion: "apiserver.config.k8s.io/v1", kind: "AdmissionConfiguration", plugins }),
  );
  return file;
}

async function install(): Promise<void> {
  for (const crd of crds()) await client.apply(builtin.CustomResourceDefinition, crd, { fieldManager });
  await client.create(builtin.Namespace, { metadata: { name: installationNamespace } });
  const inNamespace = (name: string) => ({ name, namespace: installationNamespace });
  const seed = { metadata: inNamespace("s"), spec: { datacenters: { local: { spec: { bringyourown: {} } } } } };
  const configuration = { metadata: inNamespace("c"), spec: { versions: { versions: ["v1.36.3"] } } };
  await waitFor(() => client.create(seedType, seed), { what: "the CRD of Seeds" });
  await waitFor(() => client.create(kubermaticConfigurationType, configuration), { what: "its CRD" });
  await waitFor(() => client.create(projectType, { metadata: { name: "p" }, spec: { name: "p" } }), {
    what: "the CRD of Projects",
  });
  await waitFor(() => client.list(clusterType), { what: "the CRD of Clusters" });
}

/** Serves on a port, and waits until the API server asks there. */
async function serve(onPort: number): Promise<void> {
  webhooks = createWebhookServer({
    managementClient: client,
    tls: { ...(await authority.serverCertificate()), authority: authority.cert },
    callers,
    fairleadUser: "fairlead",
    logger: pino({ level: "silent" }),
  });
  await webhooks.listen({ host: "127.0.0.1", port: onPort });
  port = (webhooks.server.address() as AddressInfo).port;
  const { mutating, validating } = managementWebhooks({
    url: `https://127.0.0.1:${port}`,
    authority: authority.cert,
  });
  await client.apply(builtin.MutatingWebhookConfiguration, mutating, { fieldManager, force: true });
  await client.apply(builtin.ValidatingWebhookConfiguration, validating, { fieldManager, force: true });
  await waitFor(async () => (await refusal({ ...cluster("probe"), metadata: { name: "probe" } })).code === 422, {
    what: "the webhooks to be asked",
  });
}

function cluster(name: string): Cluster {
  return {
    metadata: { name, labels: { "project-id": "p" } },
    spec: { humanReadableName: name, version: "1.36.3", cloud: { dc: "local", bringyourown: {} } },
  };
}

async function refusal(object: Cluster): Promise<StatusError> {
  try {
    await client.create(clusterType, object, { dryRun: true });
  } catch (error) {
    if (error instanceof StatusError) return error;
    throw error;
  }
  throw new Error(`${object.metadata.name} was accepted`);
}

/** A call that does not come from the API server. */
async function call(
  path: string,
  pair: Partial<TestKeyPair>,
  body: unknown,
): Promise<{ status: number; body: string }> {
  const options: RequestOptions = { method: "POST", ca: authority.cert, agent: false, ...pair };
  const request = httpsRequest(`https://127.0.0.1:${port}${path}`, options);
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
  const { status } = await refusal(bad);
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

test("a name that the server chooses is judged like any other", async () => {
  const chosen = await client.create(clusterType, { ...cluster("chosen"), metadata: { ...generated("c-") } });
  expect(chosen.metadata.name).toMatch(/^c-/);
  const error = await refusal({ ...cluster("chosen"), metadata: { ...generated("c.d-") } });
  expect(error.message).toContain("metadata.name: Invalid value");
});

function generated(generateName: string) {
  return { generateName, labels: { "project-id": "p" } };
}

test("warnings are of a length that API servers pass on", async () => {
  const warnings: string[] = [];
  const listening = apiServer.client({ onWarning: (warning) => warnings.push(warning) });
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
      const found = await refusal({ ...cluster("x"), metadata: { name: "x" } });
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
  const ofAbc = await authority.clientCertificate(callers.userCluster("abc"));
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
  const api = await authority.clientCertificate(callers.management);
  expect(await call("/mutate/clusters", api, body)).toMatchObject({
    status: 400,
    body: expect.stringContaining("AdmissionReview"),
  });
});

test("while Fairlead is away, writes fail, name the webhook, and store nothing", async () => {
  await webhooks.close();
  await expect(client.create(clusterType, cluster("away"))).rejects.toThrow(
    /failed calling webhook "clusters\.admission\.fairlead\.dev".*connection refused/,
  );
  expect(await client.find(clusterType, { name: "away" })).toBeUndefined();
  await serve(0);
  expect((await client.create(clusterType, cluster("away"))).spec.cniPlugin?.type).toBe("canal");
  await webhooks.close();
  await client.delete(clusterType, { name: "away" }); // Deleting asks nobody.
  expect(await client.find(clusterType, { name: "away" })).toBeUndefined();
});
