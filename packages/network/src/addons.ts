import type { CniPlugin } from "./types.ts";
import { compareVersions } from "./versions.ts";

/** What an add-on asks of the cluster's CNI. Add-ons that are not named here work with any. */
const requirements: Readonly<Record<string, { fits: (cni: CniPlugin) => boolean; needs: string }>> = {
  canal: { fits: ({ type }) => type === "canal", needs: "is the CNI of clusters of type canal" },
  cilium: {
    fits: ({ type, version }) => type === "cilium" && isBelow113(version),
    needs: "is the CNI of clusters with Cilium below 1.13, newer ones get it as application",
  },
  hubble: {
    fits: ({ type, version }) => type === "cilium" && isBelow113(version),
    needs: "is for Cilium below 1.13; from 1.13 on Hubble comes with Cilium itself (value hubble.ui.enabled)",
  },
};

/**
 * Why an add-on is not for a cluster with this CNI, as a sentence, or undefined if it is.
 * @example
 * addonObstacle("hubble", { type: "canal", version: "v3.31" }) // 'hubble is for Cilium below 1.13; …, and this cluster has canal v3.31'
 */
export function addonObstacle(name: string, cni: CniPlugin): string | undefined {
  const requirement = Object.hasOwn(requirements, name) ? requirements[name] : undefined;
  if (!requirement || requirement.fits(cni)) return undefined;
  const has = cni.type === "none" ? "no CNI of Fairlead's" : `${cni.type} ${cni.version}`.trim();
  return `${name} ${requirement.needs}, and this cluster has ${has}`;
}

function isBelow113(version: string): boolean {
  return compareVersions(version, "1.13.0") < 0;
}
