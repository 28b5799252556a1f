/**
 * What is done with Cilium's charts to know that they work: which clusters are created, and what happens to each. Pure.
 * @module
 */
import { allowedVersions, type Catalogue, cniTransition } from "@fairlead/network";

export type ProxyMode = "ebpf" | "iptables";

/** How a cluster is to be after a step. */
export interface Wanted {
  version: string;
  proxyMode: ProxyMode;
  dualStack: boolean;
  hubble: boolean;
}

export interface Step {
  action: "install" | "upgrade" | "proxy mode" | "Hubble";
  /** For people: `1.13.0 -> 1.13.8`, `ebpf -> iptables`, `off`. */
  what: string;
  wanted: Wanted;
}

/** Steps of one cluster, in their order. The first one creates it. */
export type ClusterRun = readonly Step[];

/** The versions of a catalogue that come as application, of those that there are packages of; oldest first. */
export function verifiableVersions(catalogue: Catalogue, packaged: readonly string[]): string[] {
  return allowedVersions(catalogue, "cilium")
    .filter(({ delivery, version }) => delivery === "application" && packaged.includes(version))
    .map(({ version }) => version);
}

/**
 * Every version is installed anew on IPv4 or dual stack, every legal way up is taken once, and every version is once switched
 * between both proxy modes and its Hubble off and on.
 */
export function planRuns(versions: readonly string[], catalogue: Catalogue): ClusterRun[] {
  const checked = new Set<string>();
  const chains = upgradeChains(versions, catalogue);
  const alone = versions.filter((version) => !chains.some(([first]) => first === version)).map((version) => [version]);
  return [...chains, ...alone].map(([first = "", ...further], index) => {
    // The first chain visits most versions: its changes are made on the plainest cluster.
    const start: Wanted = {
      version: first,
      proxyMode: index % 2 === 0 ? "iptables" : "ebpf",
      dualStack: index > 0,
      hubble: true,
    };
    const steps: Step[] = [{ action: "install", what: describe(start), wanted: start }];
    let now = start;
    for (const version of [first, ...further]) {
      if (version !== now.version) {
        const wanted = { ...now, version };
        steps.push({ action: "upgrade", what: `${now.version} -> ${version} (${network(now)})`, wanted });
        now = wanted;
      }
      if (!checked.has(version)) steps.push(...changes(now));
      checked.add(version);
    }
    return steps;
  });
}

/** To the other proxy mode and back, Hubble off and on: it ends where it began. */
function changes(from: Wanted): Step[] {
  const other: Wanted = { ...from, proxyMode: from.proxyMode === "ebpf" ? "iptables" : "ebpf" };
  const { version } = from;
  return [
    { action: "proxy mode", what: `${version} ${from.proxyMode} -> ${other.proxyMode}`, wanted: other },
    { action: "proxy mode", what: `${version} ${other.proxyMode} -> ${from.proxyMode}`, wanted: from },
    { action: "Hubble", what: `${version} off`, wanted: { ...from, hubble: false } },
    { action: "Hubble", what: `${version} on`, wanted: from },
  ];
}

function describe(wanted: Wanted): string {
  return `${wanted.version} (${network(wanted)})`;
}

function network({ proxyMode, dualStack }: Wanted): string {
  return `${proxyMode}, ${dualStack ? "dual stack" : "IPv4"}`;
}

/** All legal upgrades, each once, as few walks upwards as a nearest-first choice gives. */
function upgradeChains(versions: readonly string[], catalogue: Catalogue): string[][] {
  const open = new Map(
    versions.map((old, index) => [old, versions.slice(index + 1).filter((next) => isLegal(old, next, catalogue))]),
  );
  const chains: string[][] = [];
  for (const start of versions) {
    while ((open.get(start) ?? []).length > 0) {
      const chain = [start];
      for (let next = open.get(start)?.shift(); next; next = open.get(next)?.shift()) chain.push(next);
      chains.push(chain);
    }
  }
  return chains;
}

function isLegal(old: string, next: string, catalogue: Catalogue): boolean {
  return cniTransition({ type: "cilium", old, next, labels: {}, kubernetes: "1.36.3" }, catalogue).allowed;
}
