// Fairlead's REST API beside a bare one and the raw kube-apiserver, with many clients at once: `npm run bench -- api --clusters 1000 --clients 50`.
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import { KubeClient } from "@fairlead/kube";
import { type ApiCluster, type Cluster, clusterType, projectLabel, projectType } from "@fairlead/resources";
import { BareApi } from "./api/bare.ts";
import { copiedType, installCopiedType } from "./api/copied-type.ts";
import { type Latencies, Side, timed } from "./api/side.ts";
import { canal, names } from "./fleet/burst.ts";
import type { Figure } from "./fleet/report.ts";
import { BenchWorld, benchCluster } from "./fleet/world.ts";
import { optionsOf } from "./options.ts";
import { runBench } from "./run-bench.ts";

/** Before anything is measured, so that it is not the first calls of a process; in a project of their own. */
const warmUps = 500;
const warmUpProject = "warm-up";
/**
 * All sides have their turn in each, in another order: whatever else the machine does meets all of them. Turns are long: the
 * API server's garbage collection, which comes a few times a second, would fall on the same ones otherwise.
 */
const projects = ["first", "second", "third"];
/** So that what one leaves behind, garbage for example, is not the next one's. */
const pauseMs = 500;
const lists = 200;
const createGoal = 1.5;
const copiesPath = `/apis/${copiedType.apiVersion}/${copiedType.plural}`;

const { values } = parseArgs({ options: optionsOf("api") });
const clusters = Number(values.clusters);
const clients = Number(values.clients);

await runBench(values, async ({ report, signal }) => {
  console.log(
    `${clients} clients at once, ${clusters} clusters in a project; the manager's controllers are told to leave them to another worker`,
  );
  console.log(
    "bare: a REST API that only passes the same objects on to the same kube-apiserver, which asks a webhook that allows everything",
  );
  console.log("raw: that kube-apiserver without either; both store copies, in a group that Fairlead does not know");
  await using world = await BenchWorld.start({ real: false, signal });
  await installCopiedType(world.client, signal);
  await world.startManager(values["manager-arg"], { workerName: "another" });
  for (const project of [warmUpProject, ...projects]) await createProject(world, project);
  await using fairlead = new KubeClient({ server: world.api, token: world.token, maxConnections: clients });
  await using bare = await BareApi.start(world, { clients });
  await using raw = KubeClient.fromKubeconfig(world.management.adminKubeconfig, { maxConnections: clients });

  const ids: string[] = [];
  const ofFairlead = new Side<NewCluster>(world, {
    clients,
    create: async ({ path, body }) => {
      const answer = await fairlead.requestText({ method: "POST", path, body });
      ids.push((JSON.parse(answer) as ApiCluster).id);
    },
    cpuSeconds: async () => (await world.usage()).cpuSeconds,
  });
  const ofBare = new Side<Cluster>(world, {
    clients,
    create: (copy) => bare.create(copy),
    cpuSeconds: () => bare.cpuSeconds(),
  });
  const ofRaw = new Side<Cluster>(world, {
    clients,
    create: (body) => raw.requestText({ method: "POST", path: copiesPath, body }),
    cpuSeconds: () => Promise.resolve(0),
  });
  await ofFairlead.createAll(newClusters(warmUpProject, names("warm-up", warmUps)));
  const pattern = await world.client.get(clusterType, { name: ids.splice(0)[0] ?? "" });
  const copies = (project: string, names: readonly string[]) => names.map((name) => copyOf(pattern, { name, project }));
  await ofBare.createAll(copies(warmUpProject, names("bare-warm-up", warmUps)));
  await ofRaw.createAll(copies(warmUpProject, names("raw-warm-up", warmUps)));
  for (const side of [ofFairlead, ofBare, ofRaw]) side.forget();
  const turns = [
    (project: string) => ofFairlead.createAll(newClusters(project, names(project, clusters))),
    (project: string) => ofBare.createAll(copies(`bare-${project}`, names(`bare-${project}`, clusters))),
    (project: string) => ofRaw.createAll(copies(project, names(project, clusters))),
  ];
  for (const project of projects) {
    ids.length = 0;
    for (const turn of turns) {
      await setTimeout(pauseMs, undefined, { signal });
      await turn(project);
    }
    turns.push(...turns.splice(0, 1));
  }
  report.add(...costs("the manager", ofFairlead), ...costs("the bare API and webhook", ofBare));
  report.add({ what: "api: CPU of the management API, raw", value: ofRaw.costs.management, unit: "ms" });
  const creations = figures("create", ofFairlead.latencies, ofRaw.latencies);
  report.add({ ...creations[0], limit: createGoal * quantile(ofRaw.latencies, 0.5) }, creations[1]);
  report.add(...figures("create, bare", ofBare.latencies, ofRaw.latencies));

  const read = (client: KubeClient, paths: readonly string[]) =>
    timed(paths, { clients, send: (path) => client.requestText({ method: "GET", path }), signal });
  const [project = ""] = projects.slice(-1);
  const path = clustersOf(project);
  const pathsOfCopies = names(project, clusters).map((name) => `${copiesPath}/${name}`);
  const gets = await read(
    fairlead,
    ids.map((id) => `${path}/${id}`),
  );
  const rawGets = await read(raw, pathsOfCopies);
  report.add(...figures("get", gets, rawGets));
  const query = new URLSearchParams({ labelSelector: `${projectLabel}=${project}` });
  const listed = await read(fairlead, Array<string>(lists).fill(path));
  const rawListed = await read(raw, Array<string>(lists).fill(`${copiesPath}?${query.toString()}`));
  report.add(...figures("list", listed, rawListed));
});

interface NewCluster {
  path: string;
  body: { cluster: { name: string; spec: Cluster["spec"] } };
}

function newClusters(project: string, names: readonly string[]): NewCluster[] {
  return names.map((name) => {
    const { spec } = benchCluster(name, canal);
    return { path: clustersOf(project), body: { cluster: { name, spec } } };
  });
}

function clustersOf(project: string): string {
  return `/api/v2/projects/${project}/clusters`;
}

async function createProject({ client }: BenchWorld, name: string): Promise<void> {
  await client.create(projectType, { metadata: { name }, spec: { name } });
  // Its controller, too, is left to the other worker.
  await client.mergePatchStatus(projectType, { name }, { status: { phase: "Active" } });
}

/** Of what Fairlead has stored. */
function copyOf({ metadata, spec }: Cluster, { name, project }: Record<"name" | "project", string>): Cluster {
  const { apiVersion, kind } = copiedType;
  const { annotations, finalizers, labels } = metadata;
  const copied = { annotations, finalizers, labels: { ...labels, [projectLabel]: project } };
  return { apiVersion, kind, metadata: { name, ...copied }, spec };
}

function costs(whose: string, { costs }: Side<never>): Figure[] {
  return [
    { what: `api: CPU of ${whose}, a cluster created`, value: costs.own, unit: "ms" },
    { what: `api: CPU of the management API, ${whose}`, value: costs.management, unit: "ms" },
  ];
}

/** p50 and p99, beside the raw ones. */
function figures(what: string, ours: Latencies, raw: Latencies): [Figure, Figure] {
  const figure = (share: number): Figure => ({
    what: `api: ${what}, p${share * 100}`,
    value: quantile(ours, share),
    unit: "ms",
    reference: { what: "raw", value: quantile(raw, share) },
  });
  return [figure(0.5), figure(0.99)];
}

function quantile(values: Latencies, share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
