import type { Deployment, StatefulSet } from "@fairlead/kube";
import { describe, expect, test } from "vitest";
import {
  controlPlaneHealth,
  describeWaiting,
  isRolledOut,
  isServed,
  oldestVersion,
  tunnelHealth,
  tunnelInUse,
} from "./health.ts";

const template = { spec: { containers: [] } };
const selector = {};

function deployment(name: string, status: Deployment["status"], labels: Record<string, string> = {}): Deployment {
  const metadata = { name, generation: 2, labels };
  return { kind: "Deployment", metadata, spec: { replicas: 2, selector, template }, status };
}

function etcd(readyReplicas: number): StatefulSet {
  const metadata = { name: "etcd", generation: 1 };
  return {
    kind: "StatefulSet",
    metadata,
    spec: { replicas: 3, serviceName: "etcd", selector, template },
    status: { observedGeneration: 1, replicas: 3, updatedReplicas: 3, readyReplicas },
  };
}

const complete = { observedGeneration: 2, replicas: 2, updatedReplicas: 2, readyReplicas: 2 };

describe("controlPlaneHealth", () => {
  test.each([
    [0, "provisioning"],
    [1, "provisioning"],
    [2, "up"],
    [3, "up"],
  ])("%i of 3 members of etcd: %s", (ready, expected) => {
    expect(controlPlaneHealth([etcd(ready)], undefined).etcd).toBe(expected);
  });

  test("a component that was up and has no ready replica is down, and stays so until it is up", () => {
    const before = { etcd: "up", apiserver: "up", controllerManager: "down", scheduler: "provisioning" } as const;
    expect(controlPlaneHealth([], before)).toEqual({ ...before, etcd: "down", apiserver: "down" });
  });

  test("a roll-out that the seed has given up is down", () => {
    const conditions = [{ type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded" }];
    expect(controlPlaneHealth([deployment("apiserver", { conditions })], undefined).apiserver).toBe("down");
  });

  test("one replica of two is enough to be up", () => {
    expect(controlPlaneHealth([deployment("scheduler", { readyReplicas: 1 })], undefined).scheduler).toBe("up");
  });
});

describe("the tunnel", () => {
  const apiServer = (status: Deployment["status"], volumes: { name: string }[] = []): Deployment => ({
    ...deployment("apiserver", status),
    spec: { replicas: 2, selector, template: { spec: { containers: [], volumes } } },
  });
  const egress = [{ name: "kube-apiserver-egress" }];

  test("in use is what all pods of kube-apiserver go through", () => {
    expect(tunnelInUse([apiServer(complete, egress)])).toBe("konnectivity");
    expect(tunnelInUse([apiServer(complete)])).toBe("openvpn");
    expect(tunnelInUse([apiServer({ ...complete, updatedReplicas: 1 }, egress)])).toBeUndefined();
    expect(tunnelInUse([])).toBeUndefined();
  });

  test("is as healthy as its server", () => {
    const health = { etcd: "up", apiserver: "up", controllerManager: "up", scheduler: "up" } as const;
    const [up, down] = [deployment("openvpn-server", complete), deployment("openvpn-server", {})];
    expect(tunnelHealth([], "konnectivity", health)).toBe("up");
    expect(tunnelHealth([], "konnectivity", { ...health, apiserver: "down" })).toBe("down");
    expect(tunnelHealth([up], "openvpn", health)).toBe("up");
    expect(tunnelHealth([down], "openvpn", health)).toBe("down");
    expect(tunnelHealth([down], "openvpn", { ...health, apiserver: "provisioning" })).toBe("provisioning");
    expect(isServed([up], "metrics-server")).toBe(false);
  });
});

describe("isRolledOut", () => {
  test.each<[string, Deployment["status"], boolean]>([
    ["all replicas are new and ready", complete, true],
    ["nothing is known yet", undefined, false],
    ["the controller has not seen the change", { ...complete, observedGeneration: 1 }, false],
    ["one replica is of the old template", { ...complete, updatedReplicas: 1 }, false],
    ["one replica is not ready", { ...complete, readyReplicas: 1 }, false],
    ["an old pod still ends", { ...complete, replicas: 3, readyReplicas: 3 }, false],
  ])("%s", (_, status, expected) => {
    expect(isRolledOut([deployment("apiserver", status)])).toBe(expected);
  });

  test("what is no workload is there as soon as it is applied", () => {
    expect(isRolledOut([{ kind: "Secret", metadata: { name: "etcd" } }])).toBe(true);
  });
});

test("what is waited for is told with how far it is", () => {
  const live = [etcd(3), deployment("apiserver", { ...complete, readyReplicas: 1 }), deployment("scheduler", complete)];
  expect(describeWaiting(live)).toBe("apiserver: 1 of 2 ready");
  expect(describeWaiting([etcd(3)])).toBeUndefined();
});

test("the version of a control plane is that of its oldest component", () => {
  const version = (text: string) => ({ "app.kubernetes.io/version": text });
  const live = [
    etcd(3),
    deployment("apiserver", complete, version("1.36.3")),
    deployment("scheduler", complete, version("1.35.4")),
  ];
  expect(oldestVersion(live)).toBe("1.35.4");
  expect(oldestVersion([])).toBeUndefined();
});
