import { randomUUID } from "node:crypto";
import { startTestApiServer, TcpProxy, type TestApiServer } from "@fairlead/testkit";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { builtin } from "../builtin/builtin-types.ts";
import type { KubeClient } from "../client/kube-client.ts";
import { LeadershipLostError, Manager } from "../controller/manager.ts";
import { aborted, sleep } from "../sleep.ts";
import { waitFor } from "../wait-for.ts";
import { LeaderElector } from "./leader-elector.ts";

let server: TestApiServer;
let client: KubeClient;
const namespace = "default";
const timing = { leaseDurationMs: 4000, renewDeadlineMs: 3000, retryPeriodMs: 100 };

beforeAll(async () => {
  server = await startTestApiServer();
  client = server.client();
});
afterAll(async () => server?.stop());

/** A candidate that notes when it begins and ends to lead. */
function startCandidate(name: string, options: { identity: string; client?: KubeClient; log: string[] }) {
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const { identity, log } = options;
  const elector = new LeaderElector({ client: options.client ?? client, namespace, name, identity, ...timing });
  const ended = elector.run(stop.signal, async (leading) => {
    log.push(`${identity} begins`);
    await aborted(leading);
    log.push(`${identity} ends`);
  });
  return { stop, ended };
}

const leads = (log: string[], identity: string) =>
  waitFor(() => log.includes(`${identity} begins`), { what: `${identity} to lead`, timeoutMs: 20_000, intervalMs: 20 });

async function farClient() {
  const proxy = await TcpProxy.to(Number(new URL(server.url).port));
  onTestFinished(() => proxy[Symbol.asyncDispose]());
  return { proxy, far: server.client({ server: `https://127.0.0.1:${proxy.port}` }) };
}

describe("LeaderElector", () => {
  it("lets one of many lead, and the next follow at once when it ends", async () => {
    const log: string[] = [];
    const name = `handover-${randomUUID()}`;
    const first = startCandidate(name, { identity: "one", log });
    await leads(log, "one");
    startCandidate(name, { identity: "two", log });
    await new Promise((resolve) => setTimeout(resolve, 2 * timing.leaseDurationMs)); // longer than an unrenewed lease
    expect(log).toEqual(["one begins"]);
    const began = performance.now();
    first.stop.abort();
    await first.ended;
    await leads(log, "two");
    expect(performance.now() - began).toBeLessThan(timing.leaseDurationMs);
    expect(log).toEqual(["one begins", "one ends", "two begins"]);
    const lease = await client.get(builtin.Lease, { name, namespace });
    expect(lease.spec).toMatchObject({ holderIdentity: "two", leaseTransitions: 1 });
  });

  it("gives the lease back though a renewal is under way when it ends", async () => {
    const log: string[] = [];
    const name = `renewal-${randomUUID()}`;
    const slow = server.client();
    const { stop, ended } = startCandidate(name, { identity: "one", client: slow, log });
    await leads(log, "one");
    const isStored = new Promise<void>((resolve) => {
      vi.spyOn(slow, "replace").mockImplementationOnce(async (type, object, options) => {
        const stored = await client.replace(type, object);
        resolve();
        await sleep(500, options?.signal);
        return stored;
      });
    });
    await isStored;
    stop.abort();
    await ended;
    expect((await client.get(builtin.Lease, { name, namespace })).spec?.holderIdentity).toBe("");
  });

  it("stops a leader that cannot renew before another takes over", async () => {
    const log: string[] = [];
    const { proxy, far } = await farClient();
    const first = startCandidate("partition", { identity: "far", client: far, log });
    await leads(log, "far");
    startCandidate("partition", { identity: "near", log });
    proxy.cut();
    await leads(log, "near");
    await first.ended;
    expect(log).toEqual(["far begins", "far ends", "near begins"]);
  });

  it("elects exactly one of several that start together", async () => {
    const log: string[] = [];
    for (const identity of ["a", "b", "c", "d"]) startCandidate("race", { identity, log });
    await waitFor(() => log.length > 0, { what: "a leader" });
    await new Promise((resolve) => setTimeout(resolve, 5 * timing.retryPeriodMs));
    expect(log).toHaveLength(1);
  });

  it("refuses timings under which two could lead", () => {
    const options = { client, namespace, name: "x", identity: "y", leaseDurationMs: 1000, renewDeadlineMs: 1000 };
    expect(() => new LeaderElector(options)).toThrow(RangeError);
  });
});

describe("Manager with leader election", () => {
  it("runs leaders' work only while it leads, and throws when the lead is lost", async () => {
    const { proxy, far } = await farClient();
    const log: string[] = [];
    const stop = new AbortController();
    onTestFinished(() => stop.abort());
    const manager = new Manager({
      logger: pino({ level: "silent" }),
      leaderElection: { client: far, namespace, name: "manager", identity: "m1", ...timing },
    });
    const work = (name: string, needsLeaderElection: boolean) => ({
      needsLeaderElection,
      start: async (signal: AbortSignal) => {
        log.push(`${name} begins`);
        await aborted(signal);
        log.push(`${name} ends`);
      },
    });
    const running = manager.add(work("controller", true)).add(work("server", false)).run(stop.signal);
    await leads(log, "controller");
    proxy.cut();
    await expect(running).rejects.toThrow(LeadershipLostError);
    expect(log).toEqual(["server begins", "controller begins", "controller ends", "server ends"]);
  });
});
