import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { resolveBinary } from "@fairlead/components";
import { ChartRenderer, HelmRunner, packageCharts } from "@fairlead/helm";
import type { KubeObject } from "@fairlead/kube";
import { allowedVersions, type CniPlugin, loadCatalogue } from "@fairlead/network";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type AddonCharts, addonCharts } from "../addon/charts.ts";
import { addonValues } from "../addon/values.ts";
import { testCluster } from "../testing/cluster.ts";
import { installsCni, type PodView } from "./network-readiness.ts";

let scratch: string;
let charts: AddonCharts;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "fairlead-readiness-"));
  const runner = new HelmRunner({
    helmBinary: await resolveBinary("helm"),
    cacheDirectory: join(scratch, "helm"),
    logger: pino({ level: "silent" }),
  });
  const chartsDirectory = fileURLToPath(new URL("../../../../charts", import.meta.url));
  const packages = await packageCharts({ runner, chartsDirectory, cacheDirectory: join(scratch, "charts") });
  charts = addonCharts(packages, new ChartRenderer({ runner }));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

interface Workload extends KubeObject {
  spec?: { template?: { spec?: PodView["spec"] } };
}

/** Whether any pod of the add-on, once it runs, makes a node network-ready. */
async function bringsNetwork(name: string, cniPlugin: CniPlugin): Promise<boolean> {
  const values = { ...addonValues(testCluster({ cniPlugin }), "registry.test:5000/mirror") };
  const request = { values, kubernetesVersion: "1.36.3", signal: AbortSignal.timeout(60_000) };
  const workloads: readonly Workload[] = await charts.render(name, request);
  return workloads.some((workload) => {
    const spec = workload.spec?.template?.spec;
    return spec !== undefined && installsCni({ metadata: {}, spec });
  });
}

const cnis: CniPlugin[] = (["canal", "cilium"] as const).flatMap((type) =>
  allowedVersions(loadCatalogue("current"), type)
    .filter(({ delivery }) => delivery === "addon")
    .map(({ version }) => ({ type, version })),
);

test.each(cnis)("$type $version makes a node network-ready", async (cni) => {
  expect(await bringsNetwork(cni.type, cni)).toBe(true);
});

test.each<[string, CniPlugin]>([
  ["multus", { type: "none", version: "" }],
  ["kube-proxy", { type: "none", version: "" }],
  ["coredns", { type: "none", version: "" }],
  ["node-local-dns", { type: "none", version: "" }],
  ["hubble", { type: "cilium", version: "v1.12" }],
])("%s alone does not", async (name, cni) => {
  expect(await bringsNetwork(name, cni)).toBe(false);
});
