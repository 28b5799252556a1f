// What reaches many clusters, and what must not: `npm run bench -- wave --clusters 1000 --max-concurrent 50`.
import { parseArgs } from "node:util";
import { usualSleepAfterMs } from "@fairlead/controllers";
import { forEachConcurrently, Informer, waitFor } from "@fairlead/kube";
import {
  applicationDefinitionType,
  type Cluster,
  clusterType,
  cniRolloutType,
  cniTargetVersionAnnotation,
} from "@fairlead/resources";
import { costFigures, createClusters, measure, names, printRequests } from "./fleet/burst.ts";
import { FleetFollower } from "./fleet/follow.ts";
import type { Report } from "./fleet/report.ts";
import { BenchWorld } from "./fleet/world.ts";
import { optionsOf } from "./options.ts";
import { runBench } from "./run-bench.ts";

const from = { type: "canal", version: "v3.30" } as const;
const to = "v3.31";
const rollout = "wave";
const replicas = 5;
const writersAtOnce = 16;
const timeoutMs = 2 * 3_600_000;

const { values } = parseArgs({ options: optionsOf("wave") });
const ids = names("w", Number(values.clusters));
const maxConcurrent = Number(values["max-concurrent"]);

await runBench(values, async ({ report, signal }) => {
  console.log(
    "user clusters: the bench's stand-in API server, whose DaemonSets are rolled out at once; CNI: the Canal add-on. Not here: helm releases of system applications (Cilium), nodes and pods.",
  );
  await using world = await BenchWorld.start({ real: false, signal });
  await world.startManager([], { sleepAfterMs: usualSleepAfterMs });
  await world.project();
  const follower = new FleetFollower(world.client, signal);
  await follower.synced();
  await createClusters(world, ids, from);
  await follower.until(ids.length, timeoutMs);
  follower.stop();
  await world.idle();
  await rollOut(world, report);
  await changeOneInput(world, report);
  await changeDefaults(world, report);
});

/** From a minor version of Canal to the next: what a CNI delivered as add-on has for a patch. */
async function rollOut(world: BenchWorld, report: Report): Promise<void> {
  const clusters = new Informer<Cluster>({ client: world.client, type: clusterType });
  const underWay = new Set<string>();
  let most = 0;
  clusters.addHandler({
    onUpdate: (_, { metadata }) => {
      if (metadata.annotations?.[cniTargetVersionAnnotation] === to) underWay.add(metadata.name ?? "");
      else underWay.delete(metadata.name ?? "");
      most = Math.max(most, underWay.size);
    },
  });
  const watched = new AbortController();
  clusters.start(AbortSignal.any([world.signal, watched.signal]));
  await clusters.synced();
  const waves = [{ clusters: "1" }, { clusters: "10%" }];
  const cost = await measure(world, async () => {
    const spec = { cni: from.type, version: to, waves, maxConcurrent };
    await world.client.create(cniRolloutType, { metadata: { name: rollout }, spec });
    await waitFor(
      async () => {
        const { status } = await world.client.get(cniRolloutType, { name: rollout });
        if (status?.phase === "Stopped") throw new Error(JSON.stringify(status));
        return status?.phase === "Complete" && status.done === ids.length;
      },
      { what: "the roll-out to be complete", timeoutMs, intervalMs: 500, signal: world.signal },
    );
  });
  watched.abort();
  report.add(
    { what: `wave: ${ids.length} clusters to Canal ${to}`, value: cost.seconds, unit: "s" },
    { what: "wave: clusters under way at once, at most", value: most, unit: "clusters", limit: maxConcurrent },
    { what: "wave: writes to a user cluster", value: cost.writes / ids.length, unit: "writes" },
    ...costFigures("wave", cost, ids.length),
  );
  if (values.requests) printRequests(cost, ids.length);
  await world.idle();
}

/** Each tenth cluster wants other replicas of CoreDNS, which the add-on's values carry. */
async function changeOneInput(world: BenchWorld, report: Report): Promise<void> {
  const concerned = new Set(ids.filter((_, index) => index % 10 === 0));
  const before = await world.writes();
  const since = performance.now();
  await forEachConcurrently(concerned, writersAtOnce, async (name) => {
    const spec = { clusterNetwork: { coreDNSReplicas: replicas } };
    await world.client.mergePatch(clusterType, { name }, { spec });
  });
  const waiting = new Set(concerned);
  await waitFor(
    async () => {
      for (const id of waiting) if (await hasReplicas(world, id)) waiting.delete(id);
      return waiting.size === 0;
    },
    { what: "the change to be in the user clusters", timeoutMs, signal: world.signal },
  );
  const seconds = (performance.now() - since) / 1000;
  await world.idle();
  const written = changed(before, await world.writes());
  const strangers = [...written].filter(([id]) => !concerned.has(id));
  const ofConcerned = [...written].reduce((sum, [id, count]) => sum + (concerned.has(id) ? count : 0), 0);
  report.add(
    { what: `input: changed for ${concerned.size} clusters, applied in them`, value: seconds, unit: "s" },
    { what: "input: writes to a user cluster that it concerns", value: ofConcerned / concerned.size, unit: "writes" },
    { what: "input: other user clusters that were written to", value: strangers.length, unit: "clusters", limit: 0 },
  );
}

async function hasReplicas(world: BenchWorld, id: string): Promise<boolean> {
  const objects = (await world.objectsOf(id)) as { kind?: string; metadata: { name?: string }; spec?: object }[];
  const coreDns = objects.find(({ kind, metadata }) => kind === "Deployment" && metadata.name === "coredns");
  return (coreDns?.spec as { replicas?: number } | undefined)?.replicas === replicas;
}

/** Values are snapshotted (ruling 16): afterwards every controller looks at every cluster once more. */
async function changeDefaults(world: BenchWorld, report: Report): Promise<void> {
  const before = await world.writes();
  const definitions = (await world.client.list(applicationDefinitionType)).items;
  for (const { metadata } of definitions) {
    const spec = { defaultValues: { fairleadBench: "changed" } };
    await world.client.mergePatch(applicationDefinitionType, { name: metadata.name ?? "" }, { spec });
  }
  await world.resync();
  await world.idle();
  const written = changed(before, await world.writes());
  report.add(
    { what: "defaults: ApplicationDefinitions changed", value: definitions.length, unit: "" },
    { what: "defaults: user clusters that were written to", value: written.size, unit: "clusters", limit: 0 },
  );
}

/** By how much, for those that differ. */
function changed(before: Record<string, number>, after: Record<string, number>): Map<string, number> {
  const more = Object.entries(after).map(([id, count]) => [id, count - (before[id] ?? 0)] as const);
  return new Map(more.filter(([, count]) => count > 0));
}
