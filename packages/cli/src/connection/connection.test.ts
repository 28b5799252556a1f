import { spawnSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { exitCode } from "../exit-code.ts";
import { resolveConnection } from "./connection.ts";
import type { Instance } from "./instance.ts";

let cwd: string;
let instance: Instance;

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "fairlead-cli-"));
  instance = {
    version: 1,
    pid: process.pid,
    url: "http://127.0.0.1:8080",
    tokenFile: join(cwd, "admin-token"),
    managementKubeconfig: join(cwd, "kubeconfig"),
    binDirectory: join(cwd, "bin"),
    startedAt: new Date().toISOString(),
  };
  await writeFile(instance.tokenFile, "local-token\n");
});
afterEach(() => rm(cwd, { recursive: true }));

async function writeInstance(changes: Partial<Instance> = {}, directory = ".fairlead"): Promise<string> {
  await mkdir(join(cwd, directory), { recursive: true });
  const file = join(cwd, directory, "instance.json");
  await writeFile(file, JSON.stringify({ ...instance, ...changes }), { mode: 0o600 });
  return file;
}

function endedProcess(): number {
  return spawnSync("true").pid;
}

describe("which server", () => {
  const local = { url: "http://127.0.0.1:8080", token: "local-token" };

  test("the instance that runs in the current directory", async () => {
    await writeInstance();
    expect(await resolveConnection({}, { env: {}, cwd })).toEqual(local);
  });
  test("the instance on the data of FAIRLEAD_DATA", async () => {
    await writeInstance({}, "elsewhere");
    expect(await resolveConnection({}, { env: { FAIRLEAD_DATA: "elsewhere" }, cwd })).toEqual(local);
  });
  test("the environment before the instance", async () => {
    await writeInstance();
    const env = { FAIRLEAD_URL: "https://prod", FAIRLEAD_TOKEN: "prod-token" };
    expect(await resolveConnection({}, { env, cwd })).toEqual({ url: "https://prod", token: "prod-token" });
  });
  test("flags before the environment", async () => {
    const env = { FAIRLEAD_URL: "https://prod", FAIRLEAD_TOKEN: "prod-token" };
    const flags = { url: "https://test", token: "test-token" };
    expect(await resolveConnection(flags, { env, cwd })).toEqual(flags);
  });
  test("--data, being a flag, before the environment", async () => {
    await writeInstance();
    const env = { FAIRLEAD_URL: "https://prod", FAIRLEAD_TOKEN: "prod-token" };
    expect(await resolveConnection({ data: ".fairlead" }, { env, cwd })).toEqual(local);
  });
  test("--url with the token of the environment", async () => {
    const connection = await resolveConnection({ url: "https://test" }, { env: { FAIRLEAD_TOKEN: "t" }, cwd });
    expect(connection).toEqual({ url: "https://test", token: "t" });
  });
});

describe("a token goes only to the server that it was given for", () => {
  test("the local administrator's to the local instance", async () => {
    await writeInstance();
    const named = await resolveConnection({ url: "http://127.0.0.1:8080/" }, { env: {}, cwd });
    expect(named.token).toBe("local-token");
    await expect(resolveConnection({ url: "https://test" }, { env: {}, cwd })).rejects.toThrow(
      "no token for https://test",
    );
  });
  test("FAIRLEAD_TOKEN not to another server than FAIRLEAD_URL", async () => {
    const env = { FAIRLEAD_URL: "https://prod", FAIRLEAD_TOKEN: "prod-token" };
    await expect(resolveConnection({ url: "https://test" }, { env, cwd })).rejects.toThrow("no token for https://test");
  });
});

describe("an instance file that does not count", () => {
  test("none", async () => {
    await expect(resolveConnection({}, { env: {}, cwd })).rejects.toMatchObject({
      exitCode: exitCode.error,
      message: `no Fairlead runs with the data in ${join(cwd, ".fairlead")}: start one with "fairlead start", or name another with --data or --url`,
    });
  });
  test("of a process that has ended", async () => {
    await writeInstance({ pid: endedProcess() });
    await expect(resolveConnection({}, { env: {}, cwd })).rejects.toThrow(/no Fairlead runs .* has ended/);
  });
  test.each([0, -1])("with %d for a process, which would mean a group", async (pid) => {
    await writeInstance({ pid });
    await expect(resolveConnection({}, { env: {}, cwd })).rejects.toThrow("no Fairlead runs");
  });
  test("that others can write, as one out of a repository would be", async () => {
    await chmod(await writeInstance(), 0o644);
    await expect(resolveConnection({}, { env: {}, cwd })).rejects.toThrow("others may read or write it");
  });
  test.each(["http://10.0.0.1:8080", "http://127.0.0.1.example.com", "http://localhost.example.com"])(
    "that points to %s, another machine",
    async (url) => {
      await writeInstance({ url });
      await expect(resolveConnection({}, { env: {}, cwd })).rejects.toThrow("not on this machine");
    },
  );
  test.each<[string, object]>([
    ["of another version", { version: 2 }],
    ["without a token file", { tokenFile: "" }],
  ])("%s", async (_name, changes) => {
    await writeInstance(changes);
    await expect(resolveConnection({}, { env: {}, cwd })).rejects.toThrow("damaged, or of another version");
  });
  test("whose token is gone", async () => {
    await writeInstance({ tokenFile: join(cwd, "missing") });
    await expect(resolveConnection({}, { env: {}, cwd })).rejects.toThrow("cannot read the admin token");
  });
});

test.each(["ftp://x", "127.0.0.1:8080", "x"])("%s is no address of a server", async (url) => {
  await expect(resolveConnection({ url, token: "t" }, { env: {}, cwd })).rejects.toMatchObject({
    exitCode: exitCode.usage,
  });
});
