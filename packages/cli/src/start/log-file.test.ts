import { writeSync } from "node:fs";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { afterEach, beforeEach, expect, test } from "vitest";
import { logFile } from "./log-file.ts";

let directory: string;
let file: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "fairlead-log-"));
  file = join(directory, "log");
});
afterEach(() => rm(directory, { recursive: true }));

test("on a full disk the process goes on", () => {
  const logger = pino({}, logFile("/dev/full"));
  for (let line = 0; line < 3; line++) logger.info("nobody reads this");
});

test("lines that were left out are counted, a line that was cut off harms no other", async () => {
  let room = Number.POSITIVE_INFINITY;
  const write = (fd: number, text: string) => {
    if (room === 0) throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
    const written = writeSync(fd, text.slice(0, room));
    room -= written;
    return written;
  };
  const logger = pino({}, logFile(file, write));
  logger.info("first");
  room = 20;
  logger.info("cut off");
  logger.info("lost");
  room = Number.POSITIVE_INFINITY;
  logger.info("again");
  const lines = (await readFile(file, "utf8")).trimEnd().split("\n");
  expect(lines[1]).toHaveLength(20);
  const whole = lines.toSpliced(1, 1).map((line) => JSON.parse(line));
  expect(whole).toMatchObject([{ msg: "first" }, { msg: "Lines could not be written", lost: 2 }, { msg: "again" }]);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});
