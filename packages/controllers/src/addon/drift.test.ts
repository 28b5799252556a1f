import type { KubeObject, ObjectMeta } from "@fairlead/kube";
import { describe, expect, test } from "vitest";
import { isDrift } from "./drift.ts";

const hash = (value: string) => ({ "fairlead.dev/applied-hash": value });
const before: ObjectMeta = { name: "a", generation: 1, annotations: hash("x"), labels: { a: "b" } };
const object = (metadata: ObjectMeta): KubeObject => ({ metadata });

describe("isDrift", () => {
  test.each<[string, ObjectMeta, ObjectMeta, boolean]>([
    ["a new state of the status", before, before, false],
    ["an edited specification", before, { ...before, generation: 2 }, true],
    ["an edited label", before, { ...before, labels: {} }, true],
    ["what Fairlead applies", before, { ...before, generation: 2, annotations: hash("y") }, false],
    ["the mark taken away", before, { ...before, annotations: {} }, true],
    ["a kind without a status", { annotations: hash("x") }, { annotations: hash("x") }, true],
  ])("%s", (_, old, now, expected) => {
    expect(isDrift(object(old), object(now))).toBe(expected);
  });
});
