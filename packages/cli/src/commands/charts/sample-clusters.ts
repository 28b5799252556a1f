/**
 * Clusters that stand for all others when a chart is rendered to see which images it needs. Pure.
 * @module
 */
import { addonValues, CILIUM_DEFAULT_VALUES } from "@fairlead/controllers";
import {
  allowedVersions,
  type CatalogueName,
  type CiliumCluster,
  catalogueNames,
  enforceManagedValues,
  loadCatalogue,
  managedCiliumValues,
} from "@fairlead/network";
import type { Cluster } from "@fairlead/resources";

/** What a chart is rendered with. */
export interface Sample {
  values: Record<string, unknown>;
  kubernetesVersion: string;
}

interface Shape {
  cni: { type: "canal" | "cilium" | "none"; version: string };
  kubernetesVersion: string;
  proxyMode?: "ipvs" | "ebpf";
}

/** Those whose images follow from the CNI's version; all others follow from that of Kubernetes at most. */
const cniOfAddon: Readonly<Record<string, "canal" | "cilium">> = { canal: "canal", cilium: "cilium", hubble: "cilium" };

/** One sample for each way in which the images of an add-on differ. */
export function addonSamples(
  addon: string,
  catalogue: CatalogueName | undefined,
  kubernetes: readonly string[],
): Sample[] {
  const type = cniOfAddon[addon];
  const cnis = type ? addonVersions(type, catalogue).map((version) => ({ type, version })) : [none];
  return cnis.flatMap((cni) =>
    kubernetes.map((kubernetesVersion) => ({
      values: { ...addonValues(sampleCluster({ cni, kubernetesVersion })) },
      kubernetesVersion,
    })),
  );
}

const none = { type: "none", version: "" } as const;

/** With and without kube-proxy; dual stack, with Hubble. */
export function ciliumSamples(version: string, kubernetesVersion: string): Sample[] {
  return (["ipvs", "ebpf"] as const).map((proxyMode) => {
    const cluster = sampleCluster({ cni: { type: "cilium", version }, kubernetesVersion, proxyMode });
    const { values } = managedCiliumValues(cluster as CiliumCluster);
    return { values: enforceManagedValues(structuredClone(CILIUM_DEFAULT_VALUES), values, []), kubernetesVersion };
  });
}

/** Versions that come as add-on: of one catalogue, or of all. */
function addonVersions(type: "canal" | "cilium", catalogue: CatalogueName | undefined): string[] {
  const names = catalogue ? [catalogue] : catalogueNames;
  const entries = names.flatMap((name) => allowedVersions(loadCatalogue(name), type));
  return [...new Set(entries.filter(({ delivery }) => delivery === "addon").map(({ version }) => version))];
}

function sampleCluster({ cni, kubernetesVersion, proxyMode = "ipvs" }: Shape): Cluster {
  const host = "sample.example.com";
  return {
    metadata: { name: "sample" },
    spec: {
      humanReadableName: "sample",
      version: kubernetesVersion,
      cloud: { dc: "sample", bringyourown: {} },
      cniPlugin: cni,
      clusterNetwork: {
        ipFamily: "IPv4+IPv6",
        pods: { cidrBlocks: ["172.25.0.0/16", "fd01::/48"] },
        services: { cidrBlocks: ["10.240.16.0/20", "fd02::/108"] },
        dnsDomain: "cluster.local",
        proxyMode,
        nodeLocalDNSCacheEnabled: true,
        konnectivityEnabled: true,
      },
    },
    status: {
      address: { externalName: host, port: 6443, url: `https://${host}:6443` },
      tunnel: { konnectivity: { host, port: 8132 }, openvpn: { host, port: 1194 } },
    },
  };
}
