import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { Supervisor } from "@fairlead/components";
import { builtin, KubeClient, type Node, waitFor } from "@fairlead/kube";
import type { Cluster } from "@fairlead/resources";
import { pino } from "pino";
import type { ControlPlaneObservation } from "../provider.ts";
import { LocalControlPlaneProvider } from "./provider.ts";
import { localWebhookPki } from "./webhook-pki.ts";

const logger = pino({ level: process.env.FAIRLEAD_TEST_LOG ?? "silent" });
const never = new AbortController().signal;

/** A local provider with real binaries in a directory of its own, whose path holds a blank on purpose. */
export class LocalHarness {
  readonly directory: string;
  readonly #clients = new Map<string, KubeClient>();
  #running: { supervisor: Supervisor; provider: LocalControlPlaneProvider } | undefined;

  private constructor(directory: string) {
    this.directory = directory;
  }

  static async start(): Promise<LocalHarness> {
    const harness = new LocalHarness(await mkdtemp(join(tmpdir(), "fairlead local ")));
    await harness.start();
    return harness;
  }

  async start(): Promise<void> {
    const supervisor = new Supervisor({ stateDirectory: join(this.directory, "processes"), logger });
    await supervisor.cleanUpOrphans();
    const directory = join(this.directory, "data");
    const { authority } = await localWebhookPki(join(this.directory, "webhook"));
    const provider = await LocalControlPlaneProvider.start({
      directory,
      supervisor,
      webhookAuthority: authority,
      logger,
    });
    this.#running = { supervisor, provider };
  }

  get supervisor(): Supervisor {
    return this.#require().supervisor;
  }

  get provider(): LocalControlPlaneProvider {
    return this.#require().provider;
  }

  ensure(cluster: Cluster): Promise<ControlPlaneObservation> {
    return this.provider.ensure(cluster, { signal: never, logger });
  }

  /** Ensures the cluster and waits until every component is up. */
  async up(cluster: Cluster): Promise<ControlPlaneObservation> {
    const id = cluster.metadata.name ?? "";
    await this.ensure(cluster);
    await this.settled(id);
    return this.observation(id);
  }

  /** Waits until every component of a cluster is up, kwok included. */
  async settled(id: string): Promise<void> {
    await waitFor(
      () => {
        const health = Object.values(this.observation(id).health);
        return (
          health.every((state) => state === "up") && this.supervisor.get(`cluster-${id}/kwok`)?.state === "running"
        );
      },
      { what: `control plane of ${id}`, timeoutMs: 300_000 },
    );
  }

  observation(id: string): ControlPlaneObservation {
    const observation = this.provider.observe(id);
    if (observation === undefined) throw new Error(`nothing is known about cluster ${id}`);
    return observation;
  }

  /** As Fairlead's manager; for the address of the first call, so call `disconnect` after a move. */
  client(id: string): KubeClient {
    const client = this.#clients.get(id) ?? KubeClient.fromKubeconfig(this.observation(id).managerKubeconfig);
    this.#clients.set(id, client);
    return client;
  }

  async disconnect(): Promise<void> {
    await Promise.all([...this.#clients.values()].map((client) => client.close()));
    this.#clients.clear();
  }

  pid(id: string, component: string): number {
    const pid = this.supervisor.get(`cluster-${id}/${component}`)?.pid;
    if (pid === undefined) throw new Error(`${component} of ${id} does not run`);
    return pid;
  }

  pids(id: string): number[] {
    return this.supervisor.list().flatMap(({ name, pid }) => (name.startsWith(`cluster-${id}/`) && pid ? [pid] : []));
  }

  /** Registers a simulated node and waits for its report. */
  async createNode(id: string, name: string): Promise<void> {
    const annotations = { "kwok.x-k8s.io/node": "fake" };
    await this.client(id).create(builtin.Node, { metadata: { name, annotations } });
    await this.waitForNode(id, { name, what: "a report" }, (node) => readyReason(node) !== undefined);
  }

  /** What Fairlead's controller does once a CNI runs on the node, or is gone from it. */
  async setNetworkReady(id: string, { name, ready }: { name: string; ready: boolean }): Promise<void> {
    const annotations = { "fairlead.dev/network-ready": ready ? "true" : null };
    await this.client(id).mergePatch(builtin.Node, { name }, { metadata: { annotations } });
  }

  waitForNode(id: string, target: { name: string; what: string }, condition: (node: Node) => boolean): Promise<Node> {
    return waitFor(
      async (signal) => {
        const node = await this.client(id).get(builtin.Node, { name: target.name }, { signal });
        return condition(node) && node;
      },
      { what: `${target.what} of node ${target.name}` },
    );
  }

  async close(): Promise<void> {
    await this.disconnect();
    const running = this.#running;
    this.#running = undefined;
    await running?.provider.close();
    await running?.supervisor.stopAll();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
    await rm(this.directory, { recursive: true, force: true });
  }

  #require() {
    if (this.#running === undefined) throw new Error("the provider does not run");
    return this.#running;
  }
}

export function readyReason(node: Node): string | undefined {
  return node.status?.conditions?.find(({ type }) => type === "Ready")?.reason;
}

/**
 * Writes certificates that end soon, and waits until the API server serves them: at once, or within a minute where it cannot watch
 * files. A cluster takes twelve of the 128 inotify instances that Linux gives a user by default.
 * @returns when they end, in milliseconds
 */
export async function serveEnding(port: number, write: (end: Date) => Promise<void>): Promise<number> {
  const within = async (lifeMs: number) => {
    const end = Date.now() + lifeMs;
    await write(new Date(end));
    await untilServed(port, (until) => until <= end, lifeMs / 2);
    return end;
  };
  return await within(20_000).catch(() => within(200_000));
}

/** @param is told when the certificate that an API server serves ends, in milliseconds */
export async function untilServed(port: number, is: (until: number) => boolean, timeoutMs = 90_000): Promise<void> {
  await waitFor(async () => is(await servedUntil(port)), { what: "another certificate to be served", timeoutMs });
}

async function servedUntil(port: number): Promise<number> {
  const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false });
  await once(socket, "secureConnect");
  const { valid_to: end } = socket.getPeerCertificate();
  socket.destroy();
  return Date.parse(end);
}
