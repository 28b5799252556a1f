import { findVersion, fitsKubernetes, offeredVersions } from "../catalogue/catalogue.ts";
import type { RuleContext } from "../types.ts";
import { field } from "./fields.ts";
import type { Named, Warning } from "./rule.ts";
import type { ClusterView } from "./view.ts";

/** What there is to say about a CNI version on a Kubernetes version; the rest of the cluster does not matter. */
export interface CniVersionWarning extends Named {
  readonly check: (
    cluster: Pick<ClusterView, "cniType" | "cniVersion" | "kubernetesMinor" | "version">,
    context: Pick<RuleContext, "catalogue">,
  ) => Omit<Warning, "code"> | undefined;
}

export const cniVersionWarnings: readonly CniVersionWarning[] = [
  {
    code: "cni-version-deprecated",
    fields: [field.cniVersion],
    summary: "A deprecated CNI version is one to leave.",
    check: ({ cniType, cniVersion, kubernetesMinor }, { catalogue }) => {
      if (cniType === undefined || cniVersion === undefined) return undefined;
      const entry = findVersion(catalogue, cniType, cniVersion);
      if (entry?.phase !== "deprecated") return undefined;
      const advisories = entry.advisories.length > 0 ? ` and affected by ${entry.advisories.join(", ")}` : "";
      const offered = offeredVersions(catalogue, cniType, kubernetesMinor).map(({ version }) => version);
      const message = `${cniType} ${cniVersion} is deprecated${advisories}; supported versions: ${offered.join(", ")}`;
      return { field: field.cniVersion, message };
    },
  },
  {
    code: "cni-kubernetes-range",
    fields: [field.cniVersion],
    summary: "A CNI version is best used with the Kubernetes versions that its project tests it with.",
    check: ({ cniType, cniVersion, kubernetesMinor, version }, { catalogue }) => {
      if (cniType === undefined || cniVersion === undefined) return undefined;
      const entry = findVersion(catalogue, cniType, cniVersion);
      if (entry?.kubernetes === undefined || fitsKubernetes(entry, kubernetesMinor)) return undefined;
      const { from, to } = entry.kubernetes;
      const fitting = offeredVersions(catalogue, cniType, kubernetesMinor).filter((other) =>
        fitsKubernetes(other, kubernetesMinor),
      );
      const better = fitting.length > 0 ? `: ${fitting.map((other) => other.version).join(", ")}` : ": none";
      const message = `${cniType} ${cniVersion} is tested with Kubernetes ${from} to ${to}, not with ${version}; supported versions that are${better}`;
      return { field: field.cniVersion, message };
    },
  },
];
