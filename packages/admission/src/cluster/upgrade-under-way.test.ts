import { expect, test } from "vitest";
import { upgradeProblems } from "./upgrade-under-way.ts";

const under = (controlPlane: string | undefined, before: unknown, after: unknown) =>
  upgradeProblems(controlPlane === undefined ? undefined : { controlPlane }, { before, after }).map(({ code }) => code);

test.each<[string, string | undefined, unknown, unknown, boolean]>([
  ["one step from where it is", "1.35.4", "1.35.4", "1.36.3", true],
  ["a second step before the first is done", "1.34.2", "1.35.4", "1.36.3", false],
  ["a patch of the version that is on its way", "1.34.2", "1.35.3", "1.35.4", true],
  ["back to where it is", "1.34.2", "1.35.4", "1.34.2", true],
  ["a cluster that nothing is known of yet", undefined, "1.34.2", "1.36.3", true],
  ["another change", "1.33.0", "1.36.3", "1.36.3", true],
  ["no text", "1.34.2", "1.35.4", 7, true],
])("%s", (_, controlPlane, before, after, allowed) => {
  expect(under(controlPlane, before, after)).toEqual(allowed ? [] : ["kubernetes-upgrade-under-way"]);
});
