/**
 * What a round of chaos does: one change of a cluster's CNI, and something killed a moment later. Drawn from a seed, so that a
 * round that failed can be had again.
 * @module
 */
import fc from "fast-check";

export interface Cni {
  type: "canal" | "cilium";
  version: string;
}

/** Upgrades, downgrades, the hand-over from add-on to application, and changes of the type lie between these. */
export const cnis: readonly Cni[] = [
  { type: "canal", version: "v3.30" },
  { type: "canal", version: "v3.31" },
  { type: "cilium", version: "v1.12" },
  { type: "cilium", version: "1.13.8" },
  { type: "cilium", version: "1.18.10" },
  { type: "cilium", version: "1.19.4" },
];

/** `fairlead` is the whole installation, whose processes end with it; the others come back by its hand. */
export const victims = ["fairlead", "helm", "management kube-apiserver", "user kube-apiserver", "etcd"] as const;
export type Victim = (typeof victims)[number];

export interface Round {
  to: Cni;
  victim: Victim;
  /** Between the change and the kill. */
  delayMs: number;
  /** A second kill of Fairlead while it starts again; 0 for none. */
  againMs: number;
}

export function drawRounds(count: number, seed: number): Round[] {
  const round = fc.record({
    to: fc.constantFrom(...cnis),
    // The manager carries every change, so it is the one that is killed most.
    victim: fc.oneof({ weight: 3, arbitrary: fc.constant("fairlead" as const) }, fc.constantFrom(...victims)),
    delayMs: fc.integer({ min: 0, max: 12_000 }),
    againMs: fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 6_000 })),
  });
  return fc.sample(fc.noBias(round), { numRuns: count, seed });
}

/** Back to the add-on, Cilium's application is its user's to remove. */
export function needsUser(from: Cni, to: Cni): boolean {
  return from.type === "cilium" && to.type === "cilium" && !isAddon(from) && isAddon(to);
}

export function isAddon({ version }: Cni): boolean {
  return version.startsWith("v");
}
