import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DirectoryLock } from "./directory-lock.ts";
import { checkWritableDirectory } from "./disk.ts";
import { ExclusiveLock } from "./exclusive-lock.ts";

const script = (name: string) => fileURLToPath(new URL(`../test-fixtures/${name}`, import.meta.url));

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "fairlead-disk-"));
});
afterEach(() => rm(directory, { recursive: true }));

test("a second process is refused by name of the first, and welcome once that was killed", async () => {
  const data = join(directory, "data");
  const holder = execa(process.execPath, [script("hold-lock.ts"), data], { reject: false });
  for await (const _line of holder) {
    await expect(DirectoryLock.acquire(data)).rejects.toMatchObject({
      code: "directory-in-use",
      message: expect.stringMatching(new RegExp(`^${data} is in use by process ${holder.pid}, since 2`)),
    });
    holder.kill("SIGKILL");
  }
  await holder;
  using lock = await DirectoryLock.acquire(data);
  expect(lock.directory).toBe(data);
});

test("the lock excludes within a process too, and a waiter gets it on release", async () => {
  const path = join(directory, "lock");
  const first = await ExclusiveLock.acquire(path);
  expect(ExclusiveLock.tryAcquire(path)).toBeUndefined();
  let waitedFor: number | undefined;
  const second = ExclusiveLock.acquire(path, {
    onWait: (holder) => {
      waitedFor = holder?.pid;
      first.release();
    },
  });
  (await second).release();
  expect(waitedFor).toBe(process.pid);
});

test("waiting for a lock can be aborted", async () => {
  const path = join(directory, "lock");
  using _lock = await ExclusiveLock.acquire(path);
  const waiting = ExclusiveLock.acquire(path, { signal: AbortSignal.timeout(50) });
  await expect(waiting).rejects.toThrow();
});

test("a directory that is fine, one that is a file, and too little space", async () => {
  await expect(checkWritableDirectory(join(directory, "new", "deep"), 1)).resolves.toBeUndefined();
  await writeFile(join(directory, "file"), "");
  await expect(checkWritableDirectory(join(directory, "file"), 0)).rejects.toMatchObject({ code: "not-writable" });
  await expect(checkWritableDirectory(directory, 2 ** 60)).rejects.toMatchObject({
    code: "disk-full",
    message: expect.stringMatching(/nearly full: \d+ MiB free, 1099511627776 MiB needed/),
  });
});

const namespaces = await execa("unshare", ["-rm", "mount", "-t", "tmpfs", "none", "/mnt"], { reject: false });

// Real full and read-only file systems need a mount namespace of our own, which some systems do not allow.
describe.runIf(!namespaces.failed)("on a small file system of its own", () => {
  async function checkOn(mountOptions: string, before = ":"): Promise<string> {
    const steps = `mount -t tmpfs -o ${mountOptions} none "$1" && ${before} && exec "$2" "$3" "$1"`;
    const { stdout } = await execa("unshare", [
      "-rm",
      "sh",
      "-c",
      steps,
      "sh",
      directory,
      process.execPath,
      script("check-disk.ts"),
    ]);
    return stdout;
  }

  test("writable", async () => {
    expect(await checkOn("size=1m")).toBe("ok");
  });

  test("full", async () => {
    const fill = 'head -c 2000000 /dev/zero > "$1/fill" 2>/dev/null || true';
    expect(await checkOn("size=1m", `{ ${fill}; }`)).toBe(
      `disk-full: The disk of ${directory} is full. Free some space or use another directory.`,
    );
  });

  test("read-only", async () => {
    expect(await checkOn("ro")).toBe(`read-only: ${directory} is on a read-only disk. Use another directory.`);
  });
});
