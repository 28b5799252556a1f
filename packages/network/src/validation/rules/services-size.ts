import { minorNumber } from "../../versions.ts";
import { field } from "../fields.ts";
import { eachRange, hostBits } from "../ranges.ts";
import { entryPath } from "../reader.ts";
import { invalid, type Rule } from "../rule.ts";

/** kube-apiserver keeps services ranges as bitmaps of at most 2^20 addresses, up to Kubernetes 1.33. */
const MOST_HOST_BITS = 20;
const UNLIMITED_FROM = minorNumber("1.34");

/** kube-dns is base + 10, and the last address of an IPv4 range is never handed out. */
const LEAST_HOST_BITS = 4;

/** How large a services range may and must be. */
export const servicesSizeRules: readonly Rule[] = [
  {
    code: "services-too-large",
    fields: [field.services],
    summary: "A services range is no larger than kube-apiserver accepts: 20 host bits before Kubernetes 1.34.",
    stricter: true,
    check: ({ services, kubernetesMinor }) => {
      if (!(kubernetesMinor < UNLIMITED_FROM)) return undefined;
      return eachRange([services], (range, list, index) => {
        if (hostBits(range) <= MOST_HOST_BITS) return undefined;
        const longest = range.prefix + hostBits(range) - MOST_HOST_BITS;
        return invalid(
          entryPath(list, index),
          range.text,
          `expected /${longest} or longer, as Kubernetes before 1.34 needs it`,
        );
      });
    },
  },
  {
    code: "services-too-small",
    fields: [field.services],
    summary: "A services range has room for kube-dns at base + 10.",
    stricter: true,
    check: ({ services }) =>
      eachRange([services], (range, list, index) => {
        if (hostBits(range) >= LEAST_HOST_BITS) return undefined;
        const shortest = range.prefix + hostBits(range) - LEAST_HOST_BITS;
        return invalid(
          entryPath(list, index),
          range.text,
          `expected /${shortest} or shorter, so that kube-dns gets base + 10`,
        );
      }),
  },
];
