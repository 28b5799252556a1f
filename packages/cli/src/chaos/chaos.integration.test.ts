import { afterAll, beforeAll, expect, test } from "vitest";
import type { Round } from "./rounds.ts";
import { chaosDirectory, runChaos } from "./run-chaos.ts";
import { SmallDisk } from "./small-disk.ts";

/** The short form of `npm run chaos`: a change of the type, a hand-over from add-on to application, and an upgrade beside a new cluster. */
const rounds: Round[] = [
  {
    change: { kind: "cni", to: { type: "cilium", version: "v1.12" } },
    delayMs: 1_500,
    fault: { kind: "kill", victim: "fairlead", againMs: 0 },
  },
  {
    change: { kind: "cni", to: { type: "cilium", version: "1.13.8" } },
    delayMs: 0,
    fault: { kind: "kill", victim: "helm", againMs: 0 },
  },
  {
    change: { kind: "cni", to: { type: "cilium", version: "1.18.10" } },
    delayMs: 2_500,
    fault: { kind: "full disk", forMs: 3_000 },
  },
  { change: { kind: "neighbour" }, delayMs: 1_000, fault: { kind: "pause", forMs: 12_000 } },
];

let data: string;
let disk: SmallDisk;

beforeAll(async () => {
  data = await chaosDirectory();
  disk = await SmallDisk.mount(data, 2_048);
});
afterAll(async () => {
  await disk?.[Symbol.asyncDispose]();
});

test("whatever goes wrong while a cluster changes, it becomes what its Cluster says, with one CNI and one release", async () => {
  const { hits } = await runChaos({ rounds, data, disk, print: () => undefined });
  expect(hits).toBeGreaterThanOrEqual(4);
});
