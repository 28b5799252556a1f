import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { pino } from "pino";
import { expect, test } from "vitest";
import { ApplySetError } from "./apply-set-error.ts";

test("a Secret that cannot be applied is named in logs, and not shown", async () => {
  const object = { apiVersion: "v1", kind: "Secret", metadata: { name: "login" }, data: { key: "aHVudGVyMjI=" } };
  const error = new ApplySetError([{ object, action: "apply", error: new Error("connection refused") }]);
  expect(error.failures[0]?.object).toBe(object);
  const log = new PassThrough();
  pino({}, log).error({ err: error }, "Reconciling failed");
  log.end();
  const line = await text(log);
  expect(line).toMatch(/login.*connection refused/);
  expect(`${line}${JSON.stringify(error)}`).not.toContain("aHVudGVyMjI=");
});
