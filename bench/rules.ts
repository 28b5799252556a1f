// Default and validate clusters on one core, beside JSON.parse + JSON.stringify of the same clusters as the reference.
import { parseArgs } from "node:util";
import { defaultClusterSpec, loadCatalogue, providers, type RuleContext, validateCreate } from "@fairlead/network";
import { optionsOf } from "./options.ts";

const CLUSTERS = 10_000;
const GOAL = 150_000;

const { values } = parseArgs({ options: optionsOf("rules") });
const catalogue = loadCatalogue("current");
const contexts: RuleContext[] = [...providers.values()].map(({ name }) => ({
  catalogue,
  kubernetesVersions: ["1.35.4", "1.36.3"],
  datacenter: { name: `${name}-dc`, provider: name, ipv6Enabled: true },
}));

/** Clusters as people ask for them: mostly defaults; a third bring ranges of their own, one in twenty is wrong. */
function request(n: number, provider: string): object {
  const network: Record<string, unknown> = {};
  if (n % 2 === 0) network.konnectivityEnabled = true;
  if (n % 5 === 0) network.ipFamily = "IPv4+IPv6";
  if (n % 3 === 0) {
    const own = [`10.${n % 200}.0.0/16`];
    network.pods = { cidrBlocks: n % 5 === 0 ? [...own, `fd00:${(n % 9000).toString(16)}::/48`] : own };
    network.nodeCidrMaskSizeIPv4 = 25;
  }
  if (n % 20 === 0) network.services = { cidrBlocks: ["10.96.0.1/12"] };
  return {
    humanReadableName: `cluster-${n}`,
    version: n % 4 === 0 ? "1.35.4" : "1.36.3",
    cloud: { dc: `${provider}-dc`, [provider]: provider === "gcp" ? gcpNetwork : {} },
    ...(n % 7 === 0 ? {} : { cniPlugin: { type: ["canal", "cilium", "none"][n % 3], version: "" } }),
    ...(Object.keys(network).length === 0 ? {} : { clusterNetwork: network }),
  };
}

const gcpNetwork = { network: "global/networks/n", subnetwork: "projects/p/regions/r/subnetworks/s" };
const clusters = Array.from({ length: CLUSTERS }, (_, n) => {
  const context = contexts[n % contexts.length] as RuleContext;
  return { context, spec: request(n, context.datacenter?.provider ?? "") };
});
const texts = clusters.map(({ context, spec }) => JSON.stringify(defaultClusterSpec(spec, context).spec));

/** Runs the work over all clusters for a second of the thread's CPU time: neighbours on the machine do not count. */
function rate(work: (index: number) => number): { perSecond: number; result: number } {
  let done = 0;
  let result = 0;
  let seconds = 0;
  const start = process.threadCpuUsage();
  while (seconds < 1) {
    for (let index = 0; index < CLUSTERS; index++) result += work(index);
    done += CLUSTERS;
    const { user, system } = process.threadCpuUsage(start);
    seconds = (user + system) / 1e6;
  }
  return { perSecond: done / seconds, result: result / done };
}

function judge(index: number): number {
  const cluster = clusters[index];
  if (cluster === undefined) return 0;
  const { spec } = defaultClusterSpec(cluster.spec, cluster.context);
  return validateCreate(spec, cluster.context).errors.length === 0 ? 1 : 0;
}

function parseAndPrint(index: number): number {
  return JSON.stringify(JSON.parse(texts[index] ?? "")).length;
}

rate(judge);
rate(parseAndPrint);
const rules = rate(judge);
const reference = rate(parseAndPrint);
const format = (n: number) => Math.round(n).toLocaleString("en-US");
console.log(`rules: default + validate      ${format(rules.perSecond)} clusters/s (goal ${format(GOAL)})`);
console.log(`reference: JSON.parse + print  ${format(reference.perSecond)} clusters/s`);
console.log(`ratio rules / reference        ${(rules.perSecond / reference.perSecond).toFixed(2)}`);
console.log(`accepted                       ${(rules.result * 100).toFixed(1)} %`);
process.exitCode = values.gate && rules.perSecond < GOAL ? 1 : 0;
