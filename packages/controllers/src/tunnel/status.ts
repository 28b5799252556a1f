/**
 * What a Cluster says about its tunnel. Pure.
 * @module
 */
import { otherTunnel, type Tunnel } from "@fairlead/control-plane";
import type { ConditionUpdate } from "../conditions.ts";
import type { ClientState, TunnelPlan } from "./plan.ts";

export const TUNNEL_READY = "TunnelReady";

const tunnelNames: Record<Tunnel, string> = { konnectivity: "Konnectivity", openvpn: "OpenVPN" };

/** The Deployment, and the add-on, of a tunnel's clients. */
export const tunnelClients: Record<Tunnel, string> = { konnectivity: "konnectivity-agent", openvpn: "openvpn-client" };
const clientAddons: ReadonlySet<string> = new Set(Object.values(tunnelClients));

/** Whether an Addon of this name is the part of a tunnel that runs in the user cluster. */
export function isTunnelClient(addon: string): boolean {
  return clientAddons.has(addon);
}

export function tunnelCondition(
  plan: TunnelPlan,
  { client, simulated }: { client: ClientState; simulated: boolean },
): ConditionUpdate {
  const { wanted } = plan;
  const [from, to] = [tunnelNames[otherTunnel(wanted)], tunnelNames[wanted]];
  const clients = tunnelClients[wanted];
  switch (plan.phase) {
    case "preparing": {
      const message = `Switching from ${from} to ${to}: waiting for ${clients} to connect; ${from} is in use until then`;
      return { status: "False", reason: "WaitingForClients", message };
    }
    case "switching": {
      const message = `Switching from ${from} to ${to}: the control plane restarts with ${to}`;
      return { status: "False", reason: "Switching", message };
    }
    case "retiring": {
      const message = `Switched from ${from} to ${to}: removing ${tunnelClients[otherTunnel(wanted)]}`;
      return { status: "True", reason: "RemovingOldTunnel", message };
    }
    case "settled":
      return settled();
  }

  function settled(): ConditionUpdate {
    switch (client) {
      case "connected": {
        const message = simulated
          ? `${to} is simulated, as the nodes are: no traffic goes through it`
          : `The control plane reaches the nodes by ${to}`;
        return { status: "True", reason: simulated ? "Simulated" : "Connected", message };
      }
      case "idle":
        return { status: "Unknown", reason: "NoNodes", message: `${to} waits for the first node` };
      case "disconnected":
      case "unknown":
        return { status: "False", reason: "WaitingForClients", message: `Waiting for ${clients} to connect` };
    }
  }
}
