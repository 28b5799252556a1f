import type { Tunnel } from "@fairlead/control-plane";
import { describe, expect, test } from "vitest";
import { type ClientState, planTunnel, type TunnelPlan, type TunnelView } from "./plan.ts";

const base: TunnelView = { wanted: "konnectivity", othersClients: true, client: "disconnected", inUse: "openvpn" };

describe("planTunnel", () => {
  test.each<[string, Partial<TunnelView>, Omit<TunnelPlan, "wanted">]>([
    [
      "new cluster",
      { othersClients: false, client: "unknown", inUse: undefined },
      { phase: "settled", step: { use: "konnectivity" }, clients: ["konnectivity"] },
    ],
    [
      "its agents are down: no reason to go back to what is not there",
      { othersClients: false, client: "disconnected", inUse: "konnectivity" },
      { phase: "settled", step: { use: "konnectivity" }, clients: ["konnectivity"] },
    ],
    [
      "switch asked for",
      {},
      {
        phase: "preparing",
        step: { use: "openvpn", alongside: "konnectivity" },
        clients: ["konnectivity", "openvpn"],
      },
    ],
    [
      "nothing known of the agents: as if they were not connected",
      { client: "unknown", inUse: undefined },
      {
        phase: "preparing",
        step: { use: "openvpn", alongside: "konnectivity" },
        clients: ["konnectivity", "openvpn"],
      },
    ],
    [
      "agents connected",
      { client: "connected" },
      { phase: "switching", step: { use: "konnectivity", alongside: "openvpn" }, clients: ["konnectivity", "openvpn"] },
    ],
    [
      "API servers are being replaced",
      { client: "connected", inUse: undefined },
      { phase: "switching", step: { use: "konnectivity", alongside: "openvpn" }, clients: ["konnectivity", "openvpn"] },
    ],
    [
      "all API servers use it",
      { client: "connected", inUse: "konnectivity" },
      { phase: "retiring", step: { use: "konnectivity", alongside: "openvpn" }, clients: ["konnectivity"] },
    ],
    [
      "agents lost before the old ones are gone",
      { client: "disconnected", inUse: "konnectivity" },
      {
        phase: "preparing",
        step: { use: "openvpn", alongside: "konnectivity" },
        clients: ["konnectivity", "openvpn"],
      },
    ],
    [
      "no nodes, so nothing to lose",
      { client: "idle" },
      { phase: "switching", step: { use: "konnectivity", alongside: "openvpn" }, clients: ["konnectivity", "openvpn"] },
    ],
    [
      "back again before anything has changed",
      { wanted: "openvpn", client: "connected", inUse: "openvpn" },
      { phase: "retiring", step: { use: "openvpn", alongside: "konnectivity" }, clients: ["openvpn"] },
    ],
  ])("%s", (_what, view, expected) => {
    const plan = planTunnel({ ...base, ...view });
    expect(plan).toEqual({ wanted: view.wanted ?? "konnectivity", ...expected });
  });

  test.each<[Tunnel, Tunnel]>([
    ["openvpn", "konnectivity"],
    ["konnectivity", "openvpn"],
  ])("from %s to %s: at every moment what is used has a server and its clients", (from, to) => {
    const clientStates: ClientState[] = ["connected", "disconnected", "unknown", "idle"];
    for (const othersClients of [true, false])
      for (const client of clientStates)
        for (const inUse of [from, to, undefined]) {
          const { step, clients } = planTunnel({ wanted: to, othersClients, client, inUse });
          expect(clients).toContain(step.use);
          // What is in use keeps clients and server as long as the clients are there.
          if (inUse === from && othersClients) {
            expect(clients).toContain(from);
            expect([step.use, step.alongside]).toContain(from);
          }
        }
  });

  test.each<[Tunnel, Tunnel]>([
    ["openvpn", "konnectivity"],
    ["konnectivity", "openvpn"],
  ])("from %s to %s: a world that follows the plan arrives, whoever forgets what he knew in between", (from, to) => {
    for (let forgetAt = 0; forgetAt < 8; forgetAt++) {
      const installed = new Set<Tunnel>([from]);
      let inUse: Tunnel | undefined = from;
      const uses: Tunnel[] = [];
      for (let round = 0; round < 12; round++) {
        const client: ClientState = round === forgetAt ? "unknown" : installed.has(to) ? "connected" : "disconnected";
        const plan = planTunnel({
          wanted: to,
          othersClients: installed.has(from),
          client,
          inUse: round === forgetAt ? undefined : inUse,
        });
        expect(installed.has(plan.step.use), `round ${round}: ${plan.phase}`).toBe(true);
        inUse = plan.step.use;
        uses.push(inUse);
        for (const tunnel of plan.clients) installed.add(tunnel);
        for (const tunnel of [from, to]) if (!plan.clients.includes(tunnel)) installed.delete(tunnel);
      }
      expect([...installed]).toEqual([to]);
      expect(uses.at(-1)).toBe(to);
    }
  });
});
