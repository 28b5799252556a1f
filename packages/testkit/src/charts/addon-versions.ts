import { allowedVersions, catalogueNames, loadCatalogue } from "@fairlead/network";
import type { AddonValues } from "./addon-values.ts";
import { type AddonChart, addonCharts } from "./render-chart.ts";

export interface AddonVersion {
  chart: AddonChart;
  cni: AddonValues["cni"];
  /** What else makes the chart another one. */
  cluster?: Partial<AddonValues["cluster"]>;
}

/** Every add-on once for each CNI version of each catalogue that makes it another one. */
export const addonVersions: readonly AddonVersion[] = addonCharts.flatMap((chart): AddonVersion[] => {
  switch (chart) {
    case "canal":
    case "cilium":
      return versionsOf(chart).map((version) => ({ chart, cni: { type: chart, version } }));
    case "hubble":
      return versionsOf("cilium").map((version) => ({ chart, cni: { type: "cilium", version } }));
    default:
      return [{ chart, cni: { type: "none", version: "" } }];
  }
});

/** Those that are delivered as add-on, of all catalogues. */
function versionsOf(type: "canal" | "cilium"): string[] {
  const versions = catalogueNames
    .flatMap((name) => allowedVersions(loadCatalogue(name), type))
    .filter(({ delivery }) => delivery === "addon");
  return [...new Set(versions.map(({ version }) => version))];
}
