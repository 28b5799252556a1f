import { canonicalForm, hasHostBits, readingOf } from "../../cidr/cidr.ts";
import { field, nodePortsAllowedFields } from "../fields.ts";
import { allLists, eachProblem, eachRange } from "../ranges.ts";
import { type CidrList, entryPath } from "../reader.ts";
import { type Finding, invalid, notSupported, type Rule, required, tooMany } from "../rule.ts";
import type { ClusterView } from "../view.ts";

const MOST_RANGES = 2;
const families = ["IPv4", "IPv4+IPv6"];

const rangeFields = [field.pods, field.services, `${field.allowedIpRanges}.cidrBlocks`, ...nodePortsAllowedFields];

const texts = (list: CidrList) => list.entries.map((entry) => entry?.text);

function listRules(name: "pods" | "services", other: "pods" | "services"): readonly Rule[] {
  return [
    {
      code: `${name}-required`,
      fields: [field[name]],
      summary: `A cluster has a range for its ${name}.`,
      check: (cluster) =>
        cluster[name].entries.length > 0
          ? undefined
          : required(field[name], `expected the CIDR that ${name} get addresses from`),
    },
    {
      code: `${name}-too-many`,
      fields: [field[name]],
      summary: `A cluster has at most two ranges for its ${name}, one of each family.`,
      check: (cluster) => {
        const count = cluster[name].entries.length;
        return count > MOST_RANGES ? tooMany(field[name], count, MOST_RANGES) : undefined;
      },
    },
    {
      code: `${name}-fewer-than-${other}`,
      fields: [field[name]],
      summary: "Pods and services have equally many ranges.",
      check: (cluster) => {
        const [own, wanted] = [cluster[name].entries.length, cluster[other].entries.length];
        if (own >= wanted) return undefined;
        return invalid(field[name], texts(cluster[name]), `expected ${wanted} ranges, as many as ${other} have`);
      },
    },
  ];
}

const places = [
  { index: 0, family: "IPv4", place: "first" },
  { index: 1, family: "IPv6", place: "second" },
] as const;

function familyOf(cluster: ClusterView, { index, family, place }: (typeof places)[number]): Finding[] | undefined {
  let findings: Finding[] | undefined;
  for (const list of [cluster.pods, cluster.services]) {
    const entry = list.entries[index];
    const reading = entry && readingOf(entry);
    if (reading === undefined || reading.family === family) continue;
    findings ??= [];
    findings.push(invalid(entryPath(list, index), entry?.text, `expected an ${family} range in ${place} place`));
  }
  return findings;
}

function fitting(count: number): string {
  return count === 1 || count === 2 ? (families[count - 1] ?? "") : "none; IPv4 has 1 and IPv4+IPv6 has 2";
}

/** The ranges of pods and services: their number, families and form. */
export const cidrRules: readonly Rule[] = [
  ...listRules("pods", "services"),
  ...listRules("services", "pods"),
  {
    code: "cidr-syntax",
    fields: [field.pods, field.services],
    summary: "The ranges of pods and services are CIDRs.",
    check: ({ pods, services }) =>
      eachProblem([pods, services], ({ kind, path, text, message }) =>
        kind === "syntax" ? invalid(path, text, message) : undefined,
      ),
  },
  {
    code: "cidr-ipv4-mapped",
    fields: rangeFields,
    summary: "No range is IPv4 mapped into IPv6: components disagree on its family.",
    stricter: true,
    check: (cluster) =>
      eachProblem(allLists(cluster), ({ kind, path, text, message }) =>
        kind === "ipv4-mapped" ? invalid(path, text, message) : undefined,
      ),
  },
  {
    code: "cidr-host-bits",
    fields: rangeFields,
    summary: "A CIDR names a network, not an address inside it.",
    stricter: true,
    check: (cluster) =>
      eachRange(allLists(cluster), (range, list, index) =>
        hasHostBits(range)
          ? invalid(entryPath(list, index), range.text, `expected ${canonicalForm(range)}`)
          : undefined,
      ),
  },
  {
    code: "first-range-family",
    fields: [field.pods, field.services],
    summary: "The first range of pods and services is IPv4.",
    check: (cluster) => familyOf(cluster, places[0]),
  },
  {
    code: "second-range-family",
    fields: [field.pods, field.services],
    summary: "The second range of pods and services is IPv6.",
    check: (cluster) => familyOf(cluster, places[1]),
  },
  {
    code: "ip-family-unknown",
    fields: [field.ipFamily],
    summary: "The IP family is IPv4 or IPv4+IPv6.",
    check: ({ ipFamily }) =>
      !ipFamily || families.includes(ipFamily) ? undefined : notSupported(field.ipFamily, ipFamily, families),
  },
  {
    code: "ip-family-mismatch",
    fields: [field.ipFamily],
    summary: "An IPv4 cluster has one pods range, a dual-stack cluster two.",
    check: ({ ipFamily, pods, shape }) => {
      // Ranges that nobody can read are not none.
      if (shape.some(({ field: path }) => field.pods.startsWith(path))) return undefined;
      const count = pods.entries.length;
      if (!ipFamily || !families.includes(ipFamily)) return undefined;
      const wanted = ipFamily === "IPv4" ? 1 : 2;
      if (count === wanted) return undefined;
      return invalid(
        field.ipFamily,
        ipFamily,
        `expected the IP family of ${count} pods range${count === 1 ? "" : "s"}: ${fitting(count)}`,
      );
    },
  },
];
