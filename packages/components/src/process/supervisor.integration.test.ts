import { mkdir, mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pino from "pino";
import { afterEach, beforeEach, expect, test } from "vitest";
import { inspectProcess } from "./identity.ts";
import type { ManagedProcess } from "./managed-process.ts";
import type { ProcessExit, ProcessSpec } from "./spec.ts";
import { Supervisor } from "./supervisor.ts";

const logger = pino({ level: "silent" });
const backoff = { initialMs: 20, maxMs: 100, stableAfterMs: 60_000 };
const forever = "setInterval(() => {}, 1000);";
/** Prints `up` when it is up, and `bye` when it is asked to stop. */
const polite = `${forever} process.on("SIGTERM", () => { console.log("bye"); process.exit(0); }); console.log("up");`;
const stubborn = `${forever} process.on("SIGTERM", () => {}); console.log("up");`;

let directory: string;
let supervisor: Supervisor;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "fairlead-supervisor-"));
  supervisor = new Supervisor({ stateDirectory: join(directory, "state"), logger, backoff });
});
afterEach(async () => {
  await supervisor.stopAll();
  expect(await readdir(join(directory, "state")).catch(() => [])).toEqual([]);
  await rm(directory, { recursive: true });
});

function node(name: string, code: string, changes: Partial<ProcessSpec> = {}): ProcessSpec {
  const logFile = join(directory, `${name}.log`);
  return {
    name,
    command: process.execPath,
    args: ["-e", code, name],
    logFile,
    ready: (signal) => until(() => supervisor.get(name)?.lastLogLines(10).includes("up") === true, signal),
    readyTimeoutMs: 10_000,
    stopTimeoutMs: 5_000,
    ...changes,
  };
}

async function until(condition: () => boolean, signal: AbortSignal = AbortSignal.timeout(10_000)): Promise<void> {
  while (!condition()) await sleep(10, undefined, { signal });
}

function pidOf(managed: ManagedProcess): number {
  if (managed.pid === undefined) throw new Error(`${managed.name} does not run`);
  return managed.pid;
}

test("starts, waits until ready, stops with the signal asked for", async () => {
  const managed = await supervisor.start(node("a", polite));
  const pid = pidOf(managed);
  expect(managed.state).toBe("running");
  const file = await stat(join(directory, "state", "a.pid.json"));
  expect([file.mode & 0o777, (await stat(join(directory, "a.log"))).mode & 0o777]).toEqual([0o600, 0o600]);
  const exits: ProcessExit[] = [];
  managed.onExit((exit) => exits.push(exit));
  await supervisor.stop("a");
  expect(managed.state).toBe("stopped");
  expect(managed.pid).toBeUndefined();
  expect(await inspectProcess(pid)).toBeUndefined();
  expect(managed.lastLogLines(5)).toEqual(["up", "bye"]);
  expect(exits).toEqual([{ code: 0, signal: undefined, expected: true, restartInMs: undefined }]);
  expect(supervisor.list()).toEqual([]);
});

test("children run in sessions of their own and with a clean environment", async () => {
  process.env.FAIRLEAD_TEST_LEAK = "1";
  const print = `console.log(Object.keys(process.env).includes("FAIRLEAD_TEST_LEAK"), process.env.MINE); ${polite}`;
  const managed = await supervisor.start(node("a", print, { env: { MINE: "yes" } }));
  delete process.env.FAIRLEAD_TEST_LEAK;
  expect(managed.lastLogLines(2)).toEqual(["false yes", "up"]);
  // A process group with the child's pid exists: it leads its own.
  expect(process.kill(-pidOf(managed), 0)).toBe(true);
});

test("kill -9 of a child: it is started again, is ready again, and the listeners know", async () => {
  const managed = await supervisor.start(node("a", polite));
  const first = pidOf(managed);
  const exits: ProcessExit[] = [];
  managed.onExit((exit) => exits.push(exit));
  process.kill(first, "SIGKILL");
  await until(() => managed.restarts === 1 && managed.state === "running");
  expect(pidOf(managed)).not.toBe(first);
  expect(exits).toEqual([{ code: undefined, signal: "SIGKILL", expected: false, restartInMs: 20 }]);
});

test("a process that keeps crashing is restarted ever more slowly, and can still be stopped", async () => {
  const managed = await supervisor.start(node("a", `setTimeout(() => process.exit(3), 100); console.log("up")`));
  const delays: (number | undefined)[] = [];
  managed.onExit((exit) => delays.push(exit.restartInMs));
  await until(() => delays.length >= 4);
  expect(delays.slice(0, 4)).toEqual([20, 40, 80, 100]);
  await supervisor.stop("a");
  const { restarts } = managed;
  await sleep(300);
  expect(managed.restarts).toBe(restarts);
});

test("an exit before readiness is an error with the log lines that matter", async () => {
  const fails = `console.log("I1124 starting"); console.error("Error: bind: address already in use"); process.exit(2)`;
  await expect(supervisor.start(node("a", fails))).rejects.toMatchObject({
    code: "process-exited",
    message: `a exited with status 2 before it was ready; its log is ${join(directory, "a.log")}`,
    details: ["Error: bind: address already in use"],
  });
  expect(supervisor.get("a")).toBeUndefined();
});

test("a process that is not ready in time is ended", async () => {
  let pid: number | undefined;
  const ready = async (signal: AbortSignal) => {
    pid = supervisor.get("a")?.pid;
    await sleep(60_000, undefined, { signal });
  };
  await expect(supervisor.start(node("a", forever, { ready, readyTimeoutMs: 200 }))).rejects.toMatchObject({
    code: "process-not-ready",
    message: expect.stringContaining("a was not ready within 0.2 s"),
  });
  expect(await inspectProcess(pid ?? 0)).toBeUndefined();
});

test("a readiness check that fails is an error with its cause", async () => {
  const ready = () => Promise.reject(new Error("wrong certificate"));
  await expect(supervisor.start(node("a", forever, { ready }))).rejects.toMatchObject({
    code: "process-not-ready",
    message: expect.stringContaining("cannot become ready: wrong certificate"),
  });
});

test("a restarted process that does not become ready is ended and tried again", async () => {
  let checks = 0;
  const ready = async (signal: AbortSignal) => {
    checks += 1;
    if (checks === 2) await sleep(60_000, undefined, { signal });
  };
  const managed = await supervisor.start(node("a", forever, { ready, readyTimeoutMs: 300 }));
  process.kill(pidOf(managed), "SIGKILL");
  await until(() => managed.restarts === 2 && managed.state === "running");
  expect(checks).toBe(3);
});

test("a program that does not exist is an error, not a crash", async () => {
  const start = supervisor.start(node("a", "", { command: join(directory, "nothing"), args: [] }));
  await expect(start).rejects.toMatchObject({ code: "process-exited" });
});

test("a child that cannot be put on record is not left running", async () => {
  const obstacle = join(directory, "state", "a.pid.json");
  await mkdir(join(obstacle, "full"), { recursive: true });
  const code = `require("node:fs").writeFileSync("${directory}/pid", String(process.pid)); ${forever}`;
  await expect(supervisor.start(node("a", code))).rejects.toThrow();
  // Time enough for a child that was left running to say so.
  await sleep(1_000);
  const pid = await readFile(join(directory, "pid"), "utf8").catch(() => "0");
  expect(await inspectProcess(Number(pid))).toBeUndefined();
  await rm(join(directory, "state"), { recursive: true });
});

test("a faulty listener does not end the supervision", async () => {
  const managed = await supervisor.start(node("a", polite));
  managed.onExit(() => {
    throw new Error("faulty");
  });
  process.kill(pidOf(managed), "SIGKILL");
  await until(() => managed.restarts === 1 && managed.state === "running");
});

test("restart never: it stays down", async () => {
  const managed = await supervisor.start(node("a", polite, { restart: "never" }));
  process.kill(pidOf(managed), "SIGKILL");
  await until(() => managed.state === "exited");
  await sleep(200);
  expect([managed.restarts, managed.pid]).toEqual([0, undefined]);
});

test("a child that ignores the stop signal is killed, with its own children", async () => {
  const parent = `const c = require("node:child_process").spawn(process.execPath, ["-e", "${forever}"]); console.log(c.pid); ${stubborn}`;
  const managed = await supervisor.start(node("a", parent, { stopTimeoutMs: 200 }));
  const [grandchild] = managed.lastLogLines(2).map(Number);
  expect(await inspectProcess(grandchild ?? 0)).toBeDefined();
  await supervisor.stop("a");
  // Nobody waits for an orphan but init, in its own time.
  await expect.poll(() => inspectProcess(grandchild ?? 0)).toBeUndefined();
});

test("stopping during the start makes the start fail and leaves nothing", async () => {
  const never = { ready: (signal: AbortSignal) => sleep(60_000, undefined, { signal }) };
  const start = supervisor.start(node("a", forever, never));
  const failed = expect(start).rejects.toMatchObject({ code: "process-stopped" });
  await until(() => supervisor.get("a")?.pid !== undefined);
  const pid = supervisor.get("a")?.pid ?? 0;
  await supervisor.stop("a");
  await failed;
  expect(await inspectProcess(pid)).toBeUndefined();
});

test("stopping at the very moment of the start leaves nothing either", async () => {
  const start = supervisor.start(node("a", polite));
  const failed = expect(start).rejects.toMatchObject({ code: "process-stopped" });
  await supervisor.stop("a");
  await failed;
});

test("aborting the start throws the reason and leaves nothing", async () => {
  const abort = new AbortController();
  const start = supervisor.start(node("a", forever), { signal: abort.signal });
  const failed = expect(start).rejects.toThrow("not needed any more");
  await until(() => supervisor.get("a")?.pid !== undefined);
  abort.abort(new Error("not needed any more"));
  await failed;
  expect(supervisor.get("a")).toBeUndefined();
});

test("a name runs once at a time, and can be used again after a stop", async () => {
  const managed = await supervisor.start(node("a", polite));
  await expect(supervisor.start(node("a", polite))).rejects.toMatchObject({ code: "process-exists" });
  expect(managed.state).toBe("running");
  await supervisor.stop("a");
  expect((await supervisor.start(node("a", polite))).state).toBe("running");
});

test("stopAll: the groups given first, then the rest in reverse order", async () => {
  const ended: string[] = [];
  for (const name of ["etcd", "apiserver", "scheduler", "registry"]) {
    const managed = await supervisor.start(node(name, polite));
    managed.onExit(() => ended.push(name));
  }
  await supervisor.stopAll([["scheduler"], ["apiserver"]]);
  expect(ended).toEqual(["scheduler", "apiserver", "registry", "etcd"]);
});
