import { execFileSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "@fairlead/components";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FairleadProcess, processesOf } from "./testing/fairlead-process.ts";

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "fairlead refusal "));
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

/** Exactly one line that says what is wrong: no stack trace, nothing left running. */
async function expectOneLine(fairlead: FairleadProcess, message: RegExp): Promise<void> {
  const { code, output } = await fairlead.exit();
  expect(code).toBe(1);
  const errors = output.split("\n").filter((line) => line.startsWith("Error: "));
  expect(errors).toEqual([expect.stringMatching(message)]);
  expect(output).not.toMatch(/^\s+at /m);
}

test("a port in use is named", async () => {
  const port = await freePort();
  const other = createServer().listen(port, "127.0.0.1");
  try {
    await expectOneLine(new FairleadProcess(directory, port), new RegExp(`Port ${port} .*in use.*--port`));
    expect(await processesOf(directory)).toEqual([]);
  } finally {
    other.close();
  }
});

test("a second instance on the same data is refused, the first goes on", async () => {
  const port = await freePort();
  await using first = new FairleadProcess(directory, port);
  await first.ready();
  await expectOneLine(new FairleadProcess(directory, await freePort()), /in use by process \d+/);
  expect((await fetch(`http://127.0.0.1:${port}/api/v1/healthz`)).status).toBe(200);
});

test("a file in place of the data directory is named", async () => {
  const file = join(directory, "file");
  await writeFile(file, "");
  await expectOneLine(new FairleadProcess(file, await freePort()), /a file is in its way/);
});

/** Runs a command in a mount namespace of its own after a small disk was mounted on `at`. */
function withDisk(at: string, options: string): string[] {
  const script = `mount -t tmpfs -o ${options} tmpfs "$0" && exec "$@"`;
  return ["unshare", "--mount", "--map-root-user", "sh", "-c", script, at];
}

test("a full disk is named before anything is started", async () => {
  const data = join(directory, "data");
  await mkdir(data);
  await expectOneLine(new FairleadProcess(data, await freePort(), withDisk(data, "size=8m")), /nearly full|is full/);
});

test("a read-only disk is named", async () => {
  const data = join(directory, "data");
  await mkdir(data);
  await expectOneLine(new FairleadProcess(data, await freePort(), withDisk(data, "ro")), /read-only/);
});

test("a machine without a default route works", async () => {
  const isolated = ["unshare", "--net", "--map-root-user", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"];
  expect(execFileSync("unshare", ["--net", "--map-root-user", "ip", "route"], { encoding: "utf8" })).toBe("");
  await using fairlead = new FairleadProcess(directory, await freePort(), isolated);
  await fairlead.ready();
  fairlead.kill("SIGINT");
  expect((await fairlead.exit()).code).toBe(0);
});

test("the data directory is its owner's only", async () => {
  await chmod(directory, 0o755);
  await using fairlead = new FairleadProcess(directory, await freePort());
  await fairlead.ready();
  const args = [directory, "-ignore_readdir_race", "-type", "f", "-perm", "/077"];
  const stdout = execFileSync("find", args, { encoding: "utf8" });
  const allowed = /\/(lock|lock-journal)$|\/etcd\/data\/|\/registry\/data\/|\/helm\//;
  expect(stdout.split("\n").filter((file) => file !== "" && !allowed.test(file))).toEqual([]);
  expect(await readdir(directory)).toContain("admin-token");
});
