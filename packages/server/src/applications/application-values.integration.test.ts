import { baseValuesAnnotation } from "@fairlead/admission";
import { builtin, waitFor } from "@fairlead/kube";
import {
  type ApiApplicationValues,
  type ApiApplicationValuesPreview,
  type ApiCluster,
  type ApplicationInstallation,
  applicationDefinitionType,
  applicationInstallationType,
  clusterType,
  userClusterCrds,
} from "@fairlead/resources";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { expectGuarded } from "../testing/expect-guarded.ts";
import { errorOf, minimal, warningsOf } from "../testing/requests.ts";
import { TestApi } from "../testing/test-api.ts";

const ref = { name: "cilium", namespace: "kube-system" };
const values = {
  operator: { replicas: 1, securityContext: { seccompProfile: { type: "RuntimeDefault" } } },
  hubble: { ui: { enabled: true } },
  cni: { exclusive: false },
  kubeProxyReplacement: "disabled",
  ipam: { operator: { clusterPoolIPv4PodCIDR: "172.25.0.0/16", clusterPoolIPv4MaskSize: "24" } },
};
const base = { layer: "definition", values: { operator: { replicas: 1 }, hubble: { ui: { enabled: true } } } };
const labels = { "apps.kubermatic.k8c.io/managed-by": "kkp", "apps.kubermatic.k8c.io/type": "cni" };

let api: TestApi;
let url: string;

beforeAll(async () => {
  api = await TestApi.start();
  const project = await api.project("values");
  const clusters = `/api/v2/projects/${project}/clusters`;
  const request = minimal("values", { cniPlugin: { type: "cilium", version: "1.13.8" } });
  const { id } = (await api.post(clusters, request)).json<ApiCluster>();
  url = `${clusters}/${id}/applicationinstallations/kube-system/cilium/values`;
  await api.management.mergePatchStatus(
    clusterType,
    { name: id },
    { status: { address: { url: "https://10.0.0.1:6443", externalName: "10.0.0.1", port: 6443 } } },
  );
  const client = api.server.client();
  api.userClusters.set(id, client);
  for (const crd of userClusterCrds())
    await client.apply(builtin.CustomResourceDefinition, crd, { fieldManager: "test" });
  await waitFor(() => client.list(applicationInstallationType), { what: "the CRD of ApplicationInstallations" });
  await api.management.create(applicationDefinitionType, {
    metadata: { name: "cilium" },
    spec: { description: "", method: "helm", versions: [] },
  });
  api.chartValues.set("cilium 1.13.8", { operator: { replicas: 2 }, hubble: { ui: { enabled: false } }, debug: false });
});
afterAll(() => api?.stop());

beforeEach(async () => {
  const client = api.server.client();
  await client.deleteIfExists(applicationInstallationType, ref);
  await client.create(applicationInstallationType, {
    metadata: { ...ref, labels, annotations: { [baseValuesAnnotation]: JSON.stringify(base) } },
    spec: { applicationRef: { name: "cilium", version: "1.13.8" }, namespace: { name: "kube-system" }, values },
  });
});

function stored(): Promise<ApplicationInstallation> {
  return api.server.client().get(applicationInstallationType, ref);
}

test("every key has its layer, and a managed one says why", async () => {
  const body = (await api.get(url)).json<ApiApplicationValues>();
  expect(body).toMatchObject({ version: "1.13.8", values, chartValuesKnown: true });
  expect(Object.fromEntries(body.keys.map(({ path, layer }) => [path, layer]))).toEqual({
    "cni.exclusive": "managed",
    debug: "chart",
    "hubble.ui.enabled": "definition",
    "ipam.operator.clusterPoolIPv4MaskSize": "managed",
    "ipam.operator.clusterPoolIPv4PodCIDR": "managed",
    kubeProxyReplacement: "managed",
    "operator.replicas": "definition",
    "operator.securityContext.seccompProfile.type": "managed",
  });
  expect(body.keys.find(({ path }) => path === "cni.exclusive")?.reason).toContain("Multus");
});

test("a preview says what an edit does, and stores nothing", async () => {
  const edited = { ...values, operator: { ...values.operator, replicas: 3 }, hubble: {}, debug: true };
  const preview = await api.post(url, { values: edited });
  expect(preview.json<ApiApplicationValuesPreview>()).toEqual({
    accepted: true,
    errors: [],
    changes: [
      {
        pointer: "/debug",
        path: "debug",
        before: { layer: "chart", value: false },
        after: { layer: "user", value: true },
      },
      {
        pointer: "/hubble/ui/enabled",
        path: "hubble.ui.enabled",
        before: { layer: "definition", value: true },
        after: { layer: "chart", value: false },
      },
      {
        pointer: "/operator/replicas",
        path: "operator.replicas",
        before: { layer: "definition", value: 1 },
        after: { layer: "user", value: 3 },
      },
    ],
  });
  expect((await stored()).spec.values).toEqual(values);
});

test("an edit is stored; a dry run is not", async () => {
  const edited = { ...values, debug: true, nothing: null };
  expect((await api.put(`${url}?dryRun=All`, { values: edited })).statusCode).toBe(200);
  expect((await stored()).spec.values).toEqual(values);
  const answer = await api.put(url, { values: edited });
  expect(answer.json<ApiApplicationValues>().keys.find(({ path }) => path === "debug")).toMatchObject({
    layer: "user",
    covers: [{ layer: "chart", value: false }],
  });
  expect((await stored()).spec.values).toEqual(edited);
});

test("an edit of a managed key is refused with path and reason, and nothing of it is stored", async () => {
  const edited = { ...values, debug: true, cni: { exclusive: true } };
  const refused = await api.put(url, { values: edited });
  expect(refused.statusCode).toBe(400);
  expect(errorOf(refused).fieldErrors).toMatchObject([
    { field: "spec.values.cni.exclusive", code: "cilium-value-managed", message: expect.stringContaining("Multus") },
  ]);
  const preview = (await api.post(url, { values: edited })).json<ApiApplicationValuesPreview>();
  expect(preview).toMatchObject({ accepted: false, errors: [{ field: "spec.values.cni.exclusive" }] });
  expect((await stored()).spec.values).toEqual(values);
});

test("values that somebody else has changed since they were read are not replaced", async () => {
  const edits = [{ values: { ...values, debug: true } }, { values: { ...values, debug: false } }] as const;
  await expectGuarded(api, { method: "PUT", url, edits });
  expect((await stored()).spec.values).toMatchObject({ debug: false });
});

test.each<[string, object]>([
  ["values", {}],
  ["values", { values: [] }],
  ["valuez", { values: {}, valuez: 1 }],
])("a body without %s is refused: %j", async (word, body) => {
  const refused = await api.put(url, body);
  expect([refused.statusCode, errorOf(refused).message]).toEqual([400, expect.stringContaining(word)]);
});

test("what is not there is 404; a chart that cannot be read is a warning", async () => {
  expect((await api.get(url.replace("/cilium/", "/other/"))).statusCode).toBe(404);
  await api.server.client().mergePatch(applicationInstallationType, ref, {
    spec: { applicationRef: { version: "1.13.0" } },
  });
  const answer = await api.get(url);
  expect(answer.json<ApiApplicationValues>().chartValuesKnown).toBe(false);
  expect(warningsOf(answer)).toEqual([expect.stringContaining("there is no chart cilium 1.13.0")]);
});
