import { describe, expect, test } from "vitest";
import type { Session } from "../../session.ts";
import type { Call } from "../client-command.ts";
import { type CreateOptions, createRollout, rolloutRequest } from "./change.ts";
import { wave } from "./command.ts";
import { subjectOf } from "./show.ts";

describe("--wave", () => {
  test.each([
    ["1:10m", [{ clusters: "1", soak: "10m" }]],
    ["25%", [{ clusters: "25%" }]],
    ["5:1h30m", [{ clusters: "5", soak: "1h30m" }]],
  ])("%s", (text, waves) => {
    expect(wave(text)).toEqual(waves);
  });
  test("several keep their order", () => {
    expect(wave("10%", wave("1"))).toEqual([{ clusters: "1" }, { clusters: "10%" }]);
  });
  test.each(["", "x", "10%:", ":1h", "-1"])("%j is refused", (text) => {
    expect(() => wave(text)).toThrow("Expected a size");
  });
});

test("a change of values goes into the request as it is, nulls included", () => {
  const values = { hubble: { ui: null } };
  expect(rolloutRequest("r", { cni: "cilium", values: "change.yaml" }, values).spec).toEqual({ cni: "cilium", values });
});

test.each([{}, { to: "1.19.4", values: "change.yaml" }])("%j: either a version or values", async (options) => {
  const call = { args: ["r"], options: { cni: "cilium" as const, ...options } };
  await expect(createRollout({} as Session, call as Call<CreateOptions>)).rejects.toThrow("either --to");
});

test("what a roll-out brings", () => {
  expect(subjectOf({ cni: "cilium", values: {} })).toBe("cilium values");
  expect(subjectOf({ cni: "canal", version: "v3.31" })).toBe("canal v3.31");
});

test("only what is said goes into the request", () => {
  expect(rolloutRequest("r", { cni: "canal", to: "v3.31" })).toEqual({
    name: "r",
    spec: { cni: "canal", version: "v3.31" },
  });
  expect(
    rolloutRequest("r", { cni: "canal", to: "v3.31", project: ["p"], label: { a: "b" }, maxFailures: 0 }).spec,
  ).toEqual({
    cni: "canal",
    version: "v3.31",
    selector: { projects: ["p"], matchLabels: { a: "b" } },
    maxFailures: 0,
  });
});
