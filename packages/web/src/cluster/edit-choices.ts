/** What the edit dialog can change of a cluster, as it stands in the fields; and what is sent of it. Pure. */
import { prepareUpdate, type RuleContext, type Verdict, validateUpdate } from "@fairlead/network/rules";
import type { ApiCluster, ApiClusterSpec } from "@fairlead/resources";
import { listed } from "../create-cluster/choices.ts";

export interface EditChoices {
  name: string;
  konnectivity: boolean;
  proxyMode: string;
  strictArp: boolean;
  nodeMaskIPv4: string;
  nodeMaskIPv6: string;
  coreDnsReplicas: string;
  apiServerRanges: string;
  labels: readonly LabelChoice[];
}

export interface LabelChoice {
  name: string;
  value: string;
}

export type EditField = keyof EditChoices;

/** The cluster as the fields show it. */
export function choicesOf({ name, labels = {}, spec }: ApiCluster): EditChoices {
  const network = spec.clusterNetwork ?? {};
  return {
    name,
    konnectivity: network.konnectivityEnabled ?? false,
    proxyMode: network.proxyMode ?? "",
    strictArp: network.ipvs?.strictArp ?? false,
    nodeMaskIPv4: text(network.nodeCidrMaskSizeIPv4),
    nodeMaskIPv6: text(network.nodeCidrMaskSizeIPv6),
    coreDnsReplicas: text(network.coreDNSReplicas),
    apiServerRanges: (spec.apiServerAllowedIPRanges?.cidrBlocks ?? []).join(", "),
    labels: Object.entries(labels).map(([key, value]) => ({ name: key, value })),
  };
}

/** The fields in which two states differ. */
export function differing(a: EditChoices, b: EditChoices): EditField[] {
  return (Object.keys(a) as EditField[]).filter((field) => JSON.stringify(a[field]) !== JSON.stringify(b[field]));
}

/** What was changed, on top of a cluster that somebody else has changed meanwhile. */
export function onTopOf(
  newer: ApiCluster,
  { before, choices }: { before: EditChoices; choices: EditChoices },
): EditChoices {
  const mine = differing(before, choices);
  return { ...choicesOf(newer), ...Object.fromEntries(mine.map((field) => [field, choices[field]])) };
}

/** A merge patch of what differs from the cluster, and of nothing else; undefined if nothing does. */
export function patchOf(cluster: ApiCluster, choices: EditChoices) {
  const before = choicesOf(cluster);
  const changed = new Set(differing(before, choices));
  const pick = (field: EditField, value: unknown) => (changed.has(field) ? value : undefined);
  const network = present({
    konnectivityEnabled: pick("konnectivity", choices.konnectivity),
    proxyMode: pick("proxyMode", choices.proxyMode),
    ipvs: pick("strictArp", { strictArp: choices.strictArp }),
    nodeCidrMaskSizeIPv4: pick("nodeMaskIPv4", number(choices.nodeMaskIPv4)),
    nodeCidrMaskSizeIPv6: pick("nodeMaskIPv6", number(choices.nodeMaskIPv6)),
    coreDNSReplicas: pick("coreDnsReplicas", number(choices.coreDnsReplicas)),
  });
  const ranges = listed(choices.apiServerRanges);
  const spec = present({
    clusterNetwork: network,
    apiServerAllowedIPRanges: pick("apiServerRanges", ranges.length > 0 ? { cidrBlocks: ranges } : null),
  });
  const patch = present({
    name: pick("name", choices.name.trim()),
    labels: pick("labels", labelsPatch(before.labels, choices.labels)),
    spec,
  });
  return patch as { name?: string; labels?: Record<string, string | null>; spec?: Partial<ApiClusterSpec> } | undefined;
}

/** Labels that are gone are null. A row without a name is none. */
function labelsPatch(before: readonly LabelChoice[], after: readonly LabelChoice[]): Record<string, string | null> {
  const kept = Object.fromEntries(
    after.flatMap(({ name, value }) => (name.trim() ? [[name.trim(), value.trim()]] : [])),
  );
  const gone = before.filter(({ name }) => !Object.hasOwn(kept, name)).map(({ name }) => [name, null]);
  return { ...kept, ...Object.fromEntries(gone) };
}

/** Judges the change by the rules that the server has, too. */
export function judgeEdit(cluster: ApiCluster, choices: EditChoices, context: RuleContext): Verdict {
  const { labels = {} } = cluster;
  const spec = { ...cluster.spec, humanReadableName: cluster.name };
  const patch = patchOf(cluster, choices);
  const next = {
    spec: {
      ...spec,
      ...patch?.spec,
      clusterNetwork: { ...spec.clusterNetwork, ...patch?.spec?.clusterNetwork },
      humanReadableName: choices.name.trim(),
    },
    labels: Object.fromEntries(
      Object.entries({ ...labels, ...patch?.labels }).filter((entry): entry is [string, string] => entry[1] !== null),
    ),
  };
  const prepared = prepareUpdate({ spec, labels }, next, context);
  return validateUpdate({ spec, labels }, { spec: prepared.spec, labels: next.labels }, context);
}

const proxyModes = ["ipvs", "iptables", "nftables", "ebpf"];

/** Every proxy mode, with what the rules say against it beside the other choices. */
export function proxyModeObstacles(
  cluster: ApiCluster,
  choices: EditChoices,
  context: RuleContext,
): ReadonlyMap<string, string | undefined> {
  const stays = cluster.spec.clusterNetwork?.proxyMode;
  return new Map(
    proxyModes.map((proxyMode) => {
      if (proxyMode === stays) return [proxyMode, undefined];
      const { errors } = judgeEdit(cluster, { ...choices, proxyMode }, context);
      return [proxyMode, errors.find(({ field }) => field.endsWith(".proxyMode"))?.message];
    }),
  );
}

function text(value: number | undefined): string {
  return value === undefined ? "" : String(value);
}

/** What is no number stays as it is, for the rules to refuse; nothing takes the field away. */
function number(typed: string): number | string | null {
  const trimmed = typed.trim();
  if (trimmed === "") return null;
  return /^\d+$/.test(trimmed) ? Number(trimmed) : trimmed;
}

function present(fields: Record<string, unknown>): Record<string, unknown> | undefined {
  const set = Object.entries(fields).filter(([, value]) => value !== undefined);
  return set.length > 0 ? Object.fromEntries(set) : undefined;
}
