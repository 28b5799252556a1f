import type { ChartRenderer, PackagedChart } from "@fairlead/helm";
import type { KubeObject } from "@fairlead/kube";
import { KUBE_SYSTEM } from "../names.ts";
import { anonymize } from "./identity.ts";
import { withoutIdentity } from "./values.ts";

export interface RenderRequest {
  values: Record<string, unknown>;
  /** Without a leading `v`. */
  kubernetesVersion: string;
  signal: AbortSignal;
}

/** The add-on charts that there are. */
export interface AddonCharts {
  readonly names: ReadonlySet<string>;
  /** @throws UnknownAddonError, or HelmError that says what is wrong with the chart or its values */
  render(name: string, request: RenderRequest): Promise<readonly KubeObject[]>;
}

export class UnknownAddonError extends Error {
  override readonly name = "UnknownAddonError";

  constructor(name: string, known: Iterable<string>) {
    super(`there is no add-on "${name}"; there are ${[...known].sort().join(", ")}`);
  }
}

/** In `Chart.yaml`: the chart reads which cluster it is for, or where its API server is. */
const readsIdentity = "fairlead.dev/reads-identity";

/** The add-ons among Fairlead's own charts. Clusters whose networks are alike share what is rendered. */
export function addonCharts(packages: readonly PackagedChart[], renderer: ChartRenderer): AddonCharts {
  const charts = new Map(packages.filter(({ category }) => category === "addon").map((chart) => [chart.name, chart]));
  return {
    names: new Set(charts.keys()),
    async render(name, { values, kubernetesVersion, signal }) {
      const chart = charts.get(name);
      if (!chart) throw new UnknownAddonError(name, charts.keys());
      const anonymous = chart.annotations[readsIdentity] === "true" ? anonymize(values) : undefined;
      const { objects } = await renderer.render(chart, {
        release: name,
        namespace: KUBE_SYSTEM,
        values: anonymous?.values ?? (chart.annotations[readsIdentity] === "true" ? values : withoutIdentity(values)),
        capabilities: { kubeVersion: `v${kubernetesVersion.replace(/^v/, "")}` },
        signal,
      });
      return anonymous?.restore(objects) ?? objects;
    },
  };
}
