// What the rules of `fairlead rules` cost beside parsing and printing the same lines, which any filter of JSON lines has to do.

import { parseArgs } from "node:util";
import { loadCatalogue } from "@fairlead/network";
import { answer } from "../packages/cli/src/rules/answer-line.ts";
import { optionsOf } from "./options.ts";

const LINES = 5_000;
const GOAL = 1;

const { values } = parseArgs({ options: optionsOf("rules-filter") });
const catalogue = loadCatalogue("current");

/** Requests as pipelines send them: whole clusters, judged as new ones and as changes; one in ten is wrong. */
function request(n: number): object {
  const spec = cluster(n);
  switch (n % 10) {
    case 0:
      return { op: "cni-transition", type: "canal", old: "v3.22", new: n % 20 === 0 ? "v3.23" : "v3.24", labels: {} };
    case 1:
      return { op: "default-network", provider: "kubevirt", spec: { cniPlugin: { type: "cilium" } } };
    case 2:
    case 3:
    case 4:
      return { op: "validate-update", old: spec, new: { ...spec, version: "1.36.3" }, oldLabels: {}, newLabels: {} };
    default:
      return { op: "validate-create", spec, default: n % 2 === 0 };
  }
}

function cluster(n: number): Record<string, unknown> {
  const dual = n % 5 === 0;
  return {
    humanReadableName: `cluster-${n}`,
    version: "1.35.4",
    cloud: { dc: "aws-dc", providerName: "aws", aws: { vpcID: `vpc-${n}`, securityGroupID: `sg-${n}` } },
    cniPlugin: n % 3 === 0 ? { type: "cilium", version: "1.19.4" } : { type: "canal", version: "v3.31" },
    clusterNetwork: {
      ipFamily: dual ? "IPv4+IPv6" : "IPv4",
      pods: { cidrBlocks: dual ? [`10.${n % 200}.0.0/16`, "fd01::/48"] : [`10.${n % 200}.0.0/16`] },
      services: { cidrBlocks: dual ? ["172.20.0.0/20", "fd02::/112"] : ["172.20.0.0/20"] },
      nodeCidrMaskSizeIPv4: n % 10 === 7 ? 12 : 24,
      ...(dual ? { nodeCidrMaskSizeIPv6: 64 } : {}),
      proxyMode: "iptables",
      nodeLocalDNSCacheEnabled: true,
      konnectivityEnabled: n % 2 === 0,
      dnsDomain: "cluster.local",
    },
    exposeStrategy: "NodePort",
    componentsOverride: { apiserver: { nodePortRange: "30000-32767", replicas: 2 }, etcd: { clusterSize: 3 } },
    features: { apiserverNetworkPolicy: true, externalCloudProvider: true },
    enableUserSSHKeyAgent: true,
    kubernetesDashboard: { enabled: false },
  };
}

const lines = Array.from({ length: LINES }, (_, n) => JSON.stringify(request(n)));
const requests = lines.map((line): unknown => JSON.parse(line));

/** Microseconds of the thread's CPU time for one line. */
function cost(work: (index: number) => unknown): number {
  const start = process.threadCpuUsage();
  let done = 0;
  let microseconds = 0;
  while (microseconds < 1e6) {
    for (let index = 0; index < LINES; index++) work(index);
    done += LINES;
    const { user, system } = process.threadCpuUsage(start);
    microseconds = user + system;
  }
  return microseconds / done;
}

const rules = (index: number) => answer(requests[index], catalogue);
const parseAndPrint = (index: number) => JSON.stringify(JSON.parse(lines[index] ?? ""));
cost(rules);
cost(parseAndPrint);
const [judged, reference] = [cost(rules), cost(parseAndPrint)];
const refused = requests.filter((request) => !answer(request, catalogue).ok).length / LINES;
console.log(`rules                          ${judged.toFixed(2)} µs a line`);
console.log(`reference: JSON.parse + print  ${reference.toFixed(2)} µs a line`);
console.log(`ratio rules / reference        ${(judged / reference).toFixed(2)} (goal ${GOAL})`);
console.log(`refused                        ${(refused * 100).toFixed(1)} %`);
process.exitCode = values.gate && judged > reference * GOAL ? 1 : 0;
