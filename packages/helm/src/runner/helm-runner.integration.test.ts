import { chmod, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HelmFixture } from "../test-support/helm-fixture.ts";
import {
  accessFlags,
  fileFlags,
  installArguments,
  rollbackArguments,
  templateArguments,
  uninstallArguments,
  upgradeArguments,
} from "./arguments.ts";
import type { ChartReference } from "./chart-reference.ts";
import { HelmRunner } from "./helm-runner.ts";

let helm: HelmFixture;
let chart: ChartReference;

beforeAll(async () => {
  helm = await HelmFixture.create();
  const path = await helm.writeChart("demo", "1.0.0", {
    "values.yaml": "data: x\n",
    "values.schema.json": '{"type":"object","properties":{"data":{"type":"string"}}}',
    "templates/a.yaml":
      "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: {{ .Release.Name }}, namespace: {{ .Release.Namespace }} }\n" +
      'data: { data: {{ .Values.data | quote }}, kubernetes: {{ .Capabilities.KubeVersion.Version }}, foo: {{ .Capabilities.APIVersions.Has "foo.io/v1" | quote }} }\n',
  });
  chart = { kind: "path", path };
});

afterAll(() => helm[Symbol.asyncDispose]());

describe("the real helm knows every flag", () => {
  const change = { wait: "watcher", timeoutMs: 1, serverSide: true, forceConflicts: true } as const;
  const deploy = {
    ...change,
    rollbackOnFailure: true,
    labels: { a: "b" },
    createNamespace: true,
    skipCrds: true,
    enableDns: true,
    description: "x",
  } as const;
  const charts = [...fileFlags({ values: "v", kubeconfig: "k", ca: "c", registryConfig: "r" })];
  const access = accessFlags({ plainHttp: true, insecureSkipTlsVerify: true });
  const x = { args: ["x"] };
  test.each([
    [...installArguments("x", x, deploy), ...charts, ...access],
    [...upgradeArguments("x", x, { ...deploy, historyMax: 5 }), ...charts, ...access],
    rollbackArguments("x", { ...change, revision: 1, historyMax: 5 }),
    uninstallArguments("x", { wait: "watcher", timeoutMs: 1, noHooks: true }),
    templateArguments("x", x, {
      namespace: "n",
      kubeVersion: "v1",
      apiVersions: ["a"],
      includeCrds: true,
      isUpgrade: true,
    }),
  ])("%s", async (...args) => {
    const { stdout } = await execa(helm.binary, [args[0] ?? "", "--help"], { extendEnv: false });
    const known = new Set(stdout.match(/--[a-z][a-z-]+/g));
    const used = args.filter((arg) => arg.startsWith("--")).map((arg) => arg.split("=")[0]);
    expect(used.filter((flag) => !known.has(flag ?? ""))).toEqual([]);
    expect(used.length).toBeGreaterThan(2);
  });
});

describe("template", () => {
  const options = { namespace: "ns", includeCrds: true, kubeVersion: "v1.35.4", apiVersions: ["foo.io/v1"] };

  test("renders with values, namespace and capabilities", async () => {
    const output = await helm.runner.template("r", chart, { ...options, values: { data: "a: 'b\"\n" } });
    expect(output).toContain("{ name: r, namespace: ns }");
    expect(output).toContain(`data: "a: 'b\\"\\n", kubernetes: v1.35.4, foo: "true"`);
  });

  test("values against the schema: values-invalid, with the path", async () => {
    await expect(helm.runner.template("r", chart, { ...options, values: { data: 4 } })).rejects.toMatchObject({
      kind: "values-invalid",
      command: "template",
      message: expect.stringContaining("at '/data': got number, want string"),
    });
  });

  test("no such folder: chart-not-found", async () => {
    const nowhere: ChartReference = { kind: "path", path: "/nowhere" };
    await expect(helm.runner.template("r", nowhere, { ...options, values: {} })).rejects.toMatchObject({
      kind: "chart-not-found",
    });
  });

  test("leaves no file of the call behind, and its homes to nobody else", async () => {
    await helm.runner.template("r", chart, { ...options, values: {} });
    expect(await readdir(helm.path("cache", "helm-calls"))).toEqual([]);
    for (const directory of ["helm-calls", "helm-homes/cache", "helm-homes/config"]) {
      expect((await stat(helm.path("cache", directory))).mode & 0o777).toBe(0o700);
    }
  });
});

test("a cluster that does not answer: cluster-unreachable", async () => {
  const kubeconfig = {
    text: JSON.stringify({
      clusters: [{ name: "c", cluster: { server: "https://127.0.0.1:1" } }],
      contexts: [{ name: "c", context: { cluster: "c" } }],
      "current-context": "c",
    }),
  };
  await expect(helm.runner.list({ kubeconfig, namespace: "default" })).rejects.toMatchObject({
    kind: "cluster-unreachable",
  });
});

describe("a call that must end", () => {
  /** In helm's place: a program that ignores SIGTERM and has a child. */
  async function stubborn(): Promise<{ runner: HelmRunner; pids: () => Promise<number[]> }> {
    await mkdir(helm.path("stubborn"), { recursive: true });
    const program = helm.path("stubborn", "helm");
    const pidFile = helm.path("stubborn", "pids");
    await writeFile(pidFile, "");
    await writeFile(program, `#!/bin/sh\ntrap '' TERM\nsleep 60 &\necho $$ $! > ${pidFile}\nwait\nwait\n`);
    await chmod(program, 0o755);
    const pids = async () => (await readFile(pidFile, "utf8")).trim().split(" ").filter(Boolean).map(Number);
    return {
      runner: new HelmRunner({ helmBinary: program, cacheDirectory: helm.path("cache-2"), logger: helm.logger }),
      pids,
    };
  }

  const runs = (pid: number): boolean => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };

  test("an abort ends the whole process group", async () => {
    const { runner, pids } = await stubborn();
    const abort = new AbortController();
    const reason = new Error("shutting down");
    const call = runner.showChart(chart, { signal: abort.signal });
    await expect.poll(pids, { timeout: 60_000 }).toHaveLength(2);
    abort.abort(reason);
    await expect(call).rejects.toMatchObject({ kind: "aborted", cause: reason });
    const [leader = 0, child = 0] = await pids();
    await expect.poll(() => runs(leader) || runs(child), { timeout: 60_000 }).toBe(false);
    expect(await readdir(helm.path("cache-2", "helm-calls"))).toEqual([]);
  });

  test("an abort before the start starts nothing", async () => {
    const before = helm.runner.spawned;
    const call = helm.runner.showChart(chart, { signal: AbortSignal.abort() });
    await expect(call).rejects.toMatchObject({ kind: "aborted" });
    expect(helm.runner.spawned).toBe(before);
  });
});

test("files of a process that was killed are removed by the next one", async () => {
  const calls = helm.path("cache-3", "helm-calls");
  const dead = (await execa("sh", ["-c", "echo $$"])).stdout;
  await mkdir(`${calls}/${dead}-abc`, { recursive: true });
  await mkdir(`${calls}/${process.pid}-abc`);
  const runner = new HelmRunner({ helmBinary: helm.binary, cacheDirectory: helm.path("cache-3"), logger: helm.logger });
  await runner.showValues(chart);
  expect(await readdir(calls)).toEqual([`${process.pid}-abc`]);
});
