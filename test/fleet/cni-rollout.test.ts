import { waitFor } from "@fairlead/kube";
import { type CniRollout, clusterType, cniRolloutType } from "@fairlead/resources";
import { afterAll, beforeAll, expect, it } from "vitest";
import { names } from "../../bench/fleet/burst.ts";
import { FleetFollower } from "../../bench/fleet/follow.ts";
import { BenchWorld, benchCluster } from "../../bench/fleet/world.ts";

const ids = names("c", 6);
const [broken = ""] = ids;
let world: BenchWorld;

beforeAll(async () => {
  world = await BenchWorld.start({ real: false });
  await world.startManager();
  await world.project();
  const follower = new FleetFollower(world.client);
  await follower.synced();
  for (const id of ids) await world.client.create(clusterType, benchCluster(id, { type: "canal", version: "v3.30" }));
  await follower.until(ids.length, 240_000);
  follower.stop();
});

afterAll(async () => world?.[Symbol.asyncDispose]());

const versions = async () =>
  (await Promise.all(ids.map((name) => world.client.get(clusterType, { name })))).map(
    ({ spec }) => spec.cniPlugin?.version,
  );

const phase = (name: string, wanted: string) =>
  waitFor(
    async () => {
      const rollout: CniRollout = await world.client.get(cniRolloutType, { name });
      return rollout.status?.phase === wanted && rollout.status;
    },
    { what: `roll-out ${name} to be ${wanted}`, timeoutMs: 240_000, intervalMs: 200 },
  );

async function call(method: string, path: string, body?: object) {
  const headers = { authorization: `Bearer ${world.token}`, "content-type": "application/json" };
  const response = await fetch(`${world.api}${path}`, {
    method,
    headers: body ? headers : { authorization: headers.authorization },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return { status: response.status, body: (await response.json()) as CniRollout & { name: string } };
}

it("a canary first, then nobody until it was watched, then the rest; paused and resumed by REST", async () => {
  const waves = [
    { clusters: "1", soak: "3s" },
    { clusters: "50%", soak: "0" },
  ];
  const spec = { cni: "canal", version: "v3.31", waves, maxConcurrent: 2, paused: true };
  const created = await call("POST", "/api/v2/cnirollouts", { name: "up", spec });
  expect(created.status).toBe(201);
  await phase("up", "Paused");
  expect(await versions()).toEqual(Array(6).fill("v3.30"));
  expect((await call("PATCH", "/api/v2/cnirollouts/up", { paused: false })).status).toBe(200);
  const soaking = await phase("up", "Soaking");
  expect((await versions()).filter((version) => version === "v3.31")).toHaveLength(1);
  expect(soaking).toMatchObject({ done: 1, clusters: 6 });
  // A manager that has just started, and knows no cluster yet, does not take it for complete.
  await world.stopManager("SIGKILL");
  await world.startManager();
  const complete = await phase("up", "Complete");
  expect(await versions()).toEqual(Array(6).fill("v3.31"));
  expect(complete).toMatchObject({ done: 6, waves: [{ done: 1 }, { done: 3 }, { done: 2 }], problems: [] });
  const { body } = await call("GET", "/api/v2/cnirollouts/up");
  expect(body.status?.phase).toBe("Complete");
});

it("what no legal step leads to stops it before anything is touched, and says why", async () => {
  await world.client.mergePatch(clusterType, { name: broken }, { metadata: { labels: { stage: "test" } } });
  await world.client.create(cniRolloutType, {
    metadata: { name: "nowhere" },
    spec: { cni: "canal", version: "v9.9", selector: { matchLabels: { stage: "test" } } },
  });
  const { problems } = await phase("nowhere", "Stopped");
  expect(problems).toEqual([{ cluster: broken, state: "Failed", message: expect.stringContaining("v9.9") }]);
  expect(await versions()).toEqual(Array(6).fill("v3.31"));
});

it("a second upgrade is told of as one, from where it began", async () => {
  const spec = { cni: "canal", version: "v3.30", selector: { matchLabels: { stage: "test" } } } as const;
  await world.client.create(cniRolloutType, { metadata: { name: "back" }, spec });
  await phase("back", "Complete");
  const { status } = await world.client.get(clusterType, { name: broken });
  expect(status?.cniUpgrade).toMatchObject({ from: "v3.31", target: "v3.30", state: "Complete" });
});

it("wrong requests say what would be accepted", async () => {
  const { status, body } = await call("POST", "/api/v2/cnirollouts", {
    name: "x",
    spec: { cni: "flannel", version: "1", waves: [{ clusters: "200%" }] },
  });
  expect(status).toBe(400);
  expect(JSON.stringify(body)).toContain("spec.waves[0].clusters");
  expect((await call("GET", "/api/v2/cnirollouts/none")).status).toBe(404);
});

it.each([
  [{ cni: "cilium" }, "either spec.version or spec.values"],
  [{ cni: "cilium", version: "1.19.4", values: { debug: null } }, "either spec.version or spec.values"],
  [{ cni: "canal", values: { debug: null } }, "expected spec.version"],
] as const)("REST and the CRD refuse %j", async (spec, message) => {
  const { status, body } = await call("POST", "/api/v2/cnirollouts", { name: "x", spec });
  expect([status, JSON.stringify(body)]).toEqual([400, expect.stringContaining(message)]);
  const direct = world.client.create(cniRolloutType, { metadata: { name: "x" }, spec });
  await expect(direct).rejects.toThrow(message);
});

it("values are an object that names something", async () => {
  const spec = { cni: "cilium", values: {} };
  const { status, body } = await call("POST", "/api/v2/cnirollouts", { name: "x", spec });
  expect([status, JSON.stringify(body)]).toEqual([400, expect.stringContaining("spec.values")]);
});
