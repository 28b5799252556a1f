import type { Cloud, CloudProvider } from "@fairlead/resources";
import { cloudProviders } from "@fairlead/resources";

/**
 * The fields of each provider that may be shown; everything else stays inside, so that a credential, of whatever name,
 * never leaves.
 */
const publicFields: Partial<Record<CloudProvider, readonly string[]>> = {
  aws: ["nodePortsAllowedIPRanges"],
  azure: ["assignAvailabilitySet", "nodePortsAllowedIPRanges"],
  gcp: ["nodePortsAllowedIPRanges"],
  kubevirt: ["preAllocatedDataVolumes"],
  openstack: [
    "domain",
    "floatingIPPool",
    "network",
    "nodePortsAllowedIPRanges",
    "project",
    "projectID",
    "routerID",
    "securityGroups",
    "subnetID",
  ],
};

/** `spec.cloud` as clients may see it: the datacenter and what of its provider is no secret. */
export function publicCloud(cloud: Cloud): Cloud {
  const shown: Cloud = { dc: cloud.dc };
  for (const provider of cloudProviders) {
    const settings = cloud[provider];
    if (!settings) continue;
    const fields = (publicFields[provider] ?? []).filter((field) => settings[field] !== undefined);
    shown[provider] = Object.fromEntries(fields.map((field) => [field, settings[field]]));
  }
  return shown;
}
