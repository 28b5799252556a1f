import {
  closeSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { LogFile, tellingLines } from "./log-file.ts";

const directory = mkdtempSync(join(tmpdir(), "fairlead-log-"));
afterAll(() => rmSync(directory, { recursive: true }));

function append(log: LogFile, text: string): void {
  const descriptor = log.open();
  writeSync(descriptor, text);
  closeSync(descriptor);
}

test("only lines of the current start count, and only the owner can read them", () => {
  const log = new LogFile(join(directory, "a.log"));
  append(log, "panic: yesterday\n");
  append(log, "one\n\ntwo\nthree");
  expect(log.lastLines(2)).toEqual(["two", "three"]);
  expect(log.tellingLines(5)).toEqual(["one", "two", "three"]);
  expect(statSync(log.path).mode & 0o777).toBe(0o600);
});

test("a large file makes room at the next start and is kept once", () => {
  const log = new LogFile(join(directory, "b.log"));
  writeFileSync(`${log.path}.1`, "older");
  writeFileSync(log.path, "old");
  truncateSync(log.path, 10 * 1024 * 1024);
  append(log, "new\n");
  expect(readFileSync(log.path, "utf8")).toBe("new\n");
  expect(readFileSync(`${log.path}.1`, "utf8").slice(0, 3)).toBe("old");
});

test("a process that never started has no lines", () => {
  expect(new LogFile(join(directory, "none.log")).lastLines(3)).toEqual([]);
});

test.each([
  ["klog", 'E1124 03:07:56.1 1 run.go:72] "command failed" err="bind: address already in use"'],
  ["zap", '{"level":"fatal","ts":"2026-11-24","msg":"discovery failed"}'],
  ["logrus", 'time="2026-11-24" level=error msg="cannot listen"'],
  ["Go", "panic: runtime error"],
  ["cobra", "Error: unknown flag: --nope"],
])("%s errors are told first", (_kind, line) => {
  expect(tellingLines(["I1124 03:07:56.1 starting", line, "I1124 03:07:56.2 bye"], 3)).toEqual([line]);
});
