/**
 * What is told of a CNI whose Helm values are changed. Pure.
 * @module
 */
import { deliveryObjection, type PreflightFinding } from "@fairlead/admission";
import type { Catalogue } from "@fairlead/network";
import type { Cluster, CniValuesChangeStatus } from "@fairlead/resources";
import type { DeliveredCni, ValuesChangeOutcome } from "../cni-upgrade/delivered.ts";
import { held } from "./plan-version.ts";
import { requestedChange, type ValuesChange, type ValuesChangeRecord } from "./values-change.ts";

/** @param isTaken whether the Cluster's annotation has done its work */
export function watchedChange(delivered: DeliveredCni, record: ValuesChangeRecord, isTaken: boolean): DeliveredCni {
  const told = (state: CniValuesChangeStatus["state"], message: string): DeliveredCni => ({
    ...delivered,
    valuesChange: { ...identity(record), startedAt: record.startedAt, state, message, isTaken },
  });
  switch (delivered.state) {
    case "ready":
      return told("Done", `${delivered.version} runs with changed values`);
    case "failed":
      return told("Failed", `${delivered.message}; the values become what they were before`);
    case "rolling-out":
    case "held": {
      const by = record.rollout ? `, which roll-out ${record.rollout.name} asks for` : "";
      const message = `${delivered.version} is being rolled out with changed values`;
      return { ...told("RollingOut", message), message: `${message}${by}` };
    }
    default:
      return delivered.state satisfies never;
  }
}

export function blockedChange(
  delivered: DeliveredCni,
  request: ValuesChange,
  findings: readonly PreflightFinding[],
): DeliveredCni {
  const { message, requeueAfterMs = 0 } = held(delivered.version, findings);
  return {
    ...delivered,
    requeueAfterMs: Math.min(requeueAfterMs, delivered.requeueAfterMs ?? requeueAfterMs),
    valuesChange: { ...identity(request), state: "Blocked", message, isTaken: false },
  };
}

export function lostChange(delivered: DeliveredCni, change: CniValuesChangeStatus): DeliveredCni {
  const message = "the ApplicationInstallation was made anew meanwhile, and has the values that a new one has";
  return { ...delivered, valuesChange: { ...change, state: "Failed", message, isTaken: false } };
}

/** Where the CNI comes as add-on, or is the user's own; undefined if nothing is asked for there. */
export function changeWithoutValues(cluster: Cluster, catalogue: Catalogue): ValuesChangeOutcome | undefined {
  const message = deliveryObjection(cluster, catalogue);
  if (message === undefined) return undefined;
  const request = requestedChange(cluster);
  if (request) return { ...identity(request), state: "Blocked", message, isTaken: false };
  const [last] = cluster.status?.cniValuesChanges ?? [];
  return last?.state === "RollingOut" ? { ...last, state: "Failed", message, isTaken: false } : undefined;
}

function identity({ digest, rollout }: ValuesChange): Pick<CniValuesChangeStatus, "digest" | "rollout"> {
  return { digest, ...(rollout ? { rollout } : {}) };
}
