/**
 * Where the values of a CNI that a user installs contradict the network of the cluster. Pods would get addresses that
 * the cluster does not route, or the CNI would ask an API server that is not there: a warning says so before.
 * @module
 */
import { contains, parseAddress, tryParseCidr, type Warning } from "@fairlead/network";
import type { Cluster, HelmValues } from "@fairlead/resources";

/** What a value has to fit. */
type Meaning = "pods" | "services" | "dns" | "api-host" | "api-port";

/** Keys of values that mean the same in every chart; compared without `-` and `_`, in lower case. */
const commonKeys: Readonly<Record<string, Meaning>> = {
  podcidr: "pods",
  podcidrs: "pods",
  podcidrv6: "pods",
  podsubnet: "pods",
  podsubnets: "pods",
  clustercidr: "pods",
  clustercidrs: "pods",
  clusterpoolipv4podcidr: "pods",
  clusterpoolipv4podcidrlist: "pods",
  clusterpoolipv6podcidr: "pods",
  clusterpoolipv6podcidrlist: "pods",
  servicecidr: "services",
  servicecidrs: "services",
  servicecidrv6: "services",
  servicesubnet: "services",
  servicesubnets: "services",
  svccidr: "services",
  clusterdns: "dns",
  dnsclusterip: "dns",
  k8sservicehost: "api-host",
  kubernetesservicehost: "api-host",
  k8sserviceport: "api-port",
  kubernetesserviceport: "api-port",
};

/** Charts of CNIs. What else may be one says so by the label `apps.kubermatic.k8c.io/type: cni` of its definition. */
const cniCharts: ReadonlySet<string> = new Set([
  "antrea",
  "calico",
  "canal",
  "cilium",
  "flannel",
  "kube-ovn",
  "kube-router",
  "tigera-operator",
]);

export function isCniChart(chartName: string): boolean {
  return cniCharts.has(chartName.split("/").at(-1)?.toLowerCase() ?? "");
}

/** One warning for each value that does not fit, at its path. `values` without references. */
export function cniContradictions(values: HelmValues, cluster: Cluster): Warning[] {
  const warnings: Warning[] = [];
  visit(values, ["spec", "values"], (meaning, field, value) => {
    for (const item of Array.isArray(value) ? value : [value]) {
      const message = contradiction(meaning, item, cluster);
      if (message) warnings.push({ field, message, code: "cni-values-contradict-cluster" });
    }
  });
  return warnings;
}

type Visit = (meaning: Meaning, field: string, value: unknown) => void;

function visit(value: unknown, path: readonly string[], found: Visit): void {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) visit(item, [...path.slice(0, -1), `${path.at(-1)}[${index}]`], found);
    return;
  }
  if (typeof value !== "object" || value === null) return;
  for (const [key, item] of Object.entries(value)) {
    const meaning = meaningOf(key, path);
    const field = [...path, key];
    if (meaning) found(meaning, field.join("."), item);
    else visit(item, field, found);
  }
}

function meaningOf(key: string, path: readonly string[]): Meaning | undefined {
  // Calico's: installation.calicoNetwork.ipPools[0].cidr
  if (key === "cidr" && /^ipPools\[\d+\]$/i.test(path.at(-1) ?? "")) return "pods";
  const plain = key.replaceAll(/[-_]/g, "").toLowerCase();
  return Object.hasOwn(commonKeys, plain) ? commonKeys[plain] : undefined;
}

function contradiction(meaning: Meaning, value: unknown, { spec, status }: Cluster): string | undefined {
  if (value === null || value === "" || value === undefined) return undefined;
  const network = spec.clusterNetwork;
  switch (meaning) {
    case "pods":
      return outside(value, network?.pods?.cidrBlocks, "spec.clusterNetwork.pods");
    case "services":
    case "dns":
      return outside(value, network?.services?.cidrBlocks, "spec.clusterNetwork.services");
    case "api-host": {
      const { externalName, ip, internalURL } = status?.address ?? {};
      const known = [externalName, ip, internalURL].filter((host) => host !== undefined);
      if (known.length === 0 || typeof value !== "string") return undefined;
      if (known.includes(value) || value === "kubernetes.default.svc") return undefined;
      return `${JSON.stringify(value)} is not where the cluster's API server is reached: ${known.join(" or ")}`;
    }
    case "api-port": {
      const port = status?.address?.port;
      if (port === undefined || value === port || value === `${port}`) return undefined;
      return `${JSON.stringify(value)} is not the port of the cluster's API server: ${port}`;
    }
    default:
      return meaning satisfies never;
  }
}

/** Ranges or addresses may stand in one text, with commas. */
function outside(value: unknown, blocks: readonly string[] | undefined, where: string): string | undefined {
  if (typeof value !== "string" || !blocks?.length) return undefined;
  const ranges = blocks.flatMap((block) => rangeOf(block) ?? []);
  for (const text of value.split(",").map((part) => part.trim())) {
    const inner = text.includes("/") ? rangeOf(text) : parseAddress(text);
    if (inner && !ranges.some((outer) => contains(outer, inner))) {
      return `${text} is not within ${where} of the cluster: ${blocks.join(", ")}`;
    }
  }
  return undefined;
}

function rangeOf(text: string) {
  const parsed = tryParseCidr(text);
  return parsed.ok ? parsed.cidr : undefined;
}
