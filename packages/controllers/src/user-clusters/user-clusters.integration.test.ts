import { applySetId, builtin, type KubeClient, partOfLabel, waitFor } from "@fairlead/kube";
import {
  type Addon,
  type ApplicationInstallation,
  applicationInstallationType,
  clusterNamespace,
  userClusterCrds,
} from "@fairlead/resources";
import { startTestApiServer, type TestApiServer } from "@fairlead/testkit";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { followDrift } from "../addon/drift.ts";
import { parentOf } from "../addon/parent.ts";
import { installDefinitions } from "./prepare.ts";
import { UserClusterInformers } from "./user-cluster-informers.ts";
import { NotItsTurnError, UserClusters } from "./user-clusters.ts";

const logger = pino({ level: "silent" });
const id = "abc";
const pollMs = 2_000;
/** 32 are let in at once, and the next ones after two seconds if those are slow: some wait for all of the time that a connect may take. */
const crowdSize = 160;
const addon: Addon = {
  metadata: { name: "coredns", namespace: clusterNamespace(id) },
  spec: { name: "coredns", cluster: { kind: "Cluster", name: id } },
};

let server: TestApiServer;
/** Of somebody else. */
let client: KubeClient;
const userClusters = new UserClusters({ sleepAfterMs: 5_000 });
const changed: string[] = [];
const drifted: string[] = [];
let installations: UserClusterInformers<ApplicationInstallation>;

beforeAll(async () => {
  server = await startTestApiServer();
  client = server.client();
  await installDefinitions(client, userClusterCrds(), { signal: AbortSignal.timeout(60_000) });
  await client.apply(builtin.Namespace, { metadata: { name: "kube-system" } }, { fieldManager: "test" });
  installations = new UserClusterInformers({
    userClusters,
    type: applicationInstallationType,
    logger,
    pollMs,
    onChange: (_, { metadata }) => changed.push(metadata.name ?? ""),
    onSynced: () => undefined,
  });
  followDrift({
    userClusters,
    addonsOf: () => [addon],
    onDrift: ({ metadata }) => drifted.push(metadata.name ?? ""),
    logger,
  });
  await install("first");
  await userClusters.connect(id, server.kubeconfig(), async () => undefined);
});
afterAll(async () => {
  userClusters.closeAll();
  await server?.stop();
});

async function install(name: string): Promise<void> {
  const spec = {
    applicationRef: { name: "app", version: "1.0.0" },
    namespace: { name: "app", create: true },
    values: {},
  };
  await client.create(applicationInstallationType, { metadata: { name, namespace: "kube-system" }, spec });
}

/** Watches that the API server has open, by the kinds that only Fairlead watches here. */
async function openWatches(): Promise<number> {
  const metrics = await client.requestText({ method: "GET", path: "/metrics" });
  const open = (resource: string) =>
    [...metrics.matchAll(/^apiserver_longrunning_requests\{([^}]*)\} (\d+)$/gm)]
      .filter(([, labels = ""]) => labels.includes(`resource="${resource}"`) && labels.includes('verb="WATCH"'))
      .reduce((sum, [, , count]) => sum + Number(count), 0);
  return open("applicationinstallations") + open("daemonsets") + open("deployments");
}

const asleep = () =>
  waitFor(async () => !userClusters.isAwake(id) && (await openWatches()) === 0, {
    what: "the cluster to sleep, with no watch open",
    timeoutMs: 60_000,
  });
const awake = () =>
  waitFor(async () => userClusters.isAwake(id) && (await openWatches()) === 3, {
    what: "the cluster to be watched",
    timeoutMs: 60_000,
  });

test("a cluster in which nothing happens has no open watch, and its objects are known all the same", async () => {
  await waitFor(() => installations.get(id) !== undefined, { what: "the first list" });
  await asleep();
  expect(installations.get(id)?.get("kube-system/first")).toBeDefined();
  expect(changed).toEqual(["first"]);
});

test("what comes and goes while it sleeps is seen at the next look, and wakes it", async () => {
  await asleep();
  await install("second");
  await awake();
  expect(changed).toEqual(["first", "second"]);
  await asleep();
  await client.delete(applicationInstallationType, { name: "first", namespace: "kube-system" });
  await waitFor(() => changed.at(-1) === "first", { what: "the deletion to be seen", timeoutMs: 30_000 });
  expect(installations.get(id)?.list()).toHaveLength(1);
});

test("who is about to change something wakes it, and what drifts is told at once", async () => {
  const labels = { [partOfLabel]: applySetId(parentOf(addon)) };
  const deployment = {
    metadata: { name: "coredns", namespace: "kube-system", labels },
    spec: {
      selector: { matchLabels: { app: "x" } },
      template: {
        metadata: { labels: { app: "x" } },
        spec: { containers: [{ name: "main", image: "example.test/image:1" }] },
      },
    },
  };
  await client.create(builtin.Deployment, deployment);
  await asleep();
  expect(userClusters.use(id)?.id).toBe(id);
  await awake();
  await client.mergePatch(builtin.Deployment, { name: "coredns", namespace: "kube-system" }, { spec: { replicas: 3 } });
  await waitFor(() => drifted.length > 0, { what: "the drift to be told" });
  expect(drifted[0]).toBe("coredns");
});

test("a cluster that is disconnected is asked no more", async () => {
  await asleep();
  userClusters.disconnect(id);
  const before = changed.length;
  await install("third");
  await new Promise((resolve) => setTimeout(resolve, 2 * pollMs));
  expect(changed).toHaveLength(before);
  expect(await openWatches()).toBe(0);
});

test("where too many are awake, the one in which nothing has happened for longest sleeps sooner, until it is written to", async () => {
  const some = new UserClusters({ sleepAfterMs: 20_000, maxAwake: 1, isComplete: () => false });
  try {
    for (const name of ["first", "second"]) await some.connect(name, server.kubeconfig(), async () => undefined);
    const awakeOnes = () => ["first", "second"].filter((name) => some.isAwake(name));
    await expect.poll(awakeOnes, { timeout: 10_000 }).toEqual(["second"]);
    const { client } = some.get("first") ?? {};
    await client?.get(builtin.Namespace, { name: "kube-system" });
    expect(awakeOnes()).toEqual(["second"]);
    await client?.mergePatch(builtin.Namespace, { name: "kube-system" }, { metadata: { labels: { written: "yes" } } });
    expect(awakeOnes()).toEqual(["first", "second"]);
    await expect.poll(awakeOnes, { timeout: 10_000 }).toEqual(["first"]);
  } finally {
    some.closeAll();
  }
});

test("a cluster that lacks nothing sleeps from the start where enough are awake; what is in it is known, and no reason to wake", async () => {
  await install("fourth");
  const some = new UserClusters({ sleepAfterMs: 60_000, maxAwake: 1, isComplete: (name) => name !== "new" });
  const seen: string[] = [];
  const synced: string[] = [];
  const informers = new UserClusterInformers<ApplicationInstallation>({
    userClusters: some,
    type: applicationInstallationType,
    logger,
    onChange: (name, { metadata }) => seen.push(`${name} ${metadata.name}`),
    onSynced: (name) => synced.push(name),
  });
  try {
    for (const name of ["first", "second", "new"]) await some.connect(name, server.kubeconfig(), async () => undefined);
    expect(["first", "second", "new"].map((name) => some.isAwake(name))).toEqual([true, false, true]);
    await waitFor(() => synced.includes("second"), { what: "its objects to be known", timeoutMs: 10_000 });
    expect(informers.get("second")?.get("kube-system/fourth")).toBeDefined();
    expect(seen).toContain("second fourth");
    expect(some.isAwake("second")).toBe(false);
    some.use("second");
    expect(some.isAwake("second")).toBe(true);
  } finally {
    some.closeAll();
  }
});

test("a cluster is followed once it is complete; where others wait and many are awake it sleeps instead", async () => {
  const complete = new Set<string>();
  const fleet = new UserClusters({ sleepAfterMs: 60_000, maxAwake: 1, isComplete: (each) => complete.has(each) });
  const followed: string[] = [];
  fleet.onComplete((cluster) => followed.push(cluster.id));
  const connect = (each: string) => fleet.connect(each, server.kubeconfig(), async () => undefined);
  const completed = (each: string) => {
    complete.add(each);
    fleet.checkComplete(each);
    fleet.checkComplete(each); // An Addon changes again.
  };
  try {
    await connect("alone");
    expect(followed).toEqual([]);
    completed("alone");
    expect(followed).toEqual(["alone"]);

    const crowd = Array.from({ length: crowdSize }, (_, index) => `c${index}`);
    const results = await Promise.allSettled(crowd.map(connect));
    expect(results.at(-1)).toMatchObject({ reason: expect.any(NotItsTurnError) });
    completed("c0");
    expect(fleet.isAwake("c0")).toBe(false);
    expect(followed).toEqual(["alone"]);
    fleet.touch("c0");
    expect(followed).toEqual(["alone", "c0"]);
  } finally {
    fleet.closeAll();
  }
});

test("a cluster that is complete while others wait is followed once nobody waits", async () => {
  const complete = new Set<string>();
  const fleet = new UserClusters({ isComplete: (each) => complete.has(each) });
  const followed: string[] = [];
  fleet.onComplete((cluster) => followed.push(cluster.id));
  const connect = (each: string) => fleet.connect(each, server.kubeconfig(), async () => undefined);
  fleet.onTurn((each) => void connect(each));
  const completed = (each: string) => {
    complete.add(each);
    fleet.checkComplete(each);
  };
  try {
    const crowd = Array.from({ length: crowdSize }, (_, index) => `c${index}`);
    await Promise.allSettled(crowd.map(connect));
    completed("c0");
    expect(followed).toEqual([]);
    await waitFor(() => fleet.get("c32"), { what: "the first that waited to be connected" });
    expect(followed).toEqual([]);
    for (const each of crowd) completed(each); // those that still wait, too
    await waitFor(() => crowd.every((each) => fleet.get(each)), { what: "all to be connected" });
    await waitFor(() => followed.length === crowd.length, { what: "all to be followed" });
    expect(new Set(followed)).toEqual(new Set(crowd));
  } finally {
    fleet.closeAll();
  }
});
