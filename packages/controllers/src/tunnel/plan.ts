/**
 * Which tunnels a cluster has right now, and which clients. Pure.
 *
 * A switch goes in four phases. Each follows from what is there, so whoever is killed in between goes on where it was:
 * 1. `preparing`: the new server beside the old one, the new clients beside the old ones; used is the old tunnel.
 * 2. `switching`: the new clients are connected, so kube-apiserver restarts with the new tunnel.
 * 3. `retiring`: nothing uses the old tunnel any more, so its clients go.
 * 4. `settled`: its server goes, too.
 *
 * Until `retiring` the old tunnel is complete, and a step back loses nothing. While API servers are replaced one by one,
 * old and new ones each find their tunnel.
 * @module
 */
import { otherTunnel, type Tunnel, type TunnelStep } from "@fairlead/control-plane";

/** `idle`: there is no node that it could run on, and nothing to reach. */
export type ClientState = "connected" | "disconnected" | "idle" | "unknown";

export interface TunnelView {
  wanted: Tunnel;
  /** Whether the clients of the tunnel that is not wanted are in the cluster, and stay there. */
  othersClients: boolean;
  /** Of the tunnel that is wanted. */
  client: ClientState;
  /** What all replicas of kube-apiserver go through; undefined if that is not known, or if they differ. */
  inUse: Tunnel | undefined;
}

export type TunnelPhase = "preparing" | "switching" | "retiring" | "settled";

export interface TunnelPlan {
  wanted: Tunnel;
  phase: TunnelPhase;
  /** For the control plane. */
  step: TunnelStep;
  /** Tunnels whose clients belong into the user cluster. */
  clients: readonly Tunnel[];
}

export function planTunnel({ wanted, othersClients, client, inUse }: TunnelView): TunnelPlan {
  const other = otherTunnel(wanted);
  if (!othersClients) return { wanted, phase: "settled", step: { use: wanted }, clients: [wanted] };
  const isReady = client === "connected" || client === "idle";
  if (!isReady) {
    return { wanted, phase: "preparing", step: { use: other, alongside: wanted }, clients: [wanted, other] };
  }
  const phase = inUse === wanted ? "retiring" : "switching";
  const step: TunnelStep = { use: wanted, alongside: other };
  return { wanted, phase, step, clients: phase === "retiring" ? [wanted] : [wanted, other] };
}

export function samePlan(a: TunnelPlan, b: TunnelPlan): boolean {
  return a.wanted === b.wanted && a.phase === b.phase;
}
