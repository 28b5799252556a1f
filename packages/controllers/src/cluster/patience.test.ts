import type { Cluster, Condition } from "@fairlead/resources";
import { expect, test } from "vitest";
import { testCluster } from "../testing/cluster.ts";
import { patience } from "./patience.ts";

const accepted: Condition = { status: "True", lastTransitionTime: "2026-01-01T12:00:00Z" };
const at = (seconds: number) => new Date(Date.parse("2026-01-01T12:00:00Z") + seconds * 1000);

test.each<[string, Record<string, Condition>, number, number]>([
  ["accepted just now", { SpecValid: accepted }, 1, 4_000],
  ["accepted long ago", { SpecValid: accepted }, 5, 0],
  ["of which something is said already", { SpecValid: accepted, CNIReady: { status: "False" } }, 1, 0],
  ["that another controller spoke of", { SpecValid: accepted, TunnelReady: { status: "True" } }, 1, 4_000],
  ["that is refused", { SpecValid: { ...accepted, status: "False" } }, 1, 0],
  ["that is about to be judged", {}, 1, 5_000],
  ["accepted by a clock that is ahead", { SpecValid: accepted }, -1, 0],
])("with a cluster %s", (_, conditions, seconds, expected) => {
  const cluster: Cluster = { ...testCluster(), status: { conditions } };
  expect(patience(cluster, "CNIReady", at(seconds))).toBe(expected);
});
