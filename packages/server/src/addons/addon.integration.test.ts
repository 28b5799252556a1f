import { builtin } from "@fairlead/kube";
import {
  type ApiAddon,
  type ApiCluster,
  addonConfigType,
  addonEnsureLabel,
  addonResourcesCreated,
  addonType,
  clusterNamespace,
  clusterType,
  installationNamespace,
  kubermaticConfigurationType,
  shippedAddonConfigs,
} from "@fairlead/resources";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { errorOf, minimal, warningsOf } from "../testing/requests.ts";
import { TestApi } from "../testing/test-api.ts";

let api: TestApi;
let clusters: string;
/** With Cilium 1.12, 1.19.4 and Canal. */
const ids = { old: "", current: "", canal: "" };

beforeAll(async () => {
  api = await TestApi.start();
  clusters = `/api/v2/projects/${await api.project("addons")}/clusters`;
  ids.old = await cluster("old", { type: "cilium", version: "v1.12" });
  ids.current = await cluster("current", { type: "cilium", version: "1.19.4" });
  ids.canal = await cluster("canal", { type: "canal", version: "v3.31" });
});
afterAll(() => api?.stop());

/** As it is once the manager has begun with it. */
async function cluster(name: string, cniPlugin: object): Promise<string> {
  const { id } = (await api.post(clusters, minimal(name, { cniPlugin }))).json<ApiCluster>();
  const namespace = clusterNamespace(id);
  await api.management.create(builtin.Namespace, { metadata: { name: namespace } });
  await api.management.mergePatchStatus(clusterType, { name: id }, { status: { namespaceName: namespace } });
  return id;
}

const addons = (id: string) => `${clusters}/${id}/addons`;
const stored = (id: string, name: string) => api.management.find(addonType, { name, namespace: clusterNamespace(id) });

describe("what there is", () => {
  test("only what users may install is named", async () => {
    expect((await api.get("/api/v1/addons")).json()).toEqual(["hubble", "multus"]);
  });

  test("the operator may name others, but never the CNI", async () => {
    const ref = { name: "kubermatic", namespace: installationNamespace };
    const { items } = await api.management.list(kubermaticConfigurationType, { namespace: installationNamespace });
    const name = items[0]?.metadata.name ?? ref.name;
    const set = (accessibleAddons: string[] | null) =>
      api.management.mergePatch(kubermaticConfigurationType, { ...ref, name }, { spec: { api: { accessibleAddons } } });
    await set(["multus", "own", "canal", "cilium"]);
    await expect
      .poll(async () => (await api.get("/api/v1/addons")).json(), { timeout: 60_000 })
      .toEqual(["multus", "own"]);
    await set(null);
    await expect
      .poll(async () => (await api.get("/api/v1/addons")).json(), { timeout: 60_000 })
      .toEqual(["hubble", "multus"]);
  });

  test("each says how it presents itself", async () => {
    for (const config of shippedAddonConfigs()) {
      await api.management.create(addonConfigType, config);
    }
    const configs = (await api.get("/api/v1/addonconfigs")).json<{ name: string }[]>();
    expect(configs.map(({ name }) => name)).toEqual(["hubble", "multus"]);
    expect((await api.get("/api/v1/addonconfigs/multus")).json()).toMatchObject({
      id: "multus",
      spec: { formSpec: [{ internalName: "multus.logLevel" }, { internalName: "multus.namespaceIsolation" }] },
    });
    expect((await api.get("/api/v1/addonconfigs/none")).statusCode).toBe(404);
  });

  test("what fits a cluster can be installed in it", async () => {
    const installable = async (id: string) => (await api.get(`${clusters}/${id}/installableaddons`)).json();
    expect(await installable(ids.old)).toEqual(["hubble", "multus"]);
    expect(await installable(ids.current)).toEqual(["multus"]);
    expect(await installable(ids.canal)).toEqual(["multus"]);
  });
});

describe("an add-on", () => {
  test("is installed, shown, and no longer installable", async () => {
    const body = { name: "multus", spec: { variables: { "multus.logLevel": "debug" }, continuouslyReconcile: true } };
    const answer = await api.post(addons(ids.canal), body);
    expect([answer.statusCode, answer.json()]).toEqual([
      201,
      {
        id: "multus",
        name: "multus",
        creationTimestamp: expect.stringMatching(/^2/),
        spec: body.spec,
        status: { phase: "New" },
      },
    ]);
    expect(await stored(ids.canal, "multus")).toMatchObject({
      metadata: { labels: { [addonEnsureLabel]: "true" } },
      spec: { name: "multus", cluster: { kind: "Cluster", name: ids.canal } },
    });
    expect((await api.get(addons(ids.canal))).json()).toEqual([answer.json()]);
    expect((await api.get(`${addons(ids.canal)}/multus`)).json()).toEqual(answer.json());
    expect((await api.get(`${clusters}/${ids.canal}/installableaddons`)).json()).toEqual([]);
    const again = await api.post(addons(ids.canal), { name: "multus" });
    expect([again.statusCode, errorOf(again).message]).toEqual([409, 'addon "multus" is installed already']);
  });

  test("is changed as far as a patch goes", async () => {
    const url = `${addons(ids.canal)}/multus`;
    const patch = async (body: object) => (await api.patch(url, body)).json<ApiAddon>().spec;
    expect(await patch({ spec: { variables: { "multus.namespaceIsolation": true } } })).toEqual({
      variables: { "multus.namespaceIsolation": true },
      continuouslyReconcile: true,
    });
    expect(await patch({ spec: { continuouslyReconcile: false } })).toEqual({
      variables: { "multus.namespaceIsolation": true },
    });
    expect(await patch({ spec: { variables: null } })).toEqual({});
    const unknown = await api.patch(url, { spec: { variable: {} } });
    expect(warningsOf(unknown)).toEqual(['unknown field "spec.variable"']);
    const wrong = await api.patch(url, { spec: { variables: "x" } });
    expect([wrong.statusCode, errorOf(wrong).message]).toEqual([
      400,
      'invalid addon: spec.variables: Invalid value: "x": expected an object',
    ]);
  });

  test("says what is wrong with it", async () => {
    const conditions = {
      [addonResourcesCreated]: { status: "False", reason: "ChartInvalid", message: "it is broken" },
    };
    const ref = { name: "multus", namespace: clusterNamespace(ids.canal) };
    await api.management.mergePatchStatus(addonType, ref, { status: { conditions } });
    expect((await api.get(`${addons(ids.canal)}/multus`)).json<ApiAddon>().status).toEqual({
      phase: "Unhealthy",
      message: "it is broken",
    });
  });

  test("is removed", async () => {
    const tried = await api.delete(`${addons(ids.canal)}/multus?dryRun=All`);
    expect([tried.statusCode, (await stored(ids.canal, "multus")) !== undefined]).toEqual([200, true]);
    const answer = await api.delete(`${addons(ids.canal)}/multus`);
    expect([answer.statusCode, answer.json(), await stored(ids.canal, "multus")]).toEqual([200, {}, undefined]);
    expect((await api.get(`${addons(ids.canal)}/multus`)).statusCode).toBe(404);
  });

  test.each([
    [
      "current",
      "hubble is for Cilium below 1.13; from 1.13 on Hubble comes with Cilium itself (value hubble.ui.enabled), and this cluster has cilium 1.19.4",
    ],
    [
      "canal",
      "hubble is for Cilium below 1.13; from 1.13 on Hubble comes with Cilium itself (value hubble.ui.enabled), and this cluster has canal v3.31",
    ],
  ] as const)("Hubble is refused for the cluster %s", async (name, message) => {
    const answer = await api.post(addons(ids[name]), { name: "hubble" });
    expect([answer.statusCode, errorOf(answer).message]).toEqual([400, message]);
  });
});

test("what the platform keeps is not shown, whoever asks", async () => {
  const namespace = clusterNamespace(ids.canal);
  const spec = { name: "canal", isDefault: true, cluster: { kind: "Cluster", name: ids.canal } };
  await api.management.create(addonType, { metadata: { name: "canal", namespace }, spec });
  expect((await api.get(addons(ids.canal))).json()).toEqual([]);
  const url = `${addons(ids.canal)}/canal`;
  const answers = [
    await api.get(url),
    await api.patch(url, {}),
    await api.delete(url),
    await api.post(addons(ids.canal), { name: "cilium" }),
  ];
  expect(answers.map((answer) => [answer.statusCode, errorOf(answer).message])).toEqual([
    [401, "addon not accessible: canal"],
    [401, "addon not accessible: canal"],
    [401, "addon not accessible: canal"],
    [401, "addon not accessible: cilium"],
  ]);
  expect(await stored(ids.canal, "canal")).toBeDefined();
});

test("at KKP's older address it is the same", async () => {
  const older = clusters.replace("/api/v2", "/api/v1").replace("/clusters", "/dc/embedded/clusters");
  expect((await api.get(`${older}/${ids.old}/installableaddons`)).json()).toEqual(["hubble", "multus"]);
  expect((await api.post(`${older}/${ids.old}/addons`, { name: "hubble" })).statusCode).toBe(201);
  expect((await api.get(`${older}/${ids.old}/addons`)).json()).toMatchObject([{ id: "hubble" }]);
});
