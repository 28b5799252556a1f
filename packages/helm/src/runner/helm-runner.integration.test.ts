import { existsSync } from "node:fs";
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
import { HelmError } from "./helm-error.ts";
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

describe("a hostile chart", () => {
  const render = async (template: string, values: Record<string, unknown> = {}) => {
    const path = await helm.writeChart("hostile", "1.0.0", { "templates/a.yaml": template });
    const options = { namespace: "ns", includeCrds: false, values };
    return await helm.runner.template("r", { kind: "path", path }, options);
  };
  const configMap = (data: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata: { x: ${data} }\n`;

  test("finds no cluster, no environment, no files and no names", async () => {
    process.env.FAIRLEAD_TEST_SECRET = "hunter22";
    try {
      expect(await render(configMap('{{ lookup "v1" "Secret" "kube-system" "" | toJson | quote }}'))).toContain(
        'x: "{}"',
      );
      expect(await render(configMap('{{ .Files.Get "../../../../etc/passwd" | quote }}'))).toContain('x: ""');
      expect(await render(configMap('{{ getHostByName "localhost" | quote }}'))).toContain('x: ""');
      for (const name of ["env", "expandenv"]) {
        await expect(render(configMap(`{{ ${name} "FAIRLEAD_TEST_SECRET" }}`))).rejects.toMatchObject({
          kind: "render-failed",
          message: expect.not.stringContaining("hunter22"),
        });
      }
    } finally {
      delete process.env.FAIRLEAD_TEST_SECRET;
    }
  });

  test("that grows without end takes itself down, and nothing else", async () => {
    await expect(render("{{ tpl .Values.x . }}", { x: "{{ until 2000000000 | toJson }}" })).rejects.toThrow(HelmError);
    expect(process.memoryUsage.rss()).toBeLessThan(1024 ** 3);
  });
});

test("helm gets no shell, a clean environment and its secrets in private files that are gone afterwards", async () => {
  const program = helm.path("recording-helm");
  const record = helm.path("record");
  await writeFile(
    program,
    `#!/bin/sh\n{ printf '%s\\n' "$@"; echo ---; env; echo ---; for a; do case "$a" in --*=/*) stat -c '%a %n' "\${a#*=}";; esac; done; stat -c '%a %n' "$HOME"; } > ${record}\n`,
  );
  await chmod(program, 0o755);
  const runner = new HelmRunner({ helmBinary: program, cacheDirectory: helm.path("recorded"), logger: helm.logger });
  const outer = { HELM_PLUGINS: "/evil", KUBECONFIG: "/evil", AWS_SECRET_ACCESS_KEY: "hunter22", LD_PRELOAD: "" };
  Object.assign(process.env, outer);
  try {
    const target = { name: "r; touch /tmp/evil", namespace: "$(id)", kubeconfig: { text: "token: hunter22" } };
    const deploy = { wait: "hookOnly", timeoutMs: 1000, serverSide: true, rollbackOnFailure: false } as const;
    await runner.install(target, chart, { ...deploy, values: { password: "hunter22" } });
  } finally {
    for (const name of Object.keys(outer)) delete process.env[name];
  }
  const [args = "", env = "", files = ""] = (await readFile(record, "utf8")).split("---\n");
  expect(args.split("\n").slice(0, 2)).toEqual(["install", "r; touch /tmp/evil"]);
  expect(args).toContain("--namespace=$(id)\n");
  expect(`${args}${env}`).not.toContain("hunter22");
  const names = env
    .trimEnd()
    .split("\n")
    .map((line) => line.split("=")[0] ?? "");
  const shell = ["PWD", "OLDPWD", "SHLVL", "_"]; // The recording program is a shell, and sets these.
  expect(names.filter((name) => !shell.includes(name) && !/^(HELM_|HOME$|PATH$|DOCKER_CONFIG$)/.test(name))).toEqual(
    names.filter((name) => /^(SSL_CERT_|TMPDIR$|TZ$|https?_proxy$|no_proxy$)/i.test(name)),
  );
  expect(env).not.toContain("/evil");
  const modes = files
    .trimEnd()
    .split("\n")
    .map((line) => line.split(" "));
  expect(modes.map(([mode]) => mode)).toEqual(["600", "600", "700"]); // values, kubeconfig, home
  expect(modes.filter(([, path = ""]) => existsSync(path))).toEqual([]);
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
