import type { Addon, Cluster, Condition } from "@fairlead/resources";
import { describe, expect, test } from "vitest";
import { addonEvents, addonsApplied, clusterEvents, isAddonApplied } from "./plan.ts";

const network = {
  ipFamily: "IPv4",
  proxyMode: "ipvs",
  konnectivityEnabled: false,
  pods: { cidrBlocks: ["172.25.0.0/16"] },
  services: { cidrBlocks: ["10.240.16.0/20"] },
} as const;
const spec = {
  humanReadableName: "c",
  version: "1.35.4",
  cloud: { dc: "local" },
  exposeStrategy: "NodePort",
  cniPlugin: { type: "canal", version: "v3.30" },
  clusterNetwork: network,
} as const;
const failed = (message: string, reason = "ReconcilingError"): Condition => ({ status: "False", reason, message });
const held: Condition = { status: "True", reason: "Valid" };

function cluster(status: Cluster["status"] = { namespaceName: "cluster-c" }, changes: object = {}): Cluster {
  return {
    metadata: { name: "c" },
    spec: { ...spec, ...changes } as unknown as Cluster["spec"],
    ...(status ? { status } : {}),
  };
}

function told(old: Cluster, next: Cluster): string[] {
  return clusterEvents(old, next).map(({ type, reason, note }) => `${type} ${reason}: ${note}`);
}

const running = (conditions: Record<string, Condition>): Cluster["status"] => ({
  namespaceName: "cluster-c",
  address: { url: "https://c:1" },
  versions: { controlPlane: "1.35.4" },
  conditions,
});
const ready = "ClusterControllerReconciledSuccessfully";

describe("a cluster", () => {
  test.each<[string, Cluster, Cluster, string[]]>([
    ["that stays as it is", cluster(), cluster(), []],
    ["whose health is written anew", cluster(), cluster({ namespaceName: "cluster-c", lastUpdated: "x" }), []],
    [
      "that is accepted",
      cluster({}),
      cluster({ namespaceName: "cluster-c", conditions: { SpecValid: held } }),
      [
        "Normal Accepted: the cluster is created with Kubernetes 1.35.4, canal v3.30, IPv4, proxy mode ipvs, pods 172.25.0.0/16, services 10.240.16.0/20",
      ],
    ],
    [
      "that is refused",
      cluster({}),
      cluster({ conditions: { SpecValid: failed("spec.x: Invalid value", "Invalid") } }),
      ["Warning SpecRefused: spec.x: Invalid value"],
    ],
    [
      "that is refused for the same",
      cluster({ conditions: { SpecValid: failed("a", "Invalid") } }),
      cluster({ conditions: { SpecValid: { ...failed("a", "Invalid"), lastHeartbeatTime: "later" } } }),
      [],
    ],
    [
      "that is repaired",
      cluster(running({ SpecValid: failed("a", "Invalid") })),
      cluster(running({ SpecValid: held })),
      ["Normal SpecAccepted: the spec is valid again"],
    ],
    [
      "that is upgraded, with its CNI",
      cluster(),
      cluster(undefined, { version: "1.36.3", cniPlugin: { type: "canal", version: "v3.31" } }),
      [
        "Normal KubernetesChanged: Kubernetes changes from 1.35.4 to 1.36.3",
        "Normal CNIChanged: the CNI changes from canal v3.30 to canal v3.31",
      ],
    ],
    [
      "whose CNI is migrated, with Konnectivity and proxy mode",
      cluster(),
      cluster(undefined, {
        cniPlugin: { type: "none", version: "" },
        clusterNetwork: { ...network, proxyMode: "iptables", konnectivityEnabled: true },
      }),
      [
        "Normal CNIChanged: the CNI changes from canal v3.30 to no CNI",
        "Normal NetworkChanged: the proxy mode changes from ipvs to iptables",
        "Normal NetworkChanged: Konnectivity changes from off to on",
      ],
    ],
    ["whose spec changes before it is accepted", cluster({}), cluster({}, { version: "1.36.3" }), []],
    [
      "that is paused",
      cluster(),
      cluster(undefined, { pause: true }),
      ["Normal Paused: reconciling changes from active to paused"],
    ],
    [
      "whose control plane is ready",
      cluster(running({ [ready]: failed("Waiting for etcd", "ControlPlaneNotReady") })),
      cluster(running({ [ready]: held })),
      ["Normal ControlPlaneReady: Kubernetes 1.35.4 answers at https://c:1"],
    ],
    [
      "whose control plane fails",
      cluster(running({ [ready]: held })),
      cluster(running({ [ready]: failed("Waiting for etcd", "ControlPlaneNotReady") })),
      ["Warning ControlPlaneNotReady: Waiting for etcd"],
    ],
    [
      "one of whose controllers fails",
      cluster(running({})),
      cluster(running({ CNIControllerReconciledSuccessfully: failed("no definition") })),
      ["Warning ReconcilingError: CNIControllerReconciledSuccessfully: no definition"],
    ],
    [
      "that takes a step of an upgrade, which tells of itself",
      cluster(),
      cluster(
        {
          ...running({}),
          cniUpgrade: {
            from: "v3.30",
            target: "v3.31",
            state: "Progressing",
            steps: [{ version: "v3.31", state: "Pending" }],
            startedAt: "2026-01-01T00:00:00Z",
          },
        },
        { cniPlugin: { type: "canal", version: "v3.31" } },
      ),
      [],
    ],
  ])("%s", (_, old, next, expected) => {
    expect(told(old, next)).toEqual(expected);
  });

  test("that is deleted is said so once, and nothing else", () => {
    const deleted = { ...cluster({}), metadata: { name: "c", deletionTimestamp: "2026-01-01T00:00:00Z" } };
    expect(told(cluster(), deleted)).toEqual(["Normal Deleting: the cluster is being deleted"]);
    expect(told(deleted, { ...deleted, spec: cluster(undefined, { version: "1.36.3" }).spec })).toEqual([]);
  });
});

describe("an add-on", () => {
  const addon = (name: string, condition?: Condition): Addon => ({
    metadata: { name },
    spec: { name, cluster: { name: "c" } },
    ...(condition ? { status: { conditions: { AddonResourcesCreatedSuccessfully: condition } } } : {}),
  });
  const reasons = (old: Addon, next: Addon) =>
    addonEvents(old, next, cluster()).map(({ reason, note }) => [reason, note]);

  test("is told of when it is applied or fails, the CNI as such", () => {
    expect(reasons(addon("canal"), addon("canal", held))).toEqual([["CNIApplied", "canal v3.30 is applied"]]);
    expect(reasons(addon("multus"), addon("multus", held))).toEqual([]);
    expect(reasons(addon("multus", held), addon("multus", failed("no chart")))).toEqual([
      ["AddonFailed", "add-on multus: no chart"],
    ]);
    expect(reasons(addon("canal", held), addon("canal", held))).toEqual([]);
    expect(reasons(addon("canal", held), addon("canal", { ...held, reason: "Applied" }))).toEqual([]);
  });

  test("others that are applied are told together", () => {
    expect(isAddonApplied(addon("multus"), addon("multus", held), cluster())).toBe(true);
    expect(isAddonApplied(addon("multus", held), addon("multus", held), cluster())).toBe(false);
    expect(isAddonApplied(addon("canal"), addon("canal", held), cluster())).toBe(false);
    expect(addonsApplied(["multus"]).note).toBe("add-on multus is applied");
    expect(addonsApplied(["kube-proxy", "coredns"]).note).toBe("add-ons coredns, kube-proxy are applied");
  });
});
