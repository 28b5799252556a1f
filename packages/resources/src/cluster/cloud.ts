import { z } from "zod";
import { networkRangesSchema } from "./cluster-network.ts";

/** All cloud providers of KKP, by their key in `spec.cloud`. */
export const cloudProviders = [
  "alibaba",
  "anexia",
  "aws",
  "azure",
  "baremetal",
  "bringyourown",
  "digitalocean",
  "edge",
  "fake",
  "gcp",
  "hetzner",
  "kubevirt",
  "nutanix",
  "openstack",
  "packet",
  "vmwareclouddirector",
  "vsphere",
] as const;
export type CloudProvider = (typeof cloudProviders)[number];

/** Providers whose firewall rules Fairlead knows how to restrict to ranges of source addresses. */
export const nodePortRangeProviders = ["aws", "azure", "gcp", "openstack"] as const;
export type NodePortRangeProvider = (typeof nodePortRangeProviders)[number];

/** What a provider needs beside the network is carried as it is: credentials, references, names of cloud objects. */
const providerSchema = z.looseObject({});
const nodePortProviderSchema = z.looseObject({
  nodePortsAllowedIPRange: z.string().optional().describe("One CIDR; the older form of nodePortsAllowedIPRanges."),
  nodePortsAllowedIPRanges: networkRangesSchema.optional().describe("Sources that may reach NodePort services."),
});
const awsSchema = nodePortProviderSchema.extend({
  securityGroupID: z.string().optional().describe("Security group of the nodes, whose NodePorts are restricted."),
  credentialsReference: z
    .looseObject({ name: z.string().optional(), namespace: z.string().optional() })
    .optional()
    .describe("Secret with accessKeyId and secretAccessKey in namespace kubermatic, labelled with the project-id."),
});

export const cloudSchema = z.object({
  dc: z.string().describe("Name of the datacenter."),
  providerName: z.string().optional().describe("Name of the one provider that is set below; filled in."),
  alibaba: providerSchema.optional(),
  anexia: providerSchema.optional(),
  aws: awsSchema.optional(),
  azure: nodePortProviderSchema.optional(),
  baremetal: providerSchema.optional(),
  bringyourown: providerSchema.optional(),
  digitalocean: providerSchema.optional(),
  edge: providerSchema.optional(),
  fake: providerSchema.optional(),
  gcp: nodePortProviderSchema.optional(),
  hetzner: providerSchema.optional(),
  kubevirt: providerSchema.optional(),
  nutanix: providerSchema.optional(),
  openstack: nodePortProviderSchema.optional(),
  packet: providerSchema.optional(),
  vmwareclouddirector: providerSchema.optional(),
  vsphere: providerSchema.optional(),
} satisfies Record<CloudProvider | "dc" | "providerName", z.ZodType>);
export type Cloud = z.infer<typeof cloudSchema>;
