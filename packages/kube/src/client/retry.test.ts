import { describe, expect, it } from "vitest";
import { retryDelayMs } from "./retry.ts";

const attempt = { idempotent: true, number: 1, code: 429 };

describe("retryDelayMs", () => {
  it.each([
    ["429 waits as long as asked", { ...attempt, retryAfter: "2" }, 2000],
    ["429 was not executed, so any method is retried", { ...attempt, idempotent: false, retryAfter: "1" }, 1000],
    ["429 without a header backs off", { ...attempt, number: 3 }, 400],
    ["a header is not followed for ever", { ...attempt, retryAfter: "86400" }, 30_000],
    ["a header that is no number counts as none", { ...attempt, retryAfter: "soon" }, 100],
    ["5xx is retried when the server asks for it", { ...attempt, code: 503, retryAfter: "1" }, 1000],
    ["5xx without a header is not", { ...attempt, code: 503 }, undefined],
    [
      "5xx is not, if a repetition may do harm",
      { ...attempt, code: 503, idempotent: false, retryAfter: "1" },
      undefined,
    ],
    ["other refusals are not", { ...attempt, code: 409, retryAfter: "1" }, undefined],
    ["the fifth attempt is the last", { ...attempt, number: 5, retryAfter: "1" }, undefined],
  ])("%s", (_, given, expected) => {
    expect(retryDelayMs(given)).toBe(expected);
  });
});
