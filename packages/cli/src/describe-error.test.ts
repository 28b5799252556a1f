import { ApiError, UnreachableError } from "@fairlead/api-client";
import { expect, test } from "vitest";
import { CommandError, notFound, usageError } from "./command-error.ts";
import { describeError } from "./describe-error.ts";
import { exitCode } from "./exit-code.ts";

const api = (status: number, message: string, rest: object = {}) =>
  new ApiError(status, { code: status, message, ...rest });
const componentError = Object.assign(new Error("kube-apiserver ended"), {
  details: ["log line"],
  code: "process-exited",
});

test.each<[string, unknown, number, string[]]>([
  ["an error of ours", new Error("disk full"), exitCode.error, ["Error: disk full"]],
  ["one with lines of a log", componentError, exitCode.error, ["Error: kube-apiserver ended", "  log line"]],
  ["one of several lines", new Error("a\n  b\u001B[2J"), exitCode.error, ["Error: a b\u{FFFD}[2J"]],
  ["what is no error", "odd", exitCode.error, ["Error: odd"]],
  ["wrong usage", usageError("say which"), exitCode.usage, ["Error: say which"]],
  ["a timeout", new CommandError(exitCode.timeout, "too long"), exitCode.timeout, ["Error: too long"]],
  ["not found here", notFound('cluster "x" not found'), exitCode.notFound, ['Error: cluster "x" not found']],
  ["not found there", api(404, 'project "x" not found'), exitCode.notFound, ['Error: project "x" not found']],
  ["no server", new UnreachableError("cannot reach it"), exitCode.error, ["Error: cannot reach it"]],
  ["unauthorized", api(401, "not authorized", { details: ["[no token]"] }), exitCode.error, ["Error: not authorized"]],
  ["a conflict", api(409, 'cluster "x" already exists'), exitCode.error, ['Error: cluster "x" already exists']],
  ["refused in one sentence", api(400, "malformed JSON"), exitCode.refused, ["Error: malformed JSON"]],
  [
    "fields that are wrong, each on its line",
    api(400, "invalid cluster: [a: Invalid value: 1: no, b: Required value: c]", {
      details: ["a: Invalid value: 1: no", "b: Required value: c"],
    }),
    exitCode.refused,
    ["Error: invalid cluster:", "  a: Invalid value: 1: no", "  b: Required value: c"],
  ],
  [
    "field errors without their text",
    api(422, 'Cluster "x" is invalid: …', {
      fieldErrors: [{ reason: "FieldValueInvalid", field: "spec.a", message: "no" }],
    }),
    exitCode.refused,
    ['Error: Cluster "x" is invalid:', "  spec.a: no"],
  ],
])("%s", (_name, error, code, lines) => {
  expect(describeError(error)).toEqual({ exitCode: code, lines });
});
