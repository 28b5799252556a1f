import type { KubeObject, Namespace } from "@fairlead/kube";
import { type Cluster, clusterNamespace } from "@fairlead/resources";
import type { KeyPair } from "../pki/certificate.ts";
import { completePki } from "../pki/pki.ts";
import { seedTunnel } from "../tunnel/seed-tunnel.ts";
import { tunnelUserClusterObjects } from "../tunnel/user-cluster-objects.ts";
import { seedSettings } from "./seed.fixture.ts";
import { controlPlaneStages, seedNamespace, seedPkiPlan, serviceStages, tunnelOptions } from "./seed-objects.ts";
import { seedClusterSpec } from "./seed-spec.ts";
import { userClusterObjects } from "./user-cluster-objects.ts";

const address = { url: "https://abc.example.com:30443", host: "abc.example.com", port: 30_443 };

/** All that the provider puts into a seed for a cluster, and into the cluster itself, as if the seed had given an address. */
export async function everythingOf(
  cluster: Cluster,
  webhookAuthority: KeyPair,
): Promise<{ namespaceManifest: Namespace; objects: KubeObject[]; userClusterObjects: KubeObject[] }> {
  const spec = seedClusterSpec(cluster);
  const namespace = clusterNamespace(spec.clusterId);
  const placed = { clusterId: spec.clusterId, namespace, overwriteRegistry: "" };
  const ip = spec.exposeStrategy === "Tunneling" ? spec.tunnelingAgentIp : "192.0.2.7";
  const pki = await completePki(seedPkiPlan(placed, spec, { address, ip, webhookAuthority }), {}, new Date());
  const tunnel = seedTunnel({
    ...tunnelOptions(placed, spec),
    externalName: address.host,
    pki,
    dnsResolverIp: "10.240.16.53",
  });
  const stages = [
    ...serviceStages(placed, spec, { settings: seedSettings, agentPort: 30_132 }),
    ...controlPlaneStages(placed, spec, { address, pki, settings: seedSettings, tunnel }),
  ];
  return {
    namespaceManifest: seedNamespace(placed, spec),
    objects: stages.flatMap(({ objects }) => objects),
    userClusterObjects: [
      ...userClusterObjects(spec, { address, ip, overwriteRegistry: "" }),
      ...tunnelUserClusterObjects({ step: spec.tunnel, pki, seedNamespace: namespace }),
    ],
  };
}
