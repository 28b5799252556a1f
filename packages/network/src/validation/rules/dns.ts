import { memoize } from "../../memo.ts";
import { field } from "../fields.ts";
import { invalid, type Rule } from "../rule.ts";

const LONGEST_SUBDOMAIN = 253;
const label = "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?";
const subdomain = new RegExp(`^${label}(\\.${label})*$`);

const isSubdomain = memoize((text) => text.length <= LONGEST_SUBDOMAIN && subdomain.test(text));

/** Names inside the cluster, and who resolves them. */
export const dnsRules: readonly Rule[] = [
  {
    code: "dns-domain-syntax",
    fields: [field.dnsDomain],
    summary: "The DNS domain is a DNS subdomain (RFC 1123).",
    check: ({ dnsDomain = "" }) =>
      isSubdomain(dnsDomain)
        ? undefined
        : invalid(
            field.dnsDomain,
            dnsDomain,
            "expected lower-case labels of letters, digits and -, joined by dots, like cluster.local",
          ),
  },
  {
    code: "core-dns-replicas-negative",
    fields: [field.coreDnsReplicas],
    summary: "CoreDNS has no negative number of replicas.",
    stricter: true,
    check: ({ coreDnsReplicas }) =>
      coreDnsReplicas === undefined || coreDnsReplicas >= 0
        ? undefined
        : invalid(field.coreDnsReplicas, coreDnsReplicas, "expected 0 or more"),
  },
];
