import { describe, expect, test } from "vitest";
import { rolloutRequest } from "./change.ts";
import { wave } from "./command.ts";

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
