import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DirectoryLock } from "@fairlead/components";
import { create } from "tar";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { backup } from "./backup.ts";
import { restore } from "./restore.ts";

let directory: string;
let data: string;
let file: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "fairlead-backup-"));
  data = join(directory, "data");
  file = join(directory, "backup.tgz");
  await mkdir(join(data, "management", "pki"), { recursive: true });
  await writeFile(join(data, "management", "pki", "ca.key"), "secret", { mode: 0o600 });
  await mkdir(join(data, "helm"));
  await writeFile(join(data, "helm", "cache"), "");
  for (const name of ["instance.json", "fairlead.log", "admin-token"]) await writeFile(join(data, name), name);
});
afterEach(() => rm(directory, { recursive: true }));

describe("what was backed up", () => {
  test("comes back, with its modes; caches, logs and what says that it runs do not", async () => {
    await backup(data, file);
    await rm(data, { recursive: true });
    await restore(file, data);
    expect((await readdir(data)).sort()).toEqual(["admin-token", "management"]);
    const key = join(data, "management", "pki", "ca.key");
    expect([await readFile(key, "utf8"), (await stat(key)).mode & 0o777]).toEqual(["secret", 0o600]);
    expect((await stat(data)).mode & 0o777).toBe(0o700);
  });

  test("nobody else may read, and nothing is left beside it", async () => {
    await backup(data, file);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await readdir(directory)).sort()).toEqual(["backup.tgz", "data"]);
    expect(await readdir(data)).not.toContain("backup.json");
  });
});

describe("refused is", () => {
  test("a backup while the instance runs", async () => {
    using _lock = await DirectoryLock.acquire(data);
    await expect(backup(data, file)).rejects.toThrow("is in use by process");
    expect(await readdir(directory)).toEqual(["data"]);
  });
  test("a backup of nothing", async () => {
    await expect(backup(join(directory, "none"), file)).rejects.toThrow("nothing to back up");
  });
  test("restoring over what is there", async () => {
    await backup(data, file);
    await expect(restore(file, data)).rejects.toThrow("is not empty");
    expect(await readdir(data)).toContain("management");
  });
  test.each([
    ["no archive", async () => writeFile(file, "no archive"), "cannot be read as a backup"],
    [
      "another archive",
      async () => create({ file, cwd: data, gzip: true }, ["admin-token"]),
      "it is no backup of Fairlead",
    ],
  ])("%s, and leaves nothing", async (_name, make, message) => {
    await make();
    await expect(restore(file, join(directory, "new"))).rejects.toThrow(message);
    expect((await readdir(directory)).sort()).toEqual(["backup.tgz", "data"]);
  });
});
