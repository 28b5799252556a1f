import { providerNames, providers } from "../../providers.ts";
import { field } from "../fields.ts";
import { type Finding, invalid, type Rule, required } from "../rule.ts";

const NETWORK = `${field.cloud}.gcp.network`;
const SUBNETWORK = `${field.cloud}.gcp.subnetwork`;

/** Where the region stands in `projects/<project>/regions/<region>/subnetworks/<name>`. */
const REGION_SEGMENT = 3;
const SUBNETWORK_SEGMENTS = 6;

/** The datacenter, the provider, and what both mean for the network. */
export const cloudRules: readonly Rule[] = [
  {
    code: "datacenter-required",
    fields: [field.datacenter],
    summary: "A cluster says in which datacenter it runs.",
    check: ({ cloud }) =>
      cloud.datacenter ? undefined : required(field.datacenter, "expected the name of a datacenter"),
  },
  {
    code: "datacenter-unknown",
    fields: [field.datacenter],
    summary: "The datacenter is one of a seed's.",
    surroundings: true,
    check: ({ cloud }, { datacenter }) => {
      if (!cloud.datacenter || cloud.datacenter === datacenter?.name) return undefined;
      return invalid(field.datacenter, cloud.datacenter, "expected the name of a datacenter that a seed has");
    },
  },
  {
    code: "provider-required",
    fields: [field.cloud],
    summary: "A cluster has the settings of one cloud provider.",
    check: ({ cloud }) =>
      cloud.providers.length > 0
        ? undefined
        : required(field.cloud, `expected the settings of one provider: ${providerNames.join(", ")}`),
  },
  {
    code: "provider-ambiguous",
    fields: [field.cloud],
    summary: "A cluster has the settings of no second cloud provider.",
    check: ({ cloud }) =>
      cloud.providers.length < 2
        ? undefined
        : invalid(field.cloud, cloud.providers, "expected the settings of one provider only"),
  },
  {
    code: "provider-name-mismatch",
    fields: [field.providerName],
    summary: "The provider's name, if given, is that of its settings.",
    check: ({ cloud }) => {
      const [only] = cloud.providers;
      if (!cloud.providerName || cloud.providers.length !== 1 || cloud.providerName === only) return undefined;
      return invalid(field.providerName, cloud.providerName, `expected ${only}, the provider whose settings are given`);
    },
  },
  {
    code: "provider-datacenter-mismatch",
    fields: [field.cloud],
    summary: "The provider is the datacenter's.",
    surroundings: true,
    check: ({ cloud }, { datacenter }) => {
      const [only] = cloud.providers;
      if (cloud.providers.length !== 1 || datacenter === undefined || datacenter.name !== cloud.datacenter)
        return undefined;
      if (datacenter.provider === only) return undefined;
      return invalid(
        field.cloud,
        only,
        `expected ${datacenter.provider}, the provider of datacenter ${datacenter.name}`,
      );
    },
  },
  {
    code: "dual-stack-datacenter",
    fields: [field.ipFamily],
    summary: "Dual stack needs IPv6 in the datacenter, where the provider does not have it everywhere.",
    surroundings: true,
    check: ({ ipFamily, cloud }, { datacenter }) => {
      if (ipFamily !== "IPv4+IPv6" || datacenter === undefined || datacenter.name !== cloud.datacenter)
        return undefined;
      if (datacenter.ipv6Enabled || providers.get(datacenter.provider)?.ipv6 !== "datacenter") return undefined;
      return invalid(field.ipFamily, ipFamily, `expected IPv4: IPv6 is not enabled in datacenter ${datacenter.name}`);
    },
  },
  {
    code: "gcp-dual-stack-network",
    fields: [NETWORK, SUBNETWORK],
    summary: "A dual-stack cluster on GCP names its network and subnetwork.",
    check: ({ ipFamily, cloud }) => {
      if (ipFamily !== "IPv4+IPv6" || !cloud.providers.includes("gcp")) return undefined;
      const findings: Finding[] = [];
      const message = "expected the network and subnetwork that carry the cluster's IPv6";
      if (!cloud.gcpNetwork) findings.push(required(NETWORK, message));
      if (!cloud.gcpSubnetwork) findings.push(required(SUBNETWORK, message));
      return findings;
    },
  },
  {
    code: "gcp-subnetwork-path",
    fields: [SUBNETWORK],
    summary: "The subnetwork of a dual-stack cluster on GCP is given by its full path.",
    check: ({ ipFamily, cloud }) => {
      if (ipFamily !== "IPv4+IPv6" || !cloud.gcpSubnetwork) return undefined;
      if (cloud.gcpSubnetwork.split("/").length === SUBNETWORK_SEGMENTS) return undefined;
      const expected = "expected projects/<project>/regions/<region>/subnetworks/<name>";
      return invalid(SUBNETWORK, cloud.gcpSubnetwork, expected);
    },
  },
  {
    code: "gcp-subnetwork-region",
    fields: [SUBNETWORK],
    summary: "The subnetwork of a dual-stack cluster on GCP lies in the datacenter's region.",
    surroundings: true,
    check: ({ ipFamily, cloud }, { datacenter }) => {
      if (ipFamily !== "IPv4+IPv6" || !cloud.gcpSubnetwork || datacenter?.region === undefined) return undefined;
      const segments = cloud.gcpSubnetwork.split("/");
      if (segments.length !== SUBNETWORK_SEGMENTS || segments[REGION_SEGMENT] === datacenter.region) return undefined;
      return invalid(SUBNETWORK, cloud.gcpSubnetwork, `expected a subnetwork of region ${datacenter.region}`);
    },
  },
];
