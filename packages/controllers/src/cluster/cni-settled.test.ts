import type { DaemonSet } from "@fairlead/kube";
import type { ApplicationInstallation } from "@fairlead/resources";
import { expect, test } from "vitest";
import { daemonSetLacks, installationLacks } from "./cni-settled.ts";

const canal = { type: "canal", version: "v3.31", delivery: "addon" } as const;

function daemonSet(tag: string, status: DaemonSet["status"], generation = 2): DaemonSet {
  const containers = [
    { name: "calico-node", image: `127.0.0.1:5000/calico/node:${tag}` },
    { name: "flannel", image: "flannel:v0.24.4" },
  ];
  return {
    metadata: { name: "canal", generation },
    spec: { selector: {}, template: { spec: { containers } } },
    status,
  };
}

const rolledOut = { observedGeneration: 2, desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 2 };

test.each<[string, DaemonSet | undefined, string | undefined]>([
  ["nothing", undefined, "there is no DaemonSet canal yet"],
  ["another version", daemonSet("v3.30.4", rolledOut), "is not upgraded yet"],
  ["a version that begins alike", daemonSet("v3.310.1", rolledOut), "is not upgraded yet"],
  ["a roll-out that is not seen yet", daemonSet("v3.31.3", { ...rolledOut, observedGeneration: 1 }), "2 of 2 nodes"],
  ["half a roll-out", daemonSet("v3.31.3", { ...rolledOut, updatedNumberScheduled: 1 }), "1 of 2 nodes have it"],
  ["a pod that is not available", daemonSet("v3.31.3", { ...rolledOut, numberAvailable: 0 }), "0 of 2 nodes have it"],
  ["all", daemonSet("v3.31.3", rolledOut), undefined],
  ["all of no nodes", daemonSet("v3.31.3", { observedGeneration: 2, desiredNumberScheduled: 0 }), undefined],
])("a DaemonSet: %s", (_, found, expected) => {
  const lacks = daemonSetLacks(canal, found);
  if (expected === undefined) expect(lacks).toBeUndefined();
  else expect(lacks).toContain(expected);
});

function installation(version: string, status: "True" | "False", observedGeneration = 3): ApplicationInstallation {
  return {
    metadata: { name: "cilium", generation: 3 },
    spec: { applicationRef: { name: "cilium", version }, namespace: { name: "kube-system", create: false } },
    status: { conditions: { Ready: { status, observedGeneration, message: "the hook failed" } } },
  } as ApplicationInstallation;
}

test.each<[string, ApplicationInstallation | undefined, string | undefined]>([
  ["nothing", undefined, "no ApplicationInstallation cilium"],
  ["another version", installation("1.18.10", "True"), "is not ready"],
  ["not ready", installation("1.19.4", "False"), "the hook failed"],
  ["ready before the last change", installation("1.19.4", "True", 2), "is not ready"],
  ["ready", installation("1.19.4", "True"), undefined],
])("an installation: %s", (_, found, expected) => {
  const lacks = installationLacks({ type: "cilium", version: "1.19.4", delivery: "application" }, found);
  if (expected === undefined) expect(lacks).toBeUndefined();
  else expect(lacks).toContain(expected);
});
