/**
 * What a round of chaos does: a change that a user wants, and a moment later something that goes wrong. Drawn from a seed, so that
 * a round that failed can be had again.
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

export type Change =
  | { kind: "cni"; to: Cni }
  /** From Konnectivity to OpenVPN, or back. */
  | { kind: "tunnel" }
  /** A second cluster is created, or deleted if it is there. */
  | { kind: "neighbour" };

/** `fairlead` is the whole installation, whose processes end with it; the others come back by its hand. */
export const victims = [
  "fairlead",
  "helm",
  "management kube-apiserver",
  "user kube-apiserver",
  "etcd",
  "registry",
] as const;
export type Victim = (typeof victims)[number];

export type Fault =
  /** SIGKILL. `againMs`: a second kill of Fairlead that long after it starts again; 0 for none. */
  | { kind: "kill"; victim: Victim; againMs: number }
  /** Fairlead stands still, and with it the webhooks, while all servers run. */
  | { kind: "pause"; forMs: number }
  /** The disk of the data directory has no byte left. */
  | { kind: "full disk"; forMs: number }
  /** The clock that Fairlead reads is set forward or back. */
  | { kind: "clock"; byMs: number };

export interface Round {
  change: Change;
  /** Between change and fault. */
  delayMs: number;
  fault: Fault;
}

/** Kinds of faults, and how often each comes. */
const weights = { kill: 7, pause: 1, "full disk": 1, clock: 1 } as const satisfies Record<Fault["kind"], number>;
export const faultKinds = Object.keys(weights) as Fault["kind"][];

/** @param kinds of faults that may come */
export function drawRounds(count: number, seed: number, kinds: readonly Fault["kind"][]): Round[] {
  const round: fc.Arbitrary<Round> = fc.record({
    change: change(),
    delayMs: fc.integer({ min: 0, max: 12_000 }),
    fault: fault(kinds),
  });
  return fc.sample(fc.noBias(round), { numRuns: count, seed });
}

function change(): fc.Arbitrary<Change> {
  const cni = fc.record({ kind: fc.constant("cni" as const), to: fc.constantFrom(...cnis) });
  return fc.oneof(
    { weight: 6, arbitrary: cni },
    { weight: 2, arbitrary: fc.constant({ kind: "tunnel" as const }) },
    { weight: 2, arbitrary: fc.constant({ kind: "neighbour" as const }) },
  );
}

function fault(kinds: readonly Fault["kind"][]): fc.Arbitrary<Fault> {
  const kill = fc.record({
    kind: fc.constant("kill" as const),
    // The manager carries every change, so it is the one that is killed most.
    victim: fc.oneof({ weight: 2, arbitrary: fc.constant("fairlead" as const) }, fc.constantFrom(...victims)),
    againMs: fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 6_000 })),
  });
  const pause = fc.record({ kind: fc.constant("pause" as const), forMs: fc.integer({ min: 12_000, max: 20_000 }) });
  const disk = fc.record({ kind: fc.constant("full disk" as const), forMs: fc.integer({ min: 1_000, max: 15_000 }) });
  const minutes = fc.integer({ min: -120, max: 4 });
  const clock = minutes.map((value) => ({ kind: "clock" as const, byMs: value * 60_000 }));
  const faults: Record<Fault["kind"], fc.Arbitrary<Fault>> = { kill, pause, "full disk": disk, clock };
  return fc.oneof(...kinds.map((kind) => ({ weight: weights[kind], arbitrary: faults[kind] })));
}

export function describeRound({ change, delayMs, fault }: Round): string {
  return `${describeChange(change)}; after ${delayMs} ms ${describeFault(fault)}`;
}

function describeChange(change: Change): string {
  switch (change.kind) {
    case "cni":
      return `CNI to ${nameOf(change.to)}`;
    case "tunnel":
      return "the other tunnel";
    case "neighbour":
      return "a second cluster comes or goes";
    default:
      return change satisfies never;
  }
}

function describeFault(fault: Fault): string {
  switch (fault.kind) {
    case "kill": {
      const again = fault.victim === "fairlead" && fault.againMs > 0 ? `, and ${fault.againMs} ms after its start` : "";
      return `${fault.victim} killed${again}`;
    }
    case "pause":
      return `Fairlead stands still for ${fault.forMs} ms`;
    case "full disk":
      return `the disk full for ${fault.forMs} ms`;
    case "clock":
      return `the clock set by ${fault.byMs / 60_000} min`;
    default:
      return fault satisfies never;
  }
}

function nameOf({ type, version }: Cni): string {
  return `${type} ${version}`;
}

/** Back to the add-on, Cilium's application is its user's to remove. */
export function needsUser(from: Cni, to: Cni): boolean {
  return from.type === "cilium" && to.type === "cilium" && !isAddon(from) && isAddon(to);
}

/** Whether it comes to a call of helm for certain, unless the CNI asked for is there already. */
export function callsHelm(change: Change): boolean {
  return change.kind === "cni" && !isAddon(change.to);
}

export function isAddon({ version }: Cni): boolean {
  return version.startsWith("v");
}
