import { expect, test } from "vitest";
import type { Round } from "./rounds.ts";
import { runChaos } from "./run-chaos.ts";

/** The short form of `npm run chaos`: a change of the type, a hand-over from add-on to application, and an upgrade. */
const rounds: Round[] = [
  { to: { type: "cilium", version: "v1.12" }, victim: "fairlead", delayMs: 1_500, againMs: 0 },
  { to: { type: "cilium", version: "1.13.8" }, victim: "helm", delayMs: 0, againMs: 0 },
  { to: { type: "cilium", version: "1.18.10" }, victim: "fairlead", delayMs: 2_500, againMs: 3_000 },
];

test("whatever is killed while a CNI changes, the cluster becomes what its Cluster says, with one CNI and one release", async () => {
  const { kills } = await runChaos({ rounds, print: () => undefined });
  expect(kills).toBeGreaterThanOrEqual(3);
});
