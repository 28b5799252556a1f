import { writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { builtin, type KubeClient, type KubeObject, waitFor } from "@fairlead/kube";
import { startTestApiServer, type TestApiServer } from "@fairlead/testkit";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fileFlags, installArguments, upgradeArguments } from "../runner/arguments.ts";
import type { ReleaseTarget } from "../runner/helm-runner.ts";
import { HelmFixture } from "../test-support/helm-fixture.ts";
import {
  applyRelease,
  type DesiredRelease,
  observeRelease,
  type ReleaseContext,
  removeRelease,
} from "./apply-release.ts";
import { planRelease } from "./plan-release.ts";
import { inputDigest, inputLabels } from "./release-input.ts";
import { listRevisions, readRevision } from "./release-storage.ts";

/** With `unready` or `other` it has a Deployment that never becomes ready, since nothing runs pods here; with `hook` a Job alike. */
const templates = `
apiVersion: v1
kind: ConfigMap
metadata: { name: {{ .Release.Name }} }
data: { data: {{ .Values.data | quote }} }
{{- if .Values.unready }}
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: {{ .Release.Name }} }
spec:
  selector: { matchLabels: { app: x } }
  template: { metadata: { labels: { app: x } }, spec: { containers: [{ name: x, image: x }] } }
{{- end }}
{{- if .Values.other }}
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: {{ .Release.Name }}-other }
spec:
  selector: { matchLabels: { app: other } }
  template: { metadata: { labels: { app: other } }, spec: { containers: [{ name: other, image: other }] } }
{{- end }}
{{- if .Values.hook }}
---
apiVersion: batch/v1
kind: Job
metadata: { name: {{ .Release.Name }}, annotations: { "helm.sh/hook": "pre-install,pre-upgrade" } }
spec: { template: { spec: { restartPolicy: Never, containers: [{ name: x, image: x }] } } }
{{- end }}
`;

let helm: HelmFixture;
let server: TestApiServer;
let client: KubeClient;
let context: ReleaseContext;
let chartPath: string;
let kubeconfigPath: string;

beforeAll(async () => {
  helm = await HelmFixture.create();
  server = await startTestApiServer();
  client = server.client();
  context = { runner: helm.runner, client, logger: helm.logger };
  chartPath = await helm.writeChart("demo", "1.0.0", {
    "values.yaml": "data: x\nunready: false\nother: false\nhook: false\n",
    "templates/all.yaml": templates,
  });
  kubeconfigPath = helm.path("kubeconfig");
  await writeFile(kubeconfigPath, server.kubeconfig(), { mode: 0o600 });
});

afterAll(async () => {
  await server.stop();
  await helm[Symbol.asyncDispose]();
});

const namespace = "default";

function targetOf(name: string): ReleaseTarget {
  return { name, namespace, kubeconfig: { text: server.kubeconfig() } };
}

interface DemoValues {
  data?: string;
  unready?: boolean;
  other?: boolean;
  hook?: boolean;
}

function desire(values: DemoValues, more: Partial<DesiredRelease> = {}): DesiredRelease {
  const { wait = "watcher" } = more;
  const isInVain = values.hook || (values.unready && wait === "watcher");
  return {
    chart: { kind: "path", path: chartPath },
    chartIdentity: "demo-1.0.0",
    values: { ...values },
    wait,
    // Short only where nothing but the time-out ends it.
    timeoutMs: isInVain ? 2_000 : 60_000,
    rollbackOnFailure: false,
    ...more,
  };
}

async function apply(name: string, desired: DesiredRelease, more: Partial<ReleaseContext> = {}): Promise<string[]> {
  const outcome = await applyRelease({ ...context, ...more }, targetOf(name), desired);
  return outcome.steps.map(({ action }) => action);
}

/** As a reconciler does: comes back after the time that is asked for. A killed roll-back cannot be told from somebody else's. */
async function settle(name: string, desired: DesiredRelease): Promise<void> {
  for (;;) {
    const { wait } = await applyRelease(context, targetOf(name), desired);
    if (wait === undefined) return;
    await sleep(Math.max(0, wait.untilMs - Date.now()));
  }
}

/** What the cluster has, not what helm says. */
async function dataOf(name: string): Promise<unknown> {
  return (await client.find(builtin.ConfigMap, { name, namespace }))?.data?.data;
}

async function statusesOf(name: string): Promise<string[]> {
  return (await listRevisions(client, { name, namespace })).map(({ status }) => status);
}

/** Kills a real helm, labelled as ours, once it has stored its unfinished revision. */
async function killMidway(name: string, revision: number, values: object): Promise<void> {
  const labels = inputLabels(inputDigest("demo-1.0.0", { ...values }), revision);
  const options = { wait: "watcher", timeoutMs: 180_000, serverSide: true, rollbackOnFailure: false, labels } as const;
  const chart = { args: [chartPath] };
  const args =
    revision === 1
      ? installArguments(name, chart, options)
      : upgradeArguments(name, chart, { ...options, historyMax: 5 });
  const valuesPath = helm.path("values.json");
  await writeFile(valuesPath, JSON.stringify(values));
  const files = fileFlags({ kubeconfig: kubeconfigPath, values: valuesPath });
  const child = execa(helm.binary, [...args, ...files], {
    reject: false,
    env: { HOME: helm.directory },
    extendEnv: false,
  });
  await expect.poll(async () => (await statusesOf(name)).at(-1), { timeout: 90_000 }).toMatch(/^pending-/);
  child.kill("SIGKILL");
  await child;
}

describe("a release's normal life", () => {
  const name = "normal";

  test("install, and the world has it", async () => {
    expect(await apply(name, desire({ data: "one" }))).toEqual(["install"]);
    expect(await dataOf(name)).toBe("one");
    const stored = await readRevision(client, { name, namespace }, { revision: 1 });
    expect(stored).toMatchObject({ config: { data: "one" }, chart: { metadata: { name: "demo", version: "1.0.0" } } });
    expect(stored.info).toMatchObject({ status: "deployed", description: "Install complete" });
  });

  test("unchanged: no helm, nothing written", async () => {
    const { spawned } = helm.runner;
    const before = await client.list(builtin.Secret, { namespace });
    const outcome = await applyRelease(context, targetOf(name), desire({ data: "one" }));
    expect(outcome).toEqual({ revision: 1, steps: [] });
    expect(helm.runner.spawned).toBe(spawned);
    expect((await client.list(builtin.Secret, { namespace })).items).toEqual(before.items);
  });

  test("upgrade, and values that are gone fall back to the chart's", async () => {
    expect(await apply(name, desire({ data: "two" }))).toEqual(["upgrade"]);
    expect(await dataOf(name)).toBe("two");
    expect(await apply(name, desire({}))).toEqual(["upgrade"]);
    expect(await dataOf(name)).toBe("x");
  });

  test("somebody's kubectl edit does not block an upgrade", async () => {
    await client.patch(builtin.ConfigMap, { name, namespace }, { type: "merge", body: { data: { data: "mine" } } });
    expect(await apply(name, desire({ data: "three" }))).toEqual(["upgrade"]);
    expect(await dataOf(name)).toBe("three");
  });

  test("somebody's own helm upgrade is noticed, although helm keeps our labels", async () => {
    const options = { wait: "hookOnly", timeoutMs: 60_000, serverSide: true, rollbackOnFailure: false } as const;
    const foreign = { ...options, values: { data: "theirs" }, historyMax: 5 };
    await helm.runner.upgrade(targetOf(name), { kind: "path", path: chartPath }, foreign);
    expect(await apply(name, desire({ data: "three" }))).toEqual(["upgrade"]);
    expect(await dataOf(name)).toBe("three");
  });

  test("the history is bounded", async () => {
    for (const data of ["4", "5", "6"]) await apply(name, desire({ data }, { historyMax: 3 }));
    expect(await statusesOf(name)).toEqual(["superseded", "superseded", "deployed"]);
  });

  test("removal takes everything, a second one spawns nothing", async () => {
    const options = { wait: "watcher", timeoutMs: 60_000 } as const;
    expect(await removeRelease(context, targetOf(name), options)).toBe(true);
    expect(await dataOf(name)).toBeUndefined();
    expect(await statusesOf(name)).toEqual([]);
    const { spawned } = helm.runner;
    expect(await removeRelease(context, targetOf(name), options)).toBe(false);
    expect(helm.runner.spawned).toBe(spawned);
  });
});

describe("a release that fails", () => {
  test("upgrade with roll-back: the old state is back, and the next plan knows of the failure", async () => {
    const name = "back";
    await apply(name, desire({ data: "good" }));
    // The roll-back has the same limit, and is to succeed.
    const bad = desire({ data: "bad", unready: true }, { rollbackOnFailure: true, timeoutMs: 10_000 });
    await expect(apply(name, bad)).rejects.toMatchObject({
      kind: "timeout",
      command: "upgrade",
      message: expect.stringMatching(/rolled back to revision 1, which runs as revision 3$/),
    });
    expect(await dataOf(name)).toBe("good");
    expect(await client.find(builtin.Deployment, { name, namespace })).toBeUndefined();
    expect(await statusesOf(name)).toEqual(["superseded", "failed", "deployed"]);
    const { spawned } = helm.runner;
    const again = await applyRelease(context, targetOf(name), bad);
    expect(again).toMatchObject({ steps: [], wait: { failedAttempts: 1 } });
    expect(helm.runner.spawned).toBe(spawned);
    const observed = { ...(await observeRelease(context, { name, namespace })), nowMs: again.wait?.untilMs ?? 0 };
    const digest = inputDigest("demo-1.0.0", bad.values);
    expect(planRelease(observed, { digest, rollbackOnFailure: true })).toEqual({
      action: "upgrade",
      revision: 4,
      failedAttempts: 1,
    });
    expect(await apply(name, desire({ data: "other" }, { rollbackOnFailure: true }))).toEqual(["upgrade"]);
    expect(await dataOf(name)).toBe("other");
  });

  test("upgrade without roll-back: other values go back first, and leave nothing of the failed ones", async () => {
    const name = "forward";
    await apply(name, desire({ data: "good" }));
    await expect(apply(name, desire({ data: "bad", unready: true }))).rejects.toMatchObject({ kind: "timeout" });
    expect(await dataOf(name)).toBe("bad");
    expect(await apply(name, desire({ data: "better" }))).toEqual(["rollback", "upgrade"]);
    expect(await dataOf(name)).toBe("better");
    expect(await client.find(builtin.Deployment, { name, namespace })).toBeUndefined();
  });

  test("first install by readiness: completed in place, nothing is taken away", async () => {
    const name = "slow";
    await expect(apply(name, desire({ unready: true }))).rejects.toMatchObject({ kind: "timeout", command: "install" });
    const before = await client.get(builtin.Deployment, { name, namespace });
    expect(await apply(name, desire({ unready: true }, { wait: "hookOnly" }))).toEqual(["upgrade"]);
    const after = await client.get(builtin.Deployment, { name, namespace });
    expect(after.metadata.uid).toBe(before.metadata.uid);
    // Helm calls a failed revision superseded once a later one is deployed.
    expect(await statusesOf(name)).toEqual(["superseded", "deployed"]);
  });

  test("first install by its hook: removed and installed anew", async () => {
    const name = "hooked";
    await expect(apply(name, desire({ hook: true }))).rejects.toMatchObject({ kind: "timeout", command: "install" });
    expect(await apply(name, desire({ data: "fine" }))).toEqual(["uninstall", "install"]);
    expect(await dataOf(name)).toBe("fine");
  });
});

/** As the Job controller and a container that ends with an error would. */
async function failJob(name: string): Promise<void> {
  const path = `/apis/batch/v1/namespaces/${namespace}/jobs/${name}`;
  const { metadata } = await waitFor(() => client.request<KubeObject>({ method: "GET", path }), {
    what: `Job ${name}`,
  });
  const now = new Date().toISOString();
  const condition = { status: "True", reason: "BackoffLimitExceeded", lastTransitionTime: now };
  const conditions = ["FailureTarget", "Failed"].map((type) => ({ ...condition, type }));
  const status = { startTime: metadata.creationTimestamp, failed: 1, conditions };
  await client.request({
    method: "PATCH",
    path: `${path}/status`,
    headers: { "content-type": "application/merge-patch+json" },
    body: { status },
  });
}

test("an upgrade whose hook fails is rolled back at once, and says so", async () => {
  const name = "hook-fails";
  await apply(name, desire({ data: "good" }));
  const bad = desire({ data: "bad", hook: true }, { rollbackOnFailure: true, timeoutMs: 60_000 });
  const [outcome] = await Promise.allSettled([apply(name, bad), failJob(name)]);
  expect(outcome).toMatchObject({
    status: "rejected",
    reason: { command: "upgrade", message: expect.stringMatching(/rolled back to revision 1/) },
  });
  expect(await dataOf(name)).toBe("good");
  expect((await statusesOf(name)).at(-1)).toBe("deployed");
});

describe("helm killed midway", () => {
  test("pending-install: removed and installed", async () => {
    const name = "killed-install";
    await killMidway(name, 1, { data: "one", unready: true });
    expect(await statusesOf(name)).toEqual(["pending-install"]);
    expect(await apply(name, desire({ data: "two" }))).toEqual(["uninstall", "install"]);
    expect(await dataOf(name)).toBe("two");
    expect(await client.find(builtin.Deployment, { name, namespace })).toBeUndefined();
  });

  test("pending-upgrade of a failed installation: what any of its revisions created is removed", async () => {
    const name = "killed-second";
    await expect(apply(name, desire({ unready: true }))).rejects.toMatchObject({ kind: "timeout", command: "install" });
    await killMidway(name, 2, { other: true });
    expect(await statusesOf(name)).toEqual(["failed", "pending-upgrade"]);
    expect(await apply(name, desire({ data: "three" }))).toEqual(["uninstall", "install"]);
    expect(await client.find(builtin.Deployment, { name, namespace })).toBeUndefined();
    expect(await client.find(builtin.Deployment, { name: `${name}-other`, namespace })).toBeUndefined();
    expect(await dataOf(name)).toBe("three");
  });

  test("pending-upgrade: back, then forward", async () => {
    const name = "killed-upgrade";
    await apply(name, desire({ data: "one" }));
    await killMidway(name, 2, { data: "two", unready: true });
    expect(await statusesOf(name)).toEqual(["deployed", "pending-upgrade"]);
    expect(await apply(name, desire({ data: "three" }))).toEqual(["rollback", "upgrade"]);
    expect(await dataOf(name)).toBe("three");
    expect(await client.find(builtin.Deployment, { name, namespace })).toBeUndefined();
  });

  test("an operation that is not ours is left alone for a while", async () => {
    const name = "foreign";
    await apply(name, desire({ data: "one" }));
    await killMidway(name, 3, { data: "two", unready: true }); // labels that name another revision
    const outcome = await applyRelease(context, targetOf(name), desire({ data: "three" }));
    expect(outcome.steps).toEqual([]);
    expect(outcome.wait?.untilMs).toBeGreaterThan(Date.now());
    expect(await removeRelease(context, targetOf(name), { wait: "hookOnly", timeoutMs: 60_000 })).toBe(true);
  });

  test("aborted: ends soon, and the next call converges", async () => {
    const name = "aborted";
    await apply(name, desire({ data: "one" }));
    const slow = desire({ data: "two", unready: true }, { timeoutMs: 60_000 });
    const start = performance.now();
    const signal = AbortSignal.timeout(1_500);
    await expect(apply(name, slow, { signal })).rejects.toThrow(/abort/i);
    expect(performance.now() - start).toBeLessThan(10_000);
    expect((await apply(name, desire({ data: "three" }))).at(-1)).toBe("upgrade");
    expect(await dataOf(name)).toBe("three");
  });

  test("aborted with roll-back on failure: helm does not begin one, the next call does", async () => {
    const name = "aborted-back";
    await apply(name, desire({ data: "one" }));
    const slow = desire({ data: "two", unready: true }, { timeoutMs: 60_000, rollbackOnFailure: true });
    const stop = new AbortController();
    const call = apply(name, slow, { signal: stop.signal });
    await expect.poll(async () => (await statusesOf(name)).at(-1), { timeout: 90_000 }).toBe("pending-upgrade");
    stop.abort();
    await expect(call).rejects.toMatchObject({ kind: "aborted" });
    expect(await statusesOf(name)).toEqual(["deployed", "pending-upgrade"]);
    expect(await apply(name, desire({ data: "three" }, { rollbackOnFailure: true }))).toEqual(["rollback", "upgrade"]);
    expect(await dataOf(name)).toBe("three");
  });

  test("what a killed roll-back leaves behind goes with the next change, what is kept on purpose stays", async () => {
    const name = "killed-rollback";
    await apply(name, desire({ data: "one" }));
    await apply(name, desire({ data: "two", unready: true }, { wait: "hookOnly" }));
    const created = await client.get(builtin.Deployment, { name, namespace });
    // Helm has recorded the way back, and was killed before it removed what only the failed revision had.
    await helm.runner.rollback(targetOf(name), {
      revision: 1,
      historyMax: 5,
      wait: "hookOnly",
      timeoutMs: 60_000,
      serverSide: true,
    });
    const { apiVersion, kind, spec } = created as typeof created & { spec: object };
    const { labels, annotations } = created.metadata;
    const leave = (more: object) =>
      client.create(builtin.Deployment, {
        apiVersion,
        kind,
        metadata: { name, namespace, labels, annotations: { ...annotations, ...more } },
        spec,
      } as typeof created);
    await leave({});
    expect(await apply(name, desire({ data: "three" }))).toEqual(["upgrade"]);
    expect(await client.find(builtin.Deployment, { name, namespace })).toBeUndefined();

    await leave({ "helm.sh/resource-policy": "keep" });
    await apply(name, desire({ data: "four" }));
    expect(await client.find(builtin.Deployment, { name, namespace })).toBeDefined();
    await client.delete(builtin.Deployment, { name, namespace });

    await leave({ "meta.helm.sh/release-name": "other" });
    await apply(name, desire({ data: "five" }));
    expect(await client.find(builtin.Deployment, { name, namespace })).toBeDefined();
  });

  test("at any moment: one release, as desired, nothing left over", async () => {
    const name = "any-moment";
    for (const [round, delayMs] of [0, 60, 120, 180, 240, 320, 400, 600].entries()) {
      const stop = AbortSignal.timeout(delayMs);
      const args = { data: `${round}`, unready: round % 2 === 0 };
      const call = apply(name, desire(args, { wait: "hookOnly" }), { signal: stop }).catch(() => undefined);
      await call;
      await sleep(10);
    }
    await settle(name, desire({ data: "end" }));
    expect(await dataOf(name)).toBe("end");
    expect(await client.find(builtin.Deployment, { name, namespace })).toBeUndefined();
    const statuses = await statusesOf(name);
    expect(statuses.filter((status) => status === "deployed")).toEqual(["deployed"]);
    const releases = (await helm.runner.list(targetOf(name))).filter((release) => release.name === name);
    expect(releases).toMatchObject([{ name, status: "deployed" }]);
  });
});
