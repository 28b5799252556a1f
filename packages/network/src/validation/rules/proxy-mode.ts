import { minorNumber } from "../../versions.ts";
import { field } from "../fields.ts";
import { invalid, notSupported, type Rule } from "../rule.ts";

const modes = ["ipvs", "iptables", "ebpf", "nftables"];
const olderModes = modes.filter((mode) => mode !== "nftables");
const NFTABLES_FROM = minorNumber("1.31");

/** Who forwards the packets of Services. */
export const proxyModeRules: readonly Rule[] = [
  {
    code: "proxy-mode-unknown",
    fields: [field.proxyMode],
    summary: "The proxy mode is ipvs, iptables, ebpf or nftables.",
    check: ({ proxyMode = "" }) =>
      modes.includes(proxyMode) ? undefined : notSupported(field.proxyMode, proxyMode, modes),
  },
  {
    code: "ebpf-without-cilium",
    fields: [field.proxyMode],
    summary: "Only Cilium replaces kube-proxy by eBPF.",
    check: ({ proxyMode, cniType }) =>
      proxyMode === "ebpf" && cniType !== "cilium"
        ? invalid(
            field.proxyMode,
            proxyMode,
            "expected ipvs, iptables or nftables: ebpf works with CNI type cilium only",
          )
        : undefined,
  },
  {
    code: "ebpf-without-konnectivity",
    fields: [field.proxyMode],
    summary: "Cilium replaces kube-proxy only where Konnectivity is on.",
    check: ({ proxyMode, konnectivity }) =>
      proxyMode === "ebpf" && konnectivity !== true
        ? invalid(field.proxyMode, proxyMode, `expected another mode, or ${field.konnectivity} to be true`)
        : undefined,
  },
  {
    code: "nftables-kubernetes-version",
    fields: [field.proxyMode],
    summary: "kube-proxy has its nftables mode from Kubernetes 1.31 on.",
    check: ({ proxyMode, kubernetesMinor }) =>
      proxyMode === "nftables" && kubernetesMinor < NFTABLES_FROM
        ? notSupported(field.proxyMode, proxyMode, olderModes, "nftables needs Kubernetes 1.31 or newer")
        : undefined,
  },
];
