import type { ProviderName } from "../../providers.ts";
import type { RuleContext } from "../../types.ts";
import type { FieldErrorReason } from "../../validation/rule.ts";

type Fields = Record<string, unknown>;

/** One rule: a change of a valid cluster that it refuses, at which fields, and the nearest change that it accepts. */
export interface Row {
  code: string;
  refused: Fields;
  at: string[];
  reason: FieldErrorReason;
  accepted: Fields;
  provider?: ProviderName;
  context?: Partial<RuleContext>;
}

export const Required = "FieldValueRequired";
export const Invalid = "FieldValueInvalid";
export const Forbidden = "FieldValueForbidden";
export const NotSupported = "FieldValueNotSupported";
export const TooMany = "FieldValueTooMany";

export const pods = "clusterNetwork.pods.cidrBlocks";
export const services = "clusterNetwork.services.cidrBlocks";
export const ipFamily = "clusterNetwork.ipFamily";
export const proxyMode = "clusterNetwork.proxyMode";
export const konnectivity = "clusterNetwork.konnectivityEnabled";
export const mask4 = "clusterNetwork.nodeCidrMaskSizeIPv4";
export const mask6 = "clusterNetwork.nodeCidrMaskSizeIPv6";
export const agent = "clusterNetwork.tunnelingAgentIP";
export const dual = {
  [ipFamily]: "IPv4+IPv6",
  [pods]: ["10.4.0.0/16", "fd01::/48"],
  [services]: ["10.96.0.0/16", "fd02::/120"],
};
export const gcpDual = {
  ...dual,
  "cloud.gcp.network": "global/networks/n",
  "cloud.gcp.subnetwork": "projects/p/regions/r/subnetworks/s",
};
export const v4Only = (name: "openstack" | "vsphere") => ({
  datacenter: { name: `${name}-dc`, provider: name, ipv6Enabled: false },
});
