import type { CniRollout, CniRolloutSpec, CniRolloutStatus } from "@fairlead/resources";
import { describe, expect, test } from "vitest";
import { testCluster } from "../testing/cluster.ts";
import type { ClusterState, RolloutState } from "./cluster-state.ts";
import { inOrder, isSelected, planRollout } from "./plan.ts";

const now = "2026-01-01T12:00:00Z";

function rolloutOf(spec: Partial<CniRolloutSpec> = {}, status?: CniRolloutStatus): CniRollout {
  return {
    metadata: { name: "r", uid: "u", generation: 1 },
    spec: { cni: "canal", version: "v3.31", ...spec },
    ...(status ? { status } : {}),
  };
}

/** `d`one, `p`ending, `u`nder way, `f`ailed, `h`eld. */
function statesOf(letters: string): ClusterState[] {
  const byLetter: Record<string, RolloutState> = { d: "done", p: "pending", u: "progressing", f: "failed", h: "held" };
  return letters.split("").map((letter, index) => ({
    name: `c${index}`,
    state: byLetter[letter] ?? "pending",
    message: letter,
  }));
}

const threeWaves = {
  waves: [
    { clusters: "1", soak: "10m" },
    { clusters: "50%", soak: "1h" },
  ],
};

function plan(letters: string, spec: Partial<CniRolloutSpec> = {}, status?: CniRolloutStatus, at = now) {
  return planRollout({ rollout: rolloutOf(spec, status), states: statesOf(letters), now: at });
}

describe("planRollout", () => {
  test.each<[string, Partial<CniRolloutSpec>, string[], string]>([
    ["pppppp", threeWaves, ["c0"], "Progressing"],
    ["uppppp", threeWaves, [], "Progressing"],
    ["dppppp", threeWaves, [], "Soaking"],
    ["fppppp", threeWaves, [], "Stopped"],
    ["fppppp", { ...threeWaves, maxFailures: 1 }, [], "Soaking"],
    ["hppppp", threeWaves, [], "Soaking"],
    ["pppppp", { ...threeWaves, paused: true }, [], "Paused"],
    ["pppppp", { waves: [{ clusters: "100%" }], maxConcurrent: 2 }, ["c0", "c1"], "Progressing"],
    ["uupppp", { waves: [{ clusters: "100%" }], maxConcurrent: 3 }, ["c2"], "Progressing"],
    ["dddddd", threeWaves, [], "Soaking"],
    ["dddddd", { waves: [{ clusters: "3" }] }, [], "Complete"],
    ["ddddhd", { waves: [{ clusters: "3" }] }, [], "Progressing"],
    ["", {}, [], "Complete"],
  ])("%s, %j: begins with %j, and is %s", (letters, spec, begin, phase) => {
    const { begin: begun, status } = plan(letters, spec);
    expect([begun, status.phase]).toEqual([begin, phase]);
  });

  test("a wave begins when the one before has been healthy for as long as it has to be", () => {
    const canary = plan("dppppp", threeWaves).status;
    expect(canary.waves[0]).toMatchObject({ name: "canary", clusters: 1, done: 1, completedAt: now });
    expect(plan("dppppp", threeWaves, canary, "2026-01-01T12:09:59Z").begin).toEqual([]);
    const next = plan("dppppp", threeWaves, canary, "2026-01-01T12:10:00Z");
    expect([next.begin, next.status.phase]).toEqual([["c1", "c2", "c3"], "Progressing"]);
    expect(next.status.waves.map(({ name, clusters }) => [name, clusters])).toEqual([
      ["canary", 1],
      ["wave 2", 3],
      ["rest", 2],
    ]);
  });

  test("who falls ill while its wave is watched stops all", () => {
    const canary = plan("dppppp", threeWaves).status;
    const { begin, status } = plan("fppppp", threeWaves, canary, "2026-01-01T13:00:00Z");
    expect([begin, status.phase]).toEqual([[], "Stopped"]);
    expect(status.problems).toEqual([{ cluster: "c0", state: "Failed", message: "f" }]);
    expect(status.message).toContain("1 failed, of which 0 are allowed");
  });

  test("it is not complete while a cluster is held, unless that can never be begun", () => {
    const waves = [{ clusters: "3" }];
    const { status, waiting } = plan("ddddhh", { waves });
    expect(waiting).toBe(2);
    expect(status.message).toBe("4 of 6 clusters have canal v3.31; 2 held, and begun when they can be");
    expect(status.finishedAt).toBeUndefined();
    expect(plan("ddddph", { waves }, status).begin).toEqual(["c4"]);
    const lasting = statesOf("ddddhh").map((state) =>
      state.state === "held" ? { ...state, isLasting: true as const } : state,
    );
    expect(planRollout({ rollout: rolloutOf({ waves }), states: lasting, now }).status.phase).toBe("Complete");
  });

  test("another version begins anew", () => {
    const complete = plan("dd", { waves: [{ clusters: "1" }] }).status;
    const again = plan("pp", { version: "v3.30", ...threeWaves }, complete);
    expect([again.begin, again.status.waves[0]?.completedAt]).toEqual([["c0"], undefined]);
  });

  test("in a status without an end there is none, and the first end stays", () => {
    const complete = plan("d", {}).status;
    expect(complete).toMatchObject({ phase: "Complete", finishedAt: now, done: 1, clusters: 1 });
    expect(plan("d", {}, complete, "2026-01-02T00:00:00Z").status.finishedAt).toBe(now);
    expect(plan("p", {}).status.finishedAt).toBeUndefined();
  });
});

describe("selection", () => {
  const cluster = (name: string, labels = {}, dc = "local") => {
    const { spec } = testCluster();
    return { metadata: { name, labels }, spec: { ...spec, cloud: { ...spec.cloud, dc } } };
  };
  test.each<[Partial<CniRolloutSpec>, boolean]>([
    [{}, true],
    [{ cni: "cilium" }, false],
    [{ selector: { matchLabels: { stage: "test" } } }, true],
    [{ selector: { matchLabels: { stage: "live" } } }, false],
    [{ selector: { projects: ["p"] } }, true],
    [{ selector: { projects: ["q"] } }, false],
    [{ selector: { datacenters: ["local"] } }, true],
    [{ selector: { datacenters: ["other"] } }, false],
  ])("%j selects it: %j", (spec, expected) => {
    expect(isSelected(cluster("c", { stage: "test", "project-id": "p" }), rolloutOf(spec))).toBe(expected);
  });
  test("the order does not depend on how clusters come, and differs from rollout to rollout", () => {
    const clusters = Array.from({ length: 20 }, (_, index) => cluster(`c${index}`));
    const names = (rollout: CniRollout, from = clusters) => inOrder(from, rollout).map(({ metadata }) => metadata.name);
    const other = { ...rolloutOf(), metadata: { name: "r", uid: "v" } };
    expect(names(rolloutOf(), clusters.toReversed())).toEqual(names(rolloutOf()));
    expect(names(other)).not.toEqual(names(rolloutOf()));
  });
});

test("a rollout of values says so, and begins anew with other values", () => {
  const spec = (debug: boolean): CniRolloutSpec => ({ cni: "cilium", values: { debug }, ...threeWaves });
  const input = { states: statesOf("dppppp"), now };
  const rollout: CniRollout = { metadata: { name: "r", uid: "u" }, spec: spec(true) };
  const { status } = planRollout({ ...input, rollout });
  expect(status.message).toBe(
    "1 of 6 clusters have the changed values of cilium; canary is watched until 2026-01-01T12:10:00Z",
  );
  expect(status).toMatchObject({ valuesDigest: expect.any(String), startedAt: now });
  const later = { ...input, now: "2026-01-01T12:11:00Z" };
  expect(planRollout({ ...later, rollout: { ...rollout, status } }).begin).toHaveLength(3);
  const changed = planRollout({ ...later, rollout: { ...rollout, spec: spec(false), status } });
  expect(changed).toMatchObject({ begin: [], status: { startedAt: later.now } });
});
