/**
 * What a cluster's network consists of, seen from outside: objects in both API servers and helm's own records.
 * @module
 */
import { builtin, type KubeClient } from "@fairlead/kube";
import {
  addonType,
  applicationInstallationType,
  type Cluster,
  clusterNamespace,
  clusterType,
  cniRollOutAnnotation,
  parseCniRollOut,
} from "@fairlead/resources";
import { type Cni, cnis, isAddon } from "./rounds.ts";

const cniNames = new Set<string>(cnis.map(({ type }) => type));

export interface Observer {
  management: KubeClient;
  user: KubeClient;
  id: string;
}

export interface Wanted {
  cni: Cni;
  konnectivity: boolean;
}

/** All that keeps the cluster from being what its Cluster says; empty when it is that, and nothing more. */
export async function differences(observer: Observer, { cni, konnectivity }: Wanted): Promise<string[]> {
  const cluster = await observer.management.get(clusterType, { name: observer.id });
  return [...(await cniDifferences(observer, cluster, cni)), ...tunnelDifferences(cluster, konnectivity)];
}

function tunnelDifferences({ spec, status }: Cluster, wanted: boolean): string[] {
  const found: string[] = [];
  if (spec.clusterNetwork?.konnectivityEnabled !== wanted)
    found.push("konnectivityEnabled: an accepted write was lost");
  const health = status?.extendedHealth;
  const [own, other] = wanted ? [health?.konnectivity, health?.openvpn] : [health?.openvpn, health?.konnectivity];
  if (own !== "HealthStatusUp") found.push(`the tunnel is ${own ?? "not there"}`);
  if (other !== undefined) found.push(`the other tunnel is still there: ${other}`);
  return found;
}

async function cniDifferences({ management, user, id }: Observer, cluster: Cluster, wanted: Cni): Promise<string[]> {
  const found: string[] = [];
  const { cniPlugin } = cluster.spec;
  if (cniPlugin?.type !== wanted.type || cniPlugin.version !== wanted.version) {
    found.push(`spec.cniPlugin is ${cniPlugin?.type} ${cniPlugin?.version}: an accepted write was lost`);
  }
  const ready = cluster.status?.conditions?.CNIReady;
  if (ready?.status !== "True") found.push(`CNIReady is ${ready?.status}: ${ready?.reason}: ${ready?.message}`);
  const { cni, cniMigration } = cluster.status ?? {};
  if (cni?.type !== wanted.type || cni.version !== wanted.version)
    found.push(`status.cni is ${cni?.type} ${cni?.version}`);
  if (cniMigration && ["RollingOut", "RemovingPrevious"].includes(cniMigration.state)) {
    found.push(`migration: ${cniMigration.message}`);
  }

  const wantedAddon = isAddon(wanted) ? [wanted.type] : [];
  const { items: addons } = await management.list(addonType, { namespace: clusterNamespace(id) });
  const cniAddons = addons.filter(({ spec }) => cniNames.has(spec.name));
  same(
    found,
    "CNI add-ons",
    cniAddons.map(({ spec }) => spec.name),
    wantedAddon,
  );
  for (const { metadata } of cniAddons) {
    const { good } = parseCniRollOut(metadata.annotations?.[cniRollOutAnnotation]);
    if (good !== wanted.version) found.push(`add-on ${metadata.name} was last good at ${good}`);
  }

  const { items: installations } = await user.list(applicationInstallationType, { namespace: "kube-system" });
  const applications = installations.map(({ spec }) => `${spec.applicationRef.name} ${spec.applicationRef.version}`);
  same(found, "installations", applications, isAddon(wanted) ? [] : [`${wanted.type} ${wanted.version}`]);

  const { items: daemonSets } = await user.list(builtin.DaemonSet, { namespace: "kube-system" });
  const agents = daemonSets.filter(({ metadata }) => cniNames.has(metadata.name ?? ""));
  same(
    found,
    "DaemonSets",
    agents.map(({ metadata }) => metadata.name ?? ""),
    [wanted.type],
  );
  for (const { metadata, status } of agents) {
    const { desiredNumberScheduled = 0, numberAvailable = 0, updatedNumberScheduled = 0 } = status ?? {};
    if (numberAvailable !== desiredNumberScheduled || updatedNumberScheduled !== desiredNumberScheduled) {
      found.push(`${metadata.name} runs on ${numberAvailable} of ${desiredNumberScheduled} nodes`);
    }
  }
  found.push(...(await releaseDifferences(user, wanted)));
  return found;
}

/**
 * At most one release, deployed once, with nothing under way: by helm's Secrets, whose labels say what helm would. A revision that
 * was killed stays `pending-upgrade` in the history; only the newest one counts.
 */
async function releaseDifferences(user: KubeClient, wanted: Cni): Promise<string[]> {
  const { items } = await user.list(builtin.Secret, { labelSelector: "owner=helm" });
  const releases = new Set(items.map(({ metadata }) => `${metadata.namespace}/${metadata.labels?.name}`));
  const found: string[] = [];
  same(found, "releases", [...releases], isAddon(wanted) ? [] : ["kube-system/kube-system-cilium"]);
  const revisions = items
    .map(({ metadata: { labels = {} } }) => ({ number: Number(labels.version), status: labels.status ?? "" }))
    .sort((a, b) => a.number - b.number);
  const deployed = revisions.filter(({ status }) => status === "deployed");
  if (items.length > 0 && (deployed.length !== 1 || revisions.at(-1) !== deployed[0])) {
    found.push(`revisions are ${revisions.map(({ status }) => status).join(", ")}`);
  }
  return found;
}

function same(found: string[], what: string, actual: string[], expected: string[]): void {
  const [is, should] = [actual, expected].map((names) => names.toSorted((a, b) => a.localeCompare(b)).join(", "));
  if (is !== should) found.push(`${what}: ${is || "none"}, expected ${should || "none"}`);
}
