import { builtin, waitFor } from "@fairlead/kube";
import {
  type ApiApplicationInstallation,
  type ApiCluster,
  applicationDefinitionType,
  applicationInstallationType,
  clusterType,
  userClusterCrds,
} from "@fairlead/resources";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expectGuarded } from "../testing/expect-guarded.ts";
import { errorOf, minimal, warningsOf } from "../testing/requests.ts";
import { TestApi, userToken } from "../testing/test-api.ts";

const definitions = "/api/v2/applicationdefinitions";

let api: TestApi;
let id: string;
let installations: string;

beforeAll(async () => {
  api = await TestApi.start();
  const project = await api.project("applications");
  const clusters = `/api/v2/projects/${project}/clusters`;
  const spec = { cniPlugin: { type: "none", version: "" } };
  id = (await api.post(clusters, minimal("applications", spec))).json<ApiCluster>().id;
  installations = `${clusters}/${id}/applicationinstallations`;
  const client = api.management; // The management API stands in for the cluster's own.
  for (const crd of userClusterCrds()) {
    await client.apply(builtin.CustomResourceDefinition, crd, { fieldManager: "test" });
  }
  await waitFor(() => client.list(applicationInstallationType), { what: "the CRD of ApplicationInstallations" });
  await waitFor(() => client.list(applicationDefinitionType), { what: "the CRD of ApplicationDefinitions" });
  api.userClusters.set(id, client);
});
afterAll(() => api?.stop());

function definition(name: string, versions: readonly string[] = ["1.0.0"], chartName = name) {
  const source = (version: string) => ({
    helm: { url: "oci://registry.example.com/charts", chartName, chartVersion: version },
  });
  return {
    name,
    spec: {
      description: `What ${name} is for`,
      method: "helm",
      versions: versions.map((version) => ({ version, template: { source: source(version) } })),
    },
  };
}

function installation(name: string, more: object = {}, application = "app") {
  const namespace = { name: "apps", create: true };
  return { name, spec: { namespace, applicationRef: { name: application, version: "1.0.0" }, ...more } };
}

const put = (url: string, payload: object) => api.call({ method: "PUT", url, payload });
const asUser = { headers: { authorization: `Bearer ${userToken}` } };

describe("application definitions", () => {
  test("are created, listed, shown, replaced and deleted in KKP's shapes", async () => {
    const created = await api.post(definitions, { ...definition("app"), labels: { team: "a" } });
    expect([created.statusCode, created.json()]).toMatchObject([
      201,
      { kind: "ApplicationDefinition", metadata: { name: "app", labels: { team: "a" } }, spec: { method: "helm" } },
    ]);
    await api.post(definitions, definition("another"));
    const listed = (await api.get(definitions)).json<{ name: string }[]>();
    expect(listed.filter(({ name }) => name.startsWith("a"))).toEqual([
      { name: "another", spec: { description: "What another is for" } },
      { name: "app", spec: { description: "What app is for", labels: { team: "a" } } },
    ]);
    const { spec } = definition("app", ["1.0.0", "1.1.0"]);
    const replaced = await put(`${definitions}/app`, { Spec: { ...spec, defaultValuesBlock: "a: 1 # one\n" } });
    expect([replaced.statusCode, replaced.json()]).toMatchObject([
      200,
      {
        name: "app",
        labels: { team: "a" },
        creationTimestamp: expect.any(String),
        spec: { defaultValuesBlock: "a: 1 # one\n", versions: [{ version: "1.0.0" }, { version: "1.1.0" }] },
      },
    ]);
    expect((await api.get(`${definitions}/app`)).json()).toEqual(replaced.json());
    expect([
      (await api.delete(`${definitions}/another`)).json(),
      (await api.get(`${definitions}/another`)).statusCode,
    ]).toEqual([{}, 404]);
  });

  test("the schema of their values is shown to everybody, where the chart has one", async () => {
    await api.post(definitions, definition("described", ["1.0.0", "2.0.0"]));
    const schema = { properties: { debug: { type: "boolean" } } };
    api.chartSchemas.set("described 2.0.0", schema);
    const url = (version: string) => `${definitions}/described/versions/${version}/schema`;
    const asked = await api.call({ url: url("2.0.0"), ...asUser });
    expect([asked.statusCode, asked.json()]).toEqual([200, { schema }]);
    expect((await api.get(url("1.0.0"))).json()).toEqual({});
    expect((await api.get(url("3.0.0"))).statusCode).toBe(404);
    await api.delete(`${definitions}/described`);
  });

  test("one of that name is there already: 409", async () => {
    expect((await api.post(definitions, definition("app"))).statusCode).toBe(409);
  });

  test("everybody may read them, administrators may write them", async () => {
    expect((await api.call({ ...asUser, method: "GET", url: `${definitions}/app` })).statusCode).toBe(200);
    for (const [method, url] of [
      ["POST", definitions],
      ["PUT", `${definitions}/app`],
      ["DELETE", `${definitions}/app`],
    ] as const) {
      const refused = await api.call({ ...asUser, method, url, payload: definition("app") });
      expect([method, errorOf(refused).code]).toEqual([method, 403]);
    }
  });

  test("all that is wrong is said at once, field by field", async () => {
    const body = definition("wrong", ["1.0.0", "1.0.0"]);
    const wrong = { ...body, spec: { ...body.spec, defaultValues: { a: "{{ .Cluster.Secret }}" } } };
    const { code, fieldErrors } = errorOf(await api.post(definitions, wrong));
    expect([code, fieldErrors?.map(({ field }) => field)]).toEqual([
      400,
      ["spec.versions[1].version", "spec.defaultValues.a"],
    ]);
    expect(
      errorOf(await api.post(definitions, { name: "wrong", spec: { method: "kustomize" } })).fieldErrors,
    ).toHaveLength(3);
  });

  test("that somebody else has changed since they were read are not replaced", async () => {
    await api.post(definitions, definition("shared"));
    const edits = [
      definition("shared", ["1.0.0", "1.1.0"]),
      { ...definition("shared"), labels: { team: "b" } },
    ] as const;
    await expectGuarded(api, { method: "PUT", url: `${definitions}/shared`, edits });
    const { metadata, spec } = await api.management.get(applicationDefinitionType, { name: "shared" });
    expect([metadata.labels, spec.versions.length]).toEqual([{ team: "b" }, 1]);
    await api.delete(`${definitions}/shared`);
  });

  test("so is where those of the system come from", async () => {
    const edits = [{ helmRepository: "registry.example.com/charts" }, { plainHTTP: true }] as const;
    await expectGuarded(api, { method: "PATCH", url: "/api/v2/systemapplications", edits });
    const back = await api.patch("/api/v2/systemapplications", { helmRepository: null, plainHTTP: null });
    expect([back.statusCode, back.json()]).toMatchObject([200, { plainHTTP: false }]);
    expect(back.json()).not.toMatchObject({ helmRepository: edits[0].helmRepository });
  });

  test("a version that is some cluster's CNI stays, and so does the definition", async () => {
    const labels = { "apps.kubermatic.k8c.io/type": "cni" };
    await api.post(definitions, { ...definition("cilium", ["1.18.10", "1.19.4"]), labels });
    const cniPlugin = { type: "cilium", version: "1.18.10" };
    await api.management.mergePatch(clusterType, { name: id }, { spec: { cniPlugin } });
    const without = await put(`${definitions}/cilium`, definition("cilium", ["1.19.4"]));
    expect(errorOf(without)).toMatchObject({ code: 400, fieldErrors: [{ code: "cni-version-in-use" }] });
    expect(errorOf(await api.delete(`${definitions}/cilium`)).code).toBe(400);
    expect((await put(`${definitions}/cilium`, definition("cilium", ["1.18.10"]))).statusCode).toBe(200);
    await api.management.mergePatch(clusterType, { name: id }, { spec: { cniPlugin: { type: "none", version: "" } } });
    expect((await api.delete(`${definitions}/cilium`)).statusCode).toBe(200);
  });
});

describe("application installations", () => {
  test("are created, listed, shown, changed and deleted in KKP's shapes", async () => {
    const created = await api.post(
      installations,
      installation("first", { values: { a: 1, b: null }, deployOptions: null }),
    );
    expect([created.statusCode, created.json()]).toEqual([
      201,
      {
        name: "first",
        namespace: "apps",
        creationTimestamp: expect.stringMatching(/^\d{4}-/),
        spec: {
          namespace: { name: "apps", create: true },
          applicationRef: { name: "app", version: "1.0.0" },
          values: { a: 1, b: null },
          reconciliationInterval: "0s",
        },
        status: { method: "" },
      },
    ]);
    expect(await api.management.find(builtin.Namespace, { name: "apps" })).toBeDefined();
    const ref = { name: "first", namespace: "apps" };
    const times = { lastHeartbeatTime: "2026-01-02T03:04:05Z", lastTransitionTime: "2026-01-02T03:04:05Z" };
    const conditions = {
      Ready: { status: "True", reason: "InstallationSuccessful", ...times },
      ManifestsRetrieved: { status: "True", ...times },
    };
    await api.management.mergePatchStatus(applicationInstallationType, ref, { status: { conditions, method: "helm" } });
    const [item] = (await api.get(installations)).json<object[]>();
    expect(item).toEqual({
      ...ref,
      creationTimestamp: expect.any(String),
      spec: { namespace: { name: "apps", create: true }, applicationRef: { name: "app", version: "1.0.0" } },
      status: {
        conditions: [
          { type: "ManifestsRetrieved", status: "True", ...times },
          { type: "Ready", status: "True", reason: "InstallationSuccessful", ...times },
        ],
        method: "helm",
      },
    });
    const shown = (await api.get(`${installations}/apps/first`)).json<ApiApplicationInstallation>();
    shown.spec.applicationRef.version = "1.1.0";
    const changed = await put(`${installations}/apps/first`, { ...shown, labels: { ignored: "yes" } });
    expect([changed.statusCode, changed.json()]).toEqual([200, shown]);
    expect((await api.delete(`${installations}/apps/first`)).json()).toEqual({});
    expect((await api.get(`${installations}/apps/first`)).statusCode).toBe(404);
  });

  test("one of that name is there already: 409; none: 404", async () => {
    expect((await api.post(installations, installation("twice"))).statusCode).toBe(201);
    expect((await api.post(installations, installation("twice"))).statusCode).toBe(409);
    expect((await put(`${installations}/apps/nope`, installation("nope"))).statusCode).toBe(404);
    expect((await api.delete(`${installations}/apps/nope`)).statusCode).toBe(404);
  });

  test("that somebody else has changed since they were read are not replaced", async () => {
    await api.post(installations, installation("shared"));
    const url = `${installations}/apps/shared`;
    const edits = [installation("shared", { values: { a: 1 } }), installation("shared", { values: { b: 1 } })] as const;
    const ref = { name: "shared", namespace: "apps" };
    await api.management.mergePatchStatus(applicationInstallationType, ref, { status: { method: "helm" } });
    await expectGuarded(api, { method: "PUT", url, edits });
    expect((await api.management.get(applicationInstallationType, ref)).spec.values).toEqual({ b: 1 });
    expect((await api.get(`${url}/values`)).headers.etag).toBe((await api.get(url)).headers.etag);
  });

  test("values as text stay as they were written", async () => {
    const valuesBlock = "# why\nreplicas: 2\n";
    const created = await api.post(installations, installation("text", { values: {}, valuesBlock }));
    expect(created.json()).toMatchObject({ spec: { values: {}, valuesBlock } });
    const stored = await api.management.get(applicationInstallationType, { name: "text", namespace: "apps" });
    expect(stored.spec).toEqual({
      namespace: { name: "apps", create: true },
      applicationRef: { name: "app", version: "1.0.0" },
      valuesBlock,
    });
    const edit = { values: { replicas: 3 } };
    const preview = await api.post(`${installations}/apps/text/values`, edit);
    expect(preview.json()).toMatchObject({ accepted: true, changes: [{ before: { value: 2 }, after: { value: 3 } }] });
  });

  test.each<[object, string]>([
    [{ applicationRef: { name: "nope", version: "1" } }, "spec.applicationRef.name"],
    [{ applicationRef: { name: "app", version: "9.9.9" } }, "spec.applicationRef.version"],
    [{ values: { a: 1 }, valuesBlock: "a: 1" }, "spec.valuesBlock"],
    [{ values: { a: "{{ .Cluster.Name | upper }}" } }, "spec.values.a"],
    [{ deployOptions: { helm: { timeout: "1m" } } }, "spec.deployOptions.helm.timeout"],
    [{ namespace: "apps" }, "spec.namespace"],
  ])("%j is refused at %s", async (spec, field) => {
    const { code, fieldErrors } = errorOf(await api.post(installations, installation("wrong", spec)));
    expect([code, fieldErrors?.map((error) => error.field)]).toEqual([400, [field]]);
  });

  test("what a CNI's values contradict is warned of, and stored", async () => {
    await api.post(definitions, definition("flannel"));
    const wrong = installation("flannel", { values: { podCidr: "10.244.0.0/16" } }, "flannel");
    const created = await api.post(installations, wrong);
    expect([created.statusCode, warningsOf(created)]).toEqual([
      201,
      [expect.stringContaining("spec.values.podCidr: 10.244.0.0/16 is not within spec.clusterNetwork.pods")],
    ]);
    const right = { values: { podCidr: "{{ .Cluster.Network.PodCIDRIPv4 }}" } };
    const changed = await put(`${installations}/apps/flannel`, installation("flannel", right, "flannel"));
    expect([changed.statusCode, warningsOf(changed)]).toEqual([200, []]);
  });

  test("of what Fairlead manages, users keep their hands off", async () => {
    const labels = { "apps.kubermatic.k8c.io/managed-by": "kkp", "apps.kubermatic.k8c.io/type": "cni" };
    const stored = { ...installation("managed"), metadata: { name: "managed", namespace: "apps", labels } };
    await api.management.create(applicationInstallationType, stored);
    const next = installation("managed", { applicationRef: { name: "app", version: "1.1.0" } });
    const refused = await put(`${installations}/apps/managed`, next);
    expect(errorOf(refused).fieldErrors).toMatchObject([{ field: "spec.applicationRef.version" }]);
  });

  test("a dry run stores nothing, not even a namespace", async () => {
    const namespace = { name: "elsewhere", create: true };
    const tried = await api.post(`${installations}?dryRun=All`, installation("dry", { namespace }));
    expect(tried.statusCode).toBe(201);
    expect(await api.management.find(builtin.Namespace, { name: "elsewhere" })).toBeUndefined();
  });

  test("a cluster that does not answer: 503", async () => {
    api.userClusters.delete(id);
    expect((await api.get(installations)).statusCode).toBe(503);
    api.userClusters.set(id, api.management);
  });
});
