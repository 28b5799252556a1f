import { clusterState, healthWord, isNodeReady, isSimulated } from "@fairlead/api-client";
import type { ApiCluster, ApiNode } from "@fairlead/resources";
import { chooseProject, findCluster, type ProjectChoice } from "../../find.ts";
import { age } from "../../output/age.ts";
import { printable } from "../../output/printable.ts";
import type { Column } from "../../output/table.ts";
import type { Session } from "../../session.ts";
import type { Call } from "../client-command.ts";
import { cniOf } from "./describe.ts";
import { type Inspected, inspect } from "./inspect.ts";

export async function getCluster({ api, output }: Session, { args, options }: Call<ProjectChoice>): Promise<void> {
  const [text = ""] = args;
  const project = chooseProject(await api.projects(), options.project);
  const cluster = findCluster(project, project ? await api.clusters(project.id) : [], text);
  await output.result(cluster, async () => {
    const inspected = await inspect(api, project?.id ?? "", cluster);
    const nodes = inspected.nodes ?? [];
    const table = nodes.length > 0 ? await output.table(nodeColumns(new Date()), nodes) : "";
    return `${fields(inspected)}\n${table || nodesMissing(inspected)}`;
  });
}

/** `Name:  value`, aligned; what the cluster does not have is left out. */
export function fields(inspected: Inspected): string {
  const shown = fieldsOf(inspected).filter(([, value]) => value !== "");
  const width = Math.max(...shown.map(([name]) => name.length));
  return shown.map(([name, value]) => `${`${name}:`.padEnd(width + 2)}${printable(value)}\n`).join("");
}

function fieldsOf({ cluster, health }: Inspected): [name: string, value: string][] {
  const { spec, status } = cluster;
  const network = spec.clusterNetwork;
  const components = Object.entries(health ?? {}).filter(([, state]) => state !== "");
  return [
    ["Name", cluster.name],
    ["ID", cluster.id],
    ["Status", clusterState(cluster, health)],
    ["Created", cluster.creationTimestamp],
    ["Datacenter", spec.cloud?.dc ?? ""],
    ["Kubernetes", spec.version ?? ""],
    ["API server", status.url],
    ["Exposed by", spec.exposeStrategy ?? ""],
    ["CNI", cniOf(cluster)],
    ["IP family", network?.ipFamily ?? ""],
    ["Pods", network?.pods?.cidrBlocks?.join(", ") ?? ""],
    ["Services", network?.services?.cidrBlocks?.join(", ") ?? ""],
    ["Node CIDR mask", [network?.nodeCidrMaskSizeIPv4, network?.nodeCidrMaskSizeIPv6].filter(Boolean).join(", ")],
    ["Proxy mode", network?.proxyMode ?? ""],
    ["Konnectivity", yesOrNo(network?.konnectivityEnabled)],
    ["NodeLocal DNS", yesOrNo(network?.nodeLocalDNSCacheEnabled)],
    ["DNS domain", network?.dnsDomain ?? ""],
    [
      "Labels",
      Object.entries(cluster.labels ?? {})
        .map((pair) => pair.join("="))
        .join(", "),
    ],
    ["Problems", (status.conditions ?? []).flatMap(problem).join("; ")],
    ["Health", components.map(([name, state]) => `${name} ${healthWord(state)}`).join(", ")],
  ];
}

/** `ClusterControllerReconciledSuccessfully: Waiting for apiserver`, of a condition that does not hold. */
function problem({ type, status, reason, message }: NonNullable<ApiCluster["status"]["conditions"]>[number]): string[] {
  return status === "False" ? [`${type}: ${message || reason || "no reason is given"}`] : [];
}

function yesOrNo(value: boolean | undefined): string {
  if (value === undefined) return "";
  return value ? "yes" : "no";
}

function nodesMissing({ nodes }: Inspected): string {
  return nodes ? "No nodes.\n" : "Nodes are not known: the cluster's API server does not answer yet.\n";
}

export function nodeColumns(now: Date): Column<ApiNode>[] {
  return [
    { title: "NODE", value: ({ name }) => name },
    {
      title: "STATUS",
      value: (node) => (isNodeReady(node) ? "Ready" : "NotReady"),
      tone: (node) => (isNodeReady(node) ? "good" : "bad"),
    },
    { title: "VERSION", value: ({ spec, status }) => spec.versions.kubelet || status.nodeInfo.kubeletVersion },
    { title: "KIND", value: (node) => (isSimulated(node) ? "simulated" : "machine") },
    { title: "AGE", value: ({ creationTimestamp }) => age(creationTimestamp, now) },
    { title: "REASON", value: (node) => (isNodeReady(node) ? "" : notReadyReason(node)) },
  ];
}

function notReadyReason({ status }: ApiNode): string {
  const ready = status.conditions?.find(({ type }) => type === "Ready");
  return ready?.message || status.errorMessage || ready?.reason || status.errorReason || "";
}
