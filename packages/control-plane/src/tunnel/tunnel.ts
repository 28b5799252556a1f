import type { Cluster } from "@fairlead/resources";

/** How the control plane reaches nodes, pods and services of the user cluster. */
export const tunnels = ["konnectivity", "openvpn"] as const;
export type Tunnel = (typeof tunnels)[number];

/**
 * Which tunnels a control plane has at one moment. Settled clusters have one; while a cluster is switched, the new one is
 * brought up beside the old one, and used only when its clients are connected.
 */
export interface TunnelStep {
  /** What kube-apiserver goes through. */
  use: Tunnel;
  /** Has its server side up, too, so that its clients can connect. */
  alongside?: Tunnel;
}

/** Where the client of a tunnel, on a node, finds its server. */
export interface TunnelEndpoint {
  host: string;
  port: number;
}

/** Of each tunnel that is served and whose address is known. */
export type TunnelEndpoints = Partial<Record<Tunnel, TunnelEndpoint>>;

/** KKP's meaning of the field: absent is false, and false is OpenVPN. */
export function wantedTunnel({ spec }: Pick<Cluster, "spec">): Tunnel {
  return spec.clusterNetwork?.konnectivityEnabled ? "konnectivity" : "openvpn";
}

export function otherTunnel(tunnel: Tunnel): Tunnel {
  return tunnel === "konnectivity" ? "openvpn" : "konnectivity";
}

export function serves({ use, alongside }: TunnelStep, tunnel: Tunnel): boolean {
  return use === tunnel || alongside === tunnel;
}
