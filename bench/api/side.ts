import { forEachConcurrently } from "@fairlead/kube";
import type { BenchWorld } from "../fleet/world.ts";

/** Milliseconds of each request. */
export type Latencies = number[];

interface SideOptions<T> {
  /** How many ask at once. */
  clients: number;
  create: (item: T) => Promise<unknown>;
  /** That its own process has used. */
  cpuSeconds: () => Promise<number>;
}

/** One of those that are compared, and what its creations took so far. */
export class Side<T> {
  latencies: Latencies = [];
  /** Seconds. */
  ownCpu = 0;
  managementCpu = 0;
  readonly #world: BenchWorld;
  readonly #options: SideOptions<T>;

  constructor(world: BenchWorld, options: SideOptions<T>) {
    this.#world = world;
    this.#options = options;
  }

  async createAll(items: readonly T[]): Promise<void> {
    const { clients, create, cpuSeconds } = this.#options;
    const [own, management] = await Promise.all([cpuSeconds(), this.#world.managementCpu()]);
    this.latencies.push(...(await timed(items, { clients, send: create, signal: this.#world.signal })));
    this.managementCpu += (await this.#world.managementCpu()) - management;
    this.ownCpu += (await cpuSeconds()) - own;
  }

  /** What was measured so far. */
  forget(): void {
    this.latencies = [];
    this.ownCpu = 0;
    this.managementCpu = 0;
  }

  /** Milliseconds of CPU for each creation. */
  get costs(): { own: number; management: number } {
    const perCreation = 1000 / this.latencies.length;
    return { own: this.ownCpu * perCreation, management: this.managementCpu * perCreation };
  }
}

interface Requests<T> {
  clients: number;
  send: (item: T) => Promise<unknown>;
  signal: AbortSignal;
}

/** Closed loop: each client asks again as soon as it has its answer. */
export async function timed<T>(items: readonly T[], { clients, send, signal }: Requests<T>): Promise<Latencies> {
  const latencies: Latencies = [];
  await forEachConcurrently(items, clients, async (item) => {
    signal.throwIfAborted();
    const since = performance.now();
    await send(item);
    latencies.push(performance.now() - since);
  });
  return latencies;
}
