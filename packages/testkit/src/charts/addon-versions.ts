import { allowedVersions, catalogueNames, loadCatalogue } from "@fairlead/network";
import type { AddonValues } from "./addon-values.ts";
import { type AddonChart, addonCharts } from "./render-chart.ts";

export interface AddonVersion {
  chart: AddonChart;
  cni: AddonValues["cni"];
}

/** The CNI whose versions make an add-on another one. */
const cniOf = new Map<AddonChart, "canal" | "cilium">([
  ["canal", "canal"],
  ["cilium", "cilium"],
  ["hubble", "cilium"],
]);

/** Every add-on once for each CNI version of each catalogue that makes it another one. */
export const addonVersions: readonly AddonVersion[] = addonCharts.flatMap((chart): AddonVersion[] => {
  const type = cniOf.get(chart);
  if (!type) return [{ chart, cni: { type: "none", version: "" } }];
  return versionsOf(type).map((version) => ({ chart, cni: { type, version } }));
});

/** Those that are delivered as add-on, of all catalogues. */
function versionsOf(type: "canal" | "cilium"): string[] {
  const versions = catalogueNames
    .flatMap((name) => allowedVersions(loadCatalogue(name), type))
    .filter(({ delivery }) => delivery === "addon");
  return [...new Set(versions.map(({ version }) => version))];
}
