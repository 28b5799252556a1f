import { readFile } from "node:fs/promises";
import { Controller } from "@fairlead/kube";
import type { Cluster, CniRollout } from "@fairlead/resources";
import { pino } from "pino";
import { Registry } from "prom-client";
import { beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { registerFleetMetrics } from "./fleet-metrics.ts";
import { testCluster } from "./testing/cluster.ts";

const root = new URL("../../../", import.meta.url);
const read = (path: string) => readFile(new URL(path, root), "utf8");

interface Rule {
  alert: string;
  expr: string;
  annotations: { summary: string };
}

let rules: Rule[];
let registry: Registry;

beforeAll(async () => {
  const { groups } = parse(await read("charts/fairlead/files/alerts.yaml")) as { groups: { rules: Rule[] }[] };
  rules = groups.flatMap((group) => group.rules);
  registry = new Registry();
  const said = (status: "True" | "False"): Cluster => ({
    ...testCluster(),
    status: { phase: "Running", conditions: { CNIReady: { status } } },
  });
  const stopped = { metadata: {}, spec: {}, status: { phase: "Stopped" } } as unknown as CniRollout;
  registerFleetMetrics(registry, {
    clusters: { list: () => [said("True"), said("True"), said("False")] },
    rollouts: { list: () => [stopped] },
    userClusters: { counts: { connected: 2, unreachable: 1 } },
  });
  new Controller({ name: "c", reconciler: { reconcile: async () => {} }, logger: pino({ level: "silent" }), registry });
});

test("the fleet is counted, without a series for each cluster", async () => {
  const text = await registry.metrics();
  for (const line of [
    'fairlead_clusters{phase="Running"} 3',
    'fairlead_cluster_conditions{condition="CNIReady",status="True"} 2',
    'fairlead_cluster_conditions{condition="CNIReady",status="False"} 1',
    'fairlead_user_clusters{state="unreachable"} 1',
    'fairlead_cni_rollouts{phase="Stopped"} 1',
  ]) {
    expect(text).toContain(line);
  }
});

test("every alert has its entry in the runbook, and every entry its alert", async () => {
  const entries = [...(await read("docs/runbook.md")).matchAll(/^## (\w+)$/gm)].map(([, name]) => name);
  expect(entries).toEqual(rules.map(({ alert }) => alert));
});

test("alerts and dashboard ask for metrics that there are", async () => {
  const known = (await registry.getMetricsAsJSON()).map(({ name }) => name);
  const dashboard = JSON.parse(await read("charts/fairlead/files/dashboard.json")) as {
    panels: { targets: { expr: string }[] }[];
  };
  const asked = [
    ...rules.map(({ expr }) => expr),
    ...dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
  ];
  const names = asked.flatMap((expr) => expr.match(/\b(?:fairlead|workqueue|controller_runtime)_\w+/g) ?? []);
  expect(names.length).toBeGreaterThan(10);
  const unknown = names.filter((name) => !known.includes(name.replace(/_(bucket|sum|count)$/, "")));
  expect(unknown).toEqual([]);
});
