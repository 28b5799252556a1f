import { identities } from "../pki/cluster-plan.ts";
import type { PkiPlan } from "../pki/pki.ts";
import { serves, type TunnelStep } from "./tunnel.ts";

export interface TunnelCertificateOptions {
  step: TunnelStep;
  /** Names and addresses under which agents reach the proxy-server. */
  proxyServer: { dnsNames: readonly string[]; ips: readonly string[] };
  /** Of the user cluster. */
  dnsDomain: string;
  /** Namespace of the control plane in its seed; absent where there is no seed. */
  seedNamespace?: string;
}

/** Common name of OpenVPN's client in the user cluster: its routes are configured under this name. */
export const userClusterVpnClient = "user-cluster-client";

/**
 * What the certificates of a control plane have to hold for its tunnels. The openvpn-ca lets in nobody but the two
 * kinds of clients it is made for. A tunnel that the step does not serve leaves nothing behind: `completePki` drops it.
 */
export function tunnelCertificates(options: TunnelCertificateOptions): Pick<PkiPlan, "authorities" | "certificates"> {
  const { step, proxyServer, dnsDomain, seedNamespace } = options;
  const metricsServerNames = [
    "metrics-server.kube-system.svc",
    `metrics-server.kube-system.svc.${dnsDomain}`,
    ...(seedNamespace === undefined ? [] : [`metrics-server.${seedNamespace}.svc.cluster.local`]),
  ];
  const plan: Pick<PkiPlan, "authorities" | "certificates"> = {
    authorities: {},
    certificates: {
      "metrics-server-serving": {
        issuer: "ca",
        commonName: "metrics-server",
        usages: ["server"],
        dnsNames: metricsServerNames,
      },
    },
  };
  if (serves(step, "konnectivity")) {
    plan.certificates["konnectivity-proxy"] = {
      issuer: "ca",
      commonName: "konnectivity-proxy",
      usages: ["server"],
      ...proxyServer,
    };
    plan.certificates["konnectivity-server"] = {
      issuer: "ca",
      commonName: identities.konnectivityUser,
      usages: ["client"],
    };
  }
  if (serves(step, "openvpn")) {
    plan.authorities["openvpn-ca"] = { commonName: "openvpn-ca" };
    plan.certificates["openvpn-server"] = { issuer: "openvpn-ca", commonName: "openvpn-server", usages: ["server"] };
    plan.certificates["openvpn-client"] = {
      issuer: "openvpn-ca",
      commonName: userClusterVpnClient,
      usages: ["client"],
    };
    plan.certificates["openvpn-internal-client"] = {
      issuer: "openvpn-ca",
      commonName: "internal-client",
      usages: ["client"],
    };
    plan.certificates["metrics-server"] = {
      issuer: "ca",
      commonName: identities.metricsServerUser,
      usages: ["client"],
    };
    plan.certificates["node-dnat"] = { issuer: "ca", commonName: identities.nodeDnatUser, usages: ["client"] };
  }
  return plan;
}
