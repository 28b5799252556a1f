import { asksForSomething } from "../json.ts";
import { minorNumber } from "../versions.ts";
import { cniVersionWarnings } from "./cni-version-warnings.ts";
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
    fields: [field.proxyMode],
    summary: "Cilium is not tested with kube-proxy in IPVS mode.",
    check: ({ proxyMode, cniType }) =>
      proxyMode === "ipvs" && cniType === "cilium"
        ? { field: field.proxyMode, message: "Cilium has known problems with ipvs; prefer ebpf or iptables" }
        : undefined,
  },
  {
    code: "ipvs-deprecated",
    fields: [field.proxyMode],
    summary: "Kubernetes deprecates kube-proxy's IPVS mode from 1.35 on (KEP-5495).",
    check: ({ proxyMode, kubernetesMinor }) =>
      proxyMode === "ipvs" && kubernetesMinor >= IPVS_DEPRECATED_FROM
        ? { field: field.proxyMode, message: "ipvs is deprecated from Kubernetes 1.35 on; nftables is its successor" }
        : undefined,
  },
  {
    code: "strict-arp-without-ipvs",
    fields: [field.strictArp],
    summary: "Strict ARP is a setting of IPVS mode.",
    check: ({ strictArp, proxyMode }) =>
      strictArp === true && proxyMode !== undefined && proxyMode !== "ipvs"
        ? { field: field.strictArp, message: `has no effect with proxy mode ${proxyMode}: strict ARP belongs to ipvs` }
        : undefined,
  },
  ...cniVersionWarnings,
  {
    code: "field-without-effect",
    fields: [...inertFields].map((name) => `spec.${name}`),
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
