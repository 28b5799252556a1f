import { ipv6Enabled } from "@fairlead/admission";
import { type ApiDatacenter, type Datacenter, datacenterProvider, type Seed } from "@fairlead/resources";

/** Fields of a datacenter that hold credentials of its cloud. */
const secrets = new Set(["infraManagementUser"]);

/** All datacenters, by name. One that names no provider is left out: no cluster can be created in it. */
export function apiDatacenters(seeds: readonly Seed[]): ApiDatacenter[] {
  return seeds
    .flatMap((seed) =>
      Object.entries(seed.spec.datacenters ?? {}).flatMap(([name, datacenter]) => {
        const converted = toApiDatacenter(name, datacenter, seed.metadata.name ?? "");
        return converted ? [converted] : [];
      }),
    )
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
}

function toApiDatacenter(name: string, datacenter: Datacenter, seed: string): ApiDatacenter | undefined {
  const provider = datacenterProvider(datacenter);
  if (!provider) return undefined;
  const { country, location, node, spec } = datacenter;
  return {
    metadata: { name },
    spec: {
      seed,
      ...(country ? { country } : {}),
      ...(location ? { location } : {}),
      provider,
      [provider]: Object.fromEntries(Object.entries(spec[provider] ?? {}).filter(([field]) => !secrets.has(field))),
      node: node ?? {},
      ...(spec.requiredEmails?.length ? { requiredEmails: spec.requiredEmails } : {}),
      enforceAuditLogging: spec.enforceAuditLogging ?? false,
      enforcePodSecurityPolicy: spec.enforcePodSecurityPolicy ?? false,
      ipv6Enabled: ipv6Enabled(provider, datacenter),
      ...(spec.operatingSystemProfiles ? { operatingSystemProfiles: spec.operatingSystemProfiles } : {}),
      ...(spec.machineFlavorFilter ? { machineFlavorFilter: spec.machineFlavorFilter } : {}),
    },
  };
}
