import type { PkiPlan } from "../pki/pki.ts";
import type { TunnelObservation } from "../provider.ts";
import type { ControlPlaneSpec } from "../spec.ts";
import { tunnelCertificates } from "../tunnel/certificates.ts";
import type { TunnelStep } from "../tunnel/tunnel.ts";
import { loopback } from "./ports.ts";

/**
 * The tunnel of a cluster whose nodes are simulated. Nothing listens at these addresses and kube-apiserver has no egress
 * selector, since there is no node to carry traffic to; all objects are there as in a seed (docs/decisions/0014).
 */
export function simulatedTunnel(
  step: TunnelStep,
  { health, inUse }: Pick<TunnelObservation, "health" | "inUse">,
): TunnelObservation {
  return {
    health,
    inUse: health === "up" && inUse === step.use ? inUse : undefined,
    endpoints: { konnectivity: { host: loopback, port: 8132 }, openvpn: { host: loopback, port: 1194 } },
  };
}

/** Adds the keys of the tunnels that are served. */
export function withTunnel(plan: PkiPlan, spec: Pick<ControlPlaneSpec, "tunnel" | "dnsDomain">): PkiPlan {
  const { authorities, certificates } = tunnelCertificates({
    step: spec.tunnel,
    proxyServer: { dnsNames: [], ips: [loopback] },
    dnsDomain: spec.dnsDomain,
  });
  return {
    ...plan,
    authorities: { ...plan.authorities, ...authorities },
    certificates: { ...plan.certificates, ...certificates },
  };
}
