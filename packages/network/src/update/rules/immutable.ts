import { hasLabel, type UnsafeLabel, unsafeLabels } from "../../labels.ts";
import { field } from "../../validation/fields.ts";
import type { CidrList } from "../../validation/reader.ts";
import { forbidden, invalid } from "../../validation/rule.ts";
import type { ClusterView } from "../../validation/view.ts";
import type { UpdateRule } from "../change.ts";

type Value = string | boolean | readonly (string | undefined)[] | undefined;

interface ImmutableField {
  readonly code: string;
  readonly path: string;
  readonly summary: string;
  readonly read: (cluster: ClusterView) => Value;
  readonly unlockedBy?: UnsafeLabel;
}

/** Refuses any other value than the one that there is. Where there is none yet, one may be set. */
function immutable({ code, path, summary, read, unlockedBy }: ImmutableField): UpdateRule {
  return {
    code,
    fields: [path],
    summary,
    ...(unlockedBy ? { unlockedBy } : {}),
    check: ({ old, next, labels }) => {
      const before = read(old);
      if (before === undefined || before === "") return undefined;
      const after = read(next);
      if (isSame(before, after) || (unlockedBy && hasLabel(labels, unlockedBy))) return undefined;
      const unless = unlockedBy ? `, or label ${unlockedBy} on the cluster` : "";
      return invalid(path, after, `field is immutable: expected ${JSON.stringify(before)}${unless}`);
    },
  };
}

function isSame(a: Value, b: Value): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return a === b;
  return a.length === b.length && a.every((entry, index) => entry === b[index]);
}

/** The ranges as they were written: another spelling of the same network is another value. */
function ranges({ entries }: CidrList): Value {
  return entries.length === 0 ? undefined : entries.map((entry) => entry?.text);
}

/** What stays as it was when the cluster was created (ruling 10). */
export const immutabilityRules: readonly UpdateRule[] = [
  {
    code: "datacenter-change",
    fields: [field.datacenter],
    summary: "A cluster stays in its datacenter.",
    check: ({ old, next }) => {
      const { datacenter } = old.cloud;
      if (!datacenter || next.cloud.datacenter === datacenter) return undefined;
      return forbidden(field.datacenter, next.cloud.datacenter, `expected ${datacenter}: a cluster cannot move`);
    },
  },
  {
    code: "provider-change",
    fields: [field.cloud],
    summary: "A cluster stays with its cloud provider.",
    check: ({ old, next }) => {
      const [before, ...others] = old.cloud.providers;
      if (before === undefined || others.length > 0) return undefined;
      if (next.cloud.providers.length === 1 && next.cloud.providers[0] === before) return undefined;
      return forbidden(field.cloud, next.cloud.providers, `expected ${before}: a cluster cannot change its provider`);
    },
  },
  immutable({
    code: "expose-strategy-change",
    path: field.exposeStrategy,
    summary: "The way to the API server stays, since every kubeconfig and node knows it.",
    read: ({ exposeStrategy }) => exposeStrategy,
    unlockedBy: unsafeLabels.exposeStrategyMigration,
  }),
  immutable({
    code: "nodeport-range-change",
    path: field.nodePortRange,
    summary: "The range of NodePorts stays, since Services hold ports of it.",
    read: ({ nodePortRange }) => nodePortRange,
  }),
  immutable({
    code: "ip-family-change",
    path: field.ipFamily,
    summary: "A cluster stays IPv4 or dual-stack.",
    read: ({ ipFamily }) => ipFamily,
  }),
  immutable({
    code: "pods-change",
    path: field.pods,
    summary: "The ranges of pods stay, since nodes hold parts of them.",
    read: ({ pods }) => ranges(pods),
  }),
  immutable({
    code: "services-change",
    path: field.services,
    summary: "The ranges of services stay, since Services hold addresses of them.",
    read: ({ services }) => ranges(services),
  }),
  immutable({
    code: "proxy-mode-change",
    path: field.proxyMode,
    summary: "The proxy mode stays, since rules of the old one would remain on the nodes.",
    read: ({ proxyMode }) => proxyMode,
    unlockedBy: unsafeLabels.cniMigration,
  }),
  immutable({
    code: "dns-domain-change",
    path: field.dnsDomain,
    summary: "The DNS domain stays, since workloads and certificates name it.",
    read: ({ dnsDomain }) => dnsDomain,
  }),
  immutable({
    code: "node-local-dns-change",
    path: field.nodeLocalDns,
    summary: "The nodes' DNS cache stays on or off, since kubelets and pods have its address.",
    read: ({ nodeLocalDns }) => nodeLocalDns,
  }),
];
