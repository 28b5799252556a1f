import type { KubeClient } from "@fairlead/kube";
import type { SeedSettings } from "./seed-settings.ts";

/** A seed that answers. */
export interface ConnectedSeed {
  kind: "connected";
  settings: SeedSettings;
  /** Closed by its owner, after `signal` was aborted. */
  client: KubeClient;
  /** Aborted as soon as the seed no longer answers, or is talked to by another client: nothing may wait for it then. */
  signal: AbortSignal;
}

/** A seed that cannot be worked with. */
export interface UnavailableSeed {
  kind: "unavailable";
  name: string;
  /** Why, for the owners of its clusters. */
  problem: string;
}

export type SeedState = ConnectedSeed | UnavailableSeed;

/** The seeds there are, by name, and which datacenters are theirs. Whoever watches over seeds writes it. */
export class Seeds {
  readonly #seeds = new Map<string, { state: SeedState; datacenters: ReadonlySet<string> }>();
  readonly #listeners = new Set<(state: SeedState) => void>();

  set(name: string, state: SeedState, datacenters: Iterable<string>): void {
    this.#seeds.set(name, { state, datacenters: new Set(datacenters) });
    for (const listener of this.#listeners) listener(state);
  }

  get(name: string): SeedState | undefined {
    return this.#seeds.get(name)?.state;
  }

  delete(name: string): void {
    this.#seeds.delete(name);
  }

  forDatacenter(datacenter: string): SeedState | undefined {
    for (const { state, datacenters } of this.#seeds.values()) if (datacenters.has(datacenter)) return state;
    return undefined;
  }

  /** Called with each state that a seed takes on, at first with those they have. Returns how to stop that. */
  onChange(listener: (state: SeedState) => void): () => void {
    this.#listeners.add(listener);
    for (const { state } of this.#seeds.values()) listener(state);
    return () => this.#listeners.delete(listener);
  }
}
