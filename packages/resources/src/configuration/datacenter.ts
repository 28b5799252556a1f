import { z } from "zod";
import { type CloudProvider, cloudProviders } from "../cluster/cloud.ts";
import { int32, preserved, stringMap } from "../schema/building-blocks.ts";

const provider = preserved().optional();

const datacenterSpecSchema = z.object({
  alibaba: provider,
  anexia: provider,
  aws: provider,
  azure: provider,
  baremetal: provider,
  bringyourown: provider,
  digitalocean: provider,
  edge: provider,
  fake: provider,
  gcp: provider,
  hetzner: provider,
  kubevirt: provider,
  nutanix: provider,
  openstack: z.looseObject({ ipv6Enabled: z.boolean().optional() }).optional(),
  packet: provider,
  vmwareclouddirector: provider,
  vsphere: z.looseObject({ ipv6Enabled: z.boolean().optional() }).optional(),
  enforceAuditLogging: z.boolean().optional(),
  enforcePodSecurityPolicy: z.boolean().optional(),
  requiredEmails: z.array(z.string()).optional().describe("Domains of the users that may use the datacenter."),
  providerReconciliationInterval: z.string().optional(),
  operatingSystemProfiles: stringMap().optional(),
  machineFlavorFilter: z
    .object({
      minCPU: int32().optional(),
      maxCPU: int32().optional(),
      minRAM: int32().optional(),
      maxRAM: int32().optional(),
      enableGPU: z.boolean().optional(),
    })
    .optional(),
});
export type DatacenterSpec = z.infer<typeof datacenterSpecSchema>;

/** A place where nodes can be; its one provider field says of which kind. */
export const datacenterSchema = z.object({
  country: z.string().optional().describe("ISO 3166-1 alpha-2 code."),
  location: z.string().optional(),
  node: preserved().optional().describe("Settings of all nodes in this datacenter."),
  spec: datacenterSpecSchema,
});
export type Datacenter = z.infer<typeof datacenterSchema>;

/** The provider of a datacenter, or undefined if its specification names none. */
export function datacenterProvider(datacenter: Datacenter): CloudProvider | undefined {
  return cloudProviders.find((name) => datacenter.spec[name] !== undefined);
}

/** Whether a datacenter says of itself that its nodes have IPv6; only OpenStack and vSphere have such a switch. */
export function datacenterIPv6Flag(datacenter: Datacenter): boolean {
  const { openstack, vsphere } = datacenter.spec;
  return (openstack ?? vsphere)?.ipv6Enabled ?? false;
}

/** The cloud region that a datacenter is, where its provider has regions. */
export function datacenterRegion(datacenter: Datacenter): string | undefined {
  const provider = datacenterProvider(datacenter);
  const region: unknown = provider && datacenter.spec[provider]?.region;
  return typeof region === "string" && region !== "" ? region : undefined;
}
