import { expect, test } from "vitest";
import { isAvailable } from "./client-state.ts";

const metadata = { name: "openvpn-client", generation: 2 };
const status = { observedGeneration: 2, availableReplicas: 1 };

test.each([
  ["a pod of what is asked for", { metadata, status }, true],
  ["pods of what was asked for before", { metadata, status: { ...status, observedGeneration: 1 } }, false],
  ["no pod", { metadata, status: { observedGeneration: 2 } }, false],
  ["not looked at yet", { metadata }, false],
  ["going away", { metadata: { ...metadata, deletionTimestamp: "2026-01-01T00:00:00Z" }, status }, false],
  ["not there", undefined, false],
])("%s", (_what, deployment, available) => {
  expect(isAvailable(deployment)).toBe(available);
});
