import { execFile, execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { builtin } from "@fairlead/kube";
import { type ApiCluster, clusterNamespace, projectType } from "@fairlead/resources";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Ended, FairleadProcess, fairlead as runFairlead } from "./testing/fairlead-process.ts";
import { type ServedApi, serveApi } from "./testing/served-api.ts";

let api: ServedApi;
let id: string;

beforeAll(async () => {
  api = await serveApi();
  await api.management.create(projectType, { metadata: { name: "p1" }, spec: { name: "one" } });
  await api.management.mergePatchStatus(projectType, { name: "p1" }, { status: { phase: "Active" } });
  const { stdout } = await fairlead("cluster", "create", "demo", "-o", "json");
  ({ id } = JSON.parse(stdout) as ApiCluster);
});
afterAll(() => api?.stop());

function fairlead(...args: string[]): Promise<Ended> {
  return runFairlead(args, { cwd: api.cwd });
}

describe("kubeconfig", () => {
  test("to standard output, or to a file that only its owner may read", async () => {
    const tooEarly = await fairlead("cluster", "kubeconfig", "demo");
    expect(tooEarly).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("has no kubeconfig yet") });

    const namespace = clusterNamespace(id);
    await api.management.create(builtin.Namespace, { metadata: { name: namespace } });
    const stringData = { kubeconfig: "clusters: [{name: here, cluster: {server: https://127.0.0.1:1}}]" };
    await api.management.create(builtin.Secret, { metadata: { name: "admin-kubeconfig", namespace }, stringData });
    api.reachable.add(id);
    const shown = await fairlead("cluster", "kubeconfig", "demo");
    expect(shown).toMatchObject({ code: 0, stdout: expect.stringContaining("current-context: admin@here") });

    const file = join(api.cwd, "demo.kubeconfig");
    await writeFile(file, "open to all", { mode: 0o644 });
    expect(await fairlead("cluster", "kubeconfig", "demo", "--out", "demo.kubeconfig")).toMatchObject({
      code: 0,
      stdout: "",
    });
    expect(await readFile(file, "utf8")).toContain("current-context: admin@here");
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  test("is revoked for one person, or for all", async () => {
    const anchors = async () => {
      const labelSelector = "fairlead.dev/kubeconfig-role=admin";
      return (await api.management.list(builtin.Secret, { labelSelector })).items.length;
    };
    const another = await fairlead("cluster", "revoke", "demo", "--user", "ada@example.com");
    expect([another.code, another.stdout, await anchors()]).toEqual([0, expect.stringContaining("ada@"), 1]);
    expect([(await fairlead("cluster", "revoke", "demo")).code, await anchors()]).toEqual([0, 0]);
  });
});

test("members, groups and service accounts of a project are set, listed and taken out", async () => {
  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await fairlead("project", ...args);
    expect([args, code, stderr]).toEqual([args, 0, code === 0 ? expect.any(String) : ""]);
    return stdout;
  };
  expect(await run("members", "set", "Ada@Example.com", "--role", "viewers")).toContain("ada@example.com is one of");
  await run("members", "set", "ada@example.com", "--role", "editors");
  expect(await run("members", "list")).toMatch(/ada@example\.com +editors +never/);
  await run("members", "remove", "ada@example.com");
  expect(await run("members", "list", "-o", "json")).not.toContain("ada");
  await run("groups", "set", "dev", "--role", "viewers");
  await run("groups", "set", "dev", "--role", "owners");
  expect(await run("groups", "list")).toMatch(/dev +owners/);
  await run("groups", "remove", "dev");
  expect(await run("groups", "list", "-o", "json")).toBe("[]\n");
  await run("serviceaccounts", "create", "robot", "--role", "editors");
  const token = (await run("serviceaccounts", "create-token", "robot", "ci")).trim();
  const me = () => fetch(`${api.url}/api/v1/me`, { headers: { authorization: `Bearer ${token}` } });
  expect((await me()).status).toBe(200);
  await run("serviceaccounts", "revoke-token", "robot", "ci");
  expect((await me()).status).toBe(401);
  await run("serviceaccounts", "delete", "robot");
  expect(await run("serviceaccounts", "list", "-o", "json")).toBe("[]\n");
});

describe("env", () => {
  test("a shell that evaluates it can use the instance", async () => {
    const { stdout } = await fairlead("env");
    const script = `${stdout}printf '%s\\n' "$FAIRLEAD_URL" "$FAIRLEAD_TOKEN" "$KUBECONFIG" "$PATH"`;
    const printed = execFileSync("/bin/sh", ["-c", script], { encoding: "utf8", env: { PATH: "/usr/bin" } });
    const data = join(api.cwd, ".fairlead");
    expect(printed.trimEnd().split("\n")).toEqual([
      api.url,
      api.token,
      join(data, "kubeconfig"),
      `${join(data, "bin")}:/usr/bin`,
    ]);
  });

  test("prints nothing to evaluate where nothing runs", async () => {
    const empty = await mkdtemp(join(tmpdir(), "fairlead-cli-"));
    const result = await runFairlead(["env"], { cwd: empty });
    await rm(empty, { recursive: true });
    expect(result).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringMatching(/^Error: no Fairlead runs .*\n$/),
    });
  });
});

describe("errors", () => {
  test("a wrong token", async () => {
    const result = await fairlead("cluster", "list", "--url", api.url, "--token", "wrong");
    expect(result).toMatchObject({ code: 1, stdout: "" });
    expect(result.stderr).toMatch(/^Error: .*\n$/);
  });

  test("stack traces only on demand", async () => {
    const args = ["cluster", "list", "--url", "http://127.0.0.1:1", "--token", "t"];
    const plain = await runFairlead(args, { cwd: api.cwd });
    expect(plain.stderr).toMatch(/^Error: cannot reach Fairlead at http:\/\/127\.0\.0\.1:1: .*\n$/);
    const debugged = await runFairlead(args, { cwd: api.cwd, env: { FAIRLEAD_DEBUG: "1" } });
    expect(debugged.stderr).toMatch(/\n {4}at .*client\.ts/);
  });

  test("a reader that goes away is no error", async () => {
    const script = `"${process.execPath}" "${join(import.meta.dirname, "../bin/fairlead.js")}" cluster list -o json | true`;
    // Rejects unless the exit code is 0.
    const { stderr } = await promisify(execFile)("bash", ["-o", "pipefail", "-c", script], { cwd: api.cwd });
    expect(stderr).toBe("");
  });
});

const olderNode = (process.env.PATH ?? "")
  .split(delimiter)
  .map((directory) => join(directory, "node"))
  .find(isOlder);

function isOlder(node: string): boolean {
  if (!existsSync(node)) return false;
  const major = Number.parseInt(execFileSync(node, ["-p", "process.versions.node"], { encoding: "utf8" }), 10);
  return major >= 18 && major < 24;
}

describe.skipIf(!olderNode)("started by an older Node.js", () => {
  test("the bundled one takes over: arguments, output and exit code", async () => {
    const list = await runFairlead(["cluster", "list", "-o", "json"], { cwd: api.cwd, node: olderNode });
    expect(JSON.parse(list.stdout)).toMatchObject([{ id, name: "demo" }]);
    expect(await runFairlead(["cluster", "get", "no body"], { cwd: api.cwd, node: olderNode })).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('"no body" not found'),
    });
  });

  test("signals reach it", async () => {
    const waiting = new FairleadProcess(["cluster", "wait", "demo"], { cwd: api.cwd, node: olderNode });
    await waiting.saysOnStderr("Waiting for cluster");
    waiting.kill("SIGINT");
    expect(await waiting.ended).toMatchObject({
      code: 130,
      stderr: expect.stringContaining("interrupted: nothing is changed"),
    });
  });
});
