import { field } from "../fields.ts";
import { notSupported, type Rule, required } from "../rule.ts";

/** What every cluster must say, and whether the JSON has the right types at all. */
export const basicRules: readonly Rule[] = [
  {
    code: "field-type",
    fields: ["spec"],
    summary: "Every field has the type that the Cluster's schema gives it.",
    check: (cluster) => cluster.shape,
  },
  {
    code: "name-required",
    fields: [field.humanReadableName],
    summary: "A cluster has a name for people.",
    check: ({ humanReadableName }) =>
      humanReadableName ? undefined : required(field.humanReadableName, "expected a name for people to read"),
  },
  {
    code: "kubernetes-version-required",
    fields: [field.version],
    summary: "A cluster says which Kubernetes version it runs.",
    check: ({ version }, { kubernetesVersions }) =>
      version ? undefined : required(field.version, `expected one of ${kubernetesVersions.join(", ") || "none"}`),
  },
  {
    code: "kubernetes-version-unknown",
    fields: [field.version],
    summary: "The Kubernetes version is one of those on offer.",
    surroundings: true,
    check: ({ version }, { kubernetesVersions }) => {
      if (!version || kubernetesVersions.includes(version.startsWith("v") ? version.slice(1) : version))
        return undefined;
      return notSupported(field.version, version, kubernetesVersions);
    },
  },
];
