import { mkdir } from "node:fs/promises";
import { freePort, resolveBinary, Supervisor } from "@fairlead/components";
import { builtin, type KubeClient } from "@fairlead/kube";
import { startTestApiServer, type TestApiServer } from "@fairlead/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packageCharts } from "../charts/package-charts.ts";
import { publishCharts } from "../charts/publish-charts.ts";
import { type RunningRegistry, startRegistry } from "../registry/start-registry.ts";
import { HelmFixture } from "../test-support/helm-fixture.ts";
import { applyRelease, type ReleaseContext, removeRelease } from "./apply-release.ts";
import { releaseName } from "./release-name.ts";
import { listRevisions, readRevision } from "./release-storage.ts";

const chartsDirectory = new URL("../../../../charts", import.meta.url).pathname;
const namespace = "kube-system";
const name = releaseName(namespace, "cilium");

let helm: HelmFixture;
let supervisor: Supervisor;
let registry: RunningRegistry;
let server: TestApiServer;
let client: KubeClient;
let context: ReleaseContext;

beforeAll(async () => {
  helm = await HelmFixture.create();
  server = await startTestApiServer({ apiServerArgs: ["--allow-privileged=true"] });
  client = server.client();
  context = { runner: helm.runner, client, logger: helm.logger };
  supervisor = new Supervisor({ stateDirectory: helm.path("state"), logger: helm.logger });
  await mkdir(helm.path("registry"));
  registry = await startRegistry({
    supervisor,
    binary: await resolveBinary("registry"),
    directory: helm.path("registry"),
    port: await freePort(),
    logFile: helm.path("registry", "log"),
  });
  const options = { runner: helm.runner, chartsDirectory, cacheDirectory: helm.path("packages") };
  const charts = (await packageCharts(options)).filter(({ version }) => /^1\.13\.[08]$/.test(version));
  await publishCharts(charts, { runner: helm.runner, registry, repository: "helm-charts" });
});

afterAll(async () => {
  await supervisor.stopAll();
  await server.stop();
  await helm[Symbol.asyncDispose]();
});

async function apply(version: string, values: Record<string, unknown>) {
  const target = { name, namespace, kubeconfig: { text: server.kubeconfig() } };
  const url = `oci://${registry.host}/helm-charts/cilium`;
  const { steps } = await applyRelease(context, target, {
    chart: { kind: "oci", url, version, access: registry.access },
    values,
    wait: "hookOnly", // nothing runs pods here
    timeoutMs: 30_000,
    rollbackOnFailure: false,
  });
  return steps.map(({ action }) => action);
}

test("Cilium out of the registry: installed, unchanged, upgraded with recomputed values, removed", async () => {
  expect(await apply("1.13.0", { kubeProxyReplacement: "disabled" })).toEqual(["install"]);
  const { spawned } = helm.runner;
  expect(await apply("1.13.0", { kubeProxyReplacement: "disabled" })).toEqual([]);
  expect(helm.runner.spawned).toBe(spawned);

  const values = { kubeProxyReplacement: "strict", k8sServiceHost: "127.0.0.1", k8sServicePort: 6443 };
  expect(await apply("1.13.8", values)).toEqual(["upgrade"]);
  const stored = await readRevision(client, { name, namespace }, { revision: 2 });
  expect(stored.chart.metadata).toMatchObject({ name: "cilium", version: "1.13.8", appVersion: "1.13.8" });
  expect(stored.config).toEqual(values);
  const agent = await client.get(builtin.DaemonSet, { name: "cilium", namespace });
  expect(JSON.stringify(agent.spec)).toContain("v1.13.8");

  // A registry that is down is of no concern while nothing changes.
  await registry.stop();
  expect(await apply("1.13.8", values)).toEqual([]);

  const target = { name, namespace, kubeconfig: { text: server.kubeconfig() } };
  expect(await removeRelease(context, target, { wait: "hookOnly", timeoutMs: 30_000 })).toBe(true);
  expect(await client.find(builtin.DaemonSet, { name: "cilium", namespace })).toBeUndefined();
  expect(await listRevisions(client, { name, namespace })).toEqual([]);
  await expect(apply("1.13.8", values)).rejects.toMatchObject({ kind: "registry-unreachable", command: "fetch" });
});
