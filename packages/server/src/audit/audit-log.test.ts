import { mkdir, mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ApiAuditEntry } from "@fairlead/resources";
import { afterEach, beforeEach, expect, test } from "vitest";
import { AuditLog } from "./audit-log.ts";

let directory: string;
let file: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "fairlead-audit-"));
  file = join(directory, "audit.jsonl");
});
afterEach(() => rm(directory, { recursive: true }));

function entry(cluster: string, serial: number): ApiAuditEntry {
  const time = new Date(serial).toISOString();
  return { time, from: "127.0.0.1", action: "PATCH /x", path: `/x/${serial}`, cluster, status: 200 };
}

test("entries are lines of a file for its owner alone, and found by cluster, newest first", async () => {
  const log = new AuditLog({ file });
  await Promise.all([entry("a", 1), entry("b", 2), entry("a", 3)].map((one) => log.add(one)));
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const lines = (await readFile(file, "utf8")).trim().split("\n");
  expect(lines.map((line) => (JSON.parse(line) as ApiAuditEntry).path)).toEqual(["/x/1", "/x/2", "/x/3"]);
  expect((await log.ofCluster("a", 10)).map(({ path }) => path)).toEqual(["/x/3", "/x/1"]);
  expect((await log.ofCluster("a", 1)).map(({ path }) => path)).toEqual(["/x/3"]);
  expect(await log.ofCluster("c", 10)).toEqual([]);
});

test("a file that is full becomes an older one, the oldest goes, and the order stays", async () => {
  const log = new AuditLog({ file, largestFileBytes: 250, filesKept: 3 });
  for (let serial = 1; serial <= 10; serial++) await log.add(entry("a", serial));
  const paths = (await new AuditLog({ file, filesKept: 3 }).ofCluster("a", 100)).map(({ path }) => path);
  expect(paths).toEqual(["/x/10", "/x/9", "/x/8", "/x/7", "/x/6", "/x/5"].slice(0, paths.length));
  expect(paths.length).toBeGreaterThanOrEqual(3);
  await expect(stat(`${file}.3`)).rejects.toThrow("ENOENT");
});

test("tells whether it can be written: on a full disk it cannot", async () => {
  const log = new AuditLog({ file: "/dev/full" });
  expect(await log.isWritable()).toBe(true);
  await expect(log.add(entry("a", 1))).rejects.toThrow("ENOSPC");
  expect(await log.isWritable()).toBe(false);
});

test("an entry that could not be written is missing, and those after it are whole", async () => {
  const away = join(directory, "away");
  const log = new AuditLog({ file: join(away, "audit.jsonl") });
  await expect(log.add(entry("a", 1))).rejects.toThrow("ENOENT");
  expect(await log.isWritable()).toBe(false);
  await mkdir(away);
  expect(await log.isWritable()).toBe(true);
  await log.add(entry("a", 2));
  expect((await log.ofCluster("a", 10)).map(({ path }) => path)).toEqual(["/x/2"]);
});

test("a cut-off line is left out, and what a text only mentions is not found", async () => {
  const log = new AuditLog({ file });
  await log.add({ ...entry("b", 1), path: '/x/"cluster":"a"' });
  const { appendFile } = await import("node:fs/promises");
  await appendFile(file, '{"cluster":"a","ti');
  expect(await log.ofCluster("a", 10)).toEqual([]);
});
