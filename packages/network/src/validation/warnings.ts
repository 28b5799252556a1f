import { findVersion, fitsKubernetes, offeredVersions } from "../catalogue/catalogue.ts";
import { asksForSomething } from "../json.ts";
import { minorNumber } from "../versions.ts";
import { field } from "./fields.ts";
import type { WarningRule } from "./rule.ts";

const IPVS_DEPRECATED_FROM = minorNumber("1.35");

/** Fields of KKP's Cluster that are kept but have no effect here. */
const inertFields = new Set([
  "admissionPlugins",
  "auditLogging",
  "encryptionConfiguration",
  "eventRateLimitConfig",
  "kubernetesDashboard",
  "machineNetworks",
  "mla",
  "oidc",
  "opaIntegration",
  "podNodeSelectorAdmissionPluginConfig",
  "serviceAccount",
  "updateWindow",
  "useEventRateLimitAdmissionPlugin",
  "usePodNodeSelectorAdmissionPlugin",
  "usePodSecurityPolicyAdmissionPlugin",
]);

/** What is accepted in a new cluster and yet deserves a word. */
export const creationWarnings: readonly WarningRule[] = [
  {
    code: "ipvs-with-cilium",
    summary: "Cilium is not tested with kube-proxy in IPVS mode.",
    check: ({ proxyMode, cniType }) =>
      proxyMode === "ipvs" && cniType === "cilium"
        ? { field: field.proxyMode, message: "Cilium has known problems with ipvs; prefer ebpf or iptables" }
        : undefined,
  },
  {
    code: "ipvs-deprecated",
    summary: "Kubernetes deprecates kube-proxy's IPVS mode from 1.35 on (KEP-5495).",
    check: ({ proxyMode, kubernetesMinor }) =>
      proxyMode === "ipvs" && kubernetesMinor >= IPVS_DEPRECATED_FROM
        ? { field: field.proxyMode, message: "ipvs is deprecated from Kubernetes 1.35 on; nftables is its successor" }
        : undefined,
  },
  {
    code: "strict-arp-without-ipvs",
    summary: "Strict ARP is a setting of IPVS mode.",
    check: ({ strictArp, proxyMode }) =>
      strictArp === true && proxyMode !== undefined && proxyMode !== "ipvs"
        ? { field: field.strictArp, message: `has no effect with proxy mode ${proxyMode}: strict ARP belongs to ipvs` }
        : undefined,
  },
  {
    code: "cni-version-deprecated",
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
  {
    code: "field-without-effect",
    summary: "Some fields of KKP's Cluster are kept but have no effect here.",
    check: ({ spec }) => {
      let found: { field: string; message: string }[] | undefined;
      for (const name in spec) {
        if (!inertFields.has(name) || !asksForSomething(spec[name])) continue;
        found ??= [];
        found.push({
          field: `spec.${name}`,
          message: "is kept but has no effect: Fairlead does not act on this field",
        });
      }
      return found;
    },
  },
];
