import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { installDefinitions } from "@fairlead/controllers";
import { builtin } from "@fairlead/kube";
import {
  type ApiCluster,
  applicationDefinitionType,
  applicationInstallationType,
  clusterNamespace,
  clusterType,
  projectType,
  userClusterCrds,
} from "@fairlead/resources";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Ended, fairlead as runFairlead } from "../../testing/fairlead-process.ts";
import { type ServedApi, serveApi } from "../../testing/served-api.ts";

let api: ServedApi;

beforeAll(async () => {
  api = await serveApi();
  await installDefinitions(api.management, userClusterCrds(), { signal: AbortSignal.timeout(120_000) });
  const name = "applications";
  await api.management.create(projectType, { metadata: { name }, spec: { name } });
  await api.management.mergePatchStatus(projectType, { name }, { status: { phase: "Active" } });
  const { stdout } = await fairlead("cluster", "create", "demo", "--cni", "none", "-o", "json");
  const { id } = JSON.parse(stdout) as ApiCluster;
  const namespaceName = clusterNamespace(id);
  await api.management.create(builtin.Namespace, { metadata: { name: namespaceName } });
  await api.management.mergePatchStatus(clusterType, { name: id }, { status: { namespaceName } });
  api.reachable.add(id);
  const source = { helm: { url: "oci://registry.example.com/charts", chartName: "ingress", chartVersion: "1.0.0" } };
  const versions = ["1.0.0", "1.1.0"].map((version) => ({ version, template: { source } }));
  await api.management.create(applicationDefinitionType, {
    metadata: { name: "ingress" },
    spec: { description: "An ingress controller", method: "helm", defaultValuesBlock: "replicas: 2\n", versions },
  });
});
afterAll(() => api?.stop());

function fairlead(...args: string[]): Promise<Ended> {
  return runFairlead(args, { cwd: api.cwd });
}

const ref = { name: "ingress", namespace: "edge" };
const stored = () => api.management.find(applicationInstallationType, ref);

test("an application is installed, listed, shown, changed and removed", async () => {
  const available = await fairlead("application", "available");
  expect(available.stdout).toMatch(/^ingress +1\.0\.0, 1\.1\.0 +An ingress controller$/m);
  const none = await fairlead("application", "list", "demo");
  expect([none.code, none.stdout, none.stderr]).toEqual([0, "", 'No applications in cluster "demo".\n']);

  const install = ["application", "install", "demo", "ingress", "--app-version", "1.0.0", "--namespace", "edge"];
  const installed = await fairlead(...install);
  expect([installed.code, installed.stdout]).toEqual([
    0,
    "Application ingress 1.0.0 is being installed as edge/ingress.\n",
  ]);
  expect((await stored())?.spec).toMatchObject({
    applicationRef: { name: "ingress", version: "1.0.0" },
    namespace: { name: "edge", create: true },
    valuesBlock: "replicas: 2\n",
  });

  const condition = { status: "False", reason: "InstallationFailed", message: "no such image" };
  const now = new Date().toISOString();
  const conditions = { Ready: { ...condition, lastHeartbeatTime: now, lastTransitionTime: now } };
  await api.management.mergePatchStatus(applicationInstallationType, ref, { status: { conditions } });
  const { stdout: list } = await fairlead("application", "list", "demo");
  expect(list).toMatch(/^ingress +edge +ingress +1\.0\.0 +Failed +\S+ +no such image$/m);

  const values = join(api.cwd, "values.yaml");
  await writeFile(values, "replicas: 3 # for a day\n");
  const edited = await fairlead("application", "edit", "demo", "ingress", "--values", values, "--app-version", "1.1.0");
  expect([edited.code, edited.stdout]).toEqual([0, "Application ingress is changed.\n"]);
  expect((await stored())?.spec).toMatchObject({
    applicationRef: { version: "1.1.0" },
    valuesBlock: "replicas: 3 # for a day\n",
  });
  const again = await fairlead("application", "edit", "demo", "ingress", "--app-version", "1.1.0");
  expect(again.stdout).toBe("Application ingress is left as it is.\n");
  const { stdout: shown } = await fairlead("application", "get", "demo", "ingress");
  expect(shown).toMatch(/^Application: +ingress 1\.1\.0$/m);
  expect(shown).toContain("\nValues:\n  replicas: 3 # for a day\n");

  const removed = await fairlead("application", "delete", "demo", "ingress", "--yes");
  expect([removed.code, removed.stdout]).toEqual([0, "Application ingress is being removed from cluster demo.\n"]);
  expect(await stored()).toBeUndefined();
});

test.each([
  [["application", "install", "demo", "nothing"], "nothing"],
  [["application", "install", "demo", "ingress", "--app-version", "9.9.9"], "9.9.9"],
  [["application", "install", "demo", "ingress", "--values", "missing.yaml"], "--values missing.yaml: cannot be read"],
  [["application", "get", "demo", "nothing"], 'application "nothing" not found in cluster "demo"'],
])("%j says what is wrong", async (args, says) => {
  const { code, stdout, stderr } = await fairlead(...args);
  expect([code === 0, stdout, stderr]).toEqual([false, "", expect.stringContaining(says)]);
});
