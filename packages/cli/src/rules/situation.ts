import { type Catalogue, type Datacenter, parseVersion, providers, type RuleContext } from "@fairlead/network";

/** The datacenters of the filter: `<provider>-dc` for every provider, and two where IPv6 is a choice and enabled. */
const datacenters: ReadonlyMap<string, Datacenter> = new Map(
  [
    ...[...providers.values()].map(({ name, ipv6 }) => ({
      name: `${name}-dc`,
      provider: name,
      ipv6Enabled: ipv6 === "always",
    })),
    { name: "openstack-v6-dc", provider: "openstack", ipv6Enabled: true } as const,
    { name: "vsphere-v6-dc", provider: "vsphere", ipv6Enabled: true } as const,
  ].map((datacenter) => [datacenter.name, datacenter]),
);

/**
 * What the rules know besides the request. There is no installation behind the filter, so every Kubernetes version that the
 * request names is on offer, if it is one.
 */
export function situationOf(
  catalogue: Catalogue,
  spec: { readonly version?: unknown; readonly cloud?: unknown },
): RuleContext {
  const { version, cloud } = spec;
  const name = typeof cloud === "object" && cloud !== null && "dc" in cloud ? cloud.dc : undefined;
  const datacenter = typeof name === "string" ? datacenters.get(name) : undefined;
  const kubernetesVersions = typeof version === "string" && parseVersion(version) ? [version.replace(/^v/, "")] : [];
  return datacenter === undefined
    ? { catalogue, kubernetesVersions }
    : { catalogue, kubernetesVersions, datacenter, provider: datacenter.provider };
}
