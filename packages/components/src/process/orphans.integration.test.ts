import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import pino from "pino";
import { afterEach, beforeEach, expect, test } from "vitest";
import { inspectProcess } from "./identity.ts";
import { hasParentDeathSignal } from "./launcher.ts";
import { cleanUpOrphans } from "./orphans.ts";
import { PidFiles } from "./pid-file.ts";
import { Supervisor } from "./supervisor.ts";

const logger = pino({ level: "silent" });
const superviseScript = fileURLToPath(new URL("../../test-fixtures/supervise.ts", import.meta.url));
const pidFile = "sleeper.pid.json";

let directory: string;
let state: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "fairlead-orphans-"));
  state = join(directory, "state");
});
afterEach(() => rm(directory, { recursive: true }));

/** Runs a supervisor in a process of its own and kills that with SIGKILL. Returns the pid of its child. */
async function killedSupervisor(path: string): Promise<number> {
  const parent = execa(process.execPath, [superviseScript, directory], {
    env: { PATH: path },
    extendEnv: false,
    reject: false,
  });
  let child: number | undefined;
  for await (const line of parent) {
    child = Number(line);
    parent.kill("SIGKILL");
  }
  await parent;
  if (child === undefined) throw new Error("The supervisor started no child");
  return child;
}

async function goneWithin(pid: number, ms: number): Promise<boolean> {
  for (const deadline = Date.now() + ms; Date.now() < deadline; await sleep(20)) {
    if (!(await inspectProcess(pid))) return true;
  }
  return false;
}

function cleanUp(): Promise<string[]> {
  return new Supervisor({ stateDirectory: state, logger }).cleanUpOrphans();
}

test.runIf(await hasParentDeathSignal())("kill -9 of the parent: the kernel ends the child", async () => {
  const child = await killedSupervisor(process.env.PATH ?? "");
  expect(await goneWithin(child, 2_000)).toBe(true);
  expect(await cleanUp()).toEqual([]);
  expect(await readdir(state)).toEqual([]);
});

test("without setpriv the child survives, and the next start ends it", async () => {
  const child = await killedSupervisor(dirname(process.execPath));
  await sleep(300);
  expect(await inspectProcess(child)).toBeDefined();
  expect(await cleanUp()).toEqual(["sleeper"]);
  expect(await inspectProcess(child)).toBeUndefined();
  expect(await readdir(state)).toEqual([]);
});

test("a process that merely got the same pid or the same command is spared", async () => {
  const child = await killedSupervisor(dirname(process.execPath));
  const record = await readFile(join(state, pidFile), "utf8");
  const original: { startedAt: string; command: string[] } = JSON.parse(record);
  for (const change of [{ startedAt: "1@elsewhere" }, { command: ["/usr/bin/etcd"] }]) {
    await writeFile(join(state, pidFile), JSON.stringify({ ...JSON.parse(record), ...change }));
    expect(await cleanUp()).toEqual([]);
    expect(await inspectProcess(child)).toBeDefined();
    expect(await readdir(state)).toEqual([]);
  }
  await writeFile(join(state, pidFile), JSON.stringify(original));
  expect(await cleanUp()).toEqual(["sleeper"]);
});

test("an orphan that ignores SIGTERM is killed; a torn pid file is removed", async () => {
  const code = 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000); console.log("up")';
  const stubborn = spawn(process.execPath, ["-e", code], { detached: true, stdio: ["ignore", "pipe", "ignore"] });
  await once(stubborn.stdout, "data");
  await mkdir(state);
  const command = [process.execPath, "-e", code];
  await writeFile(join(state, pidFile), JSON.stringify({ name: "sleeper", pid: stubborn.pid, command }));
  await writeFile(join(state, "torn.pid.json"), '{"name": "to');
  const exited = once(stubborn, "exit");
  expect(await cleanUpOrphans(new PidFiles(state), logger, { graceMs: 300 })).toEqual(["sleeper"]);
  expect(await exited).toEqual([null, "SIGKILL"]);
  expect(await readdir(state)).toEqual([]);
});
