import type { ControlPlaneObservation } from "@fairlead/control-plane";
import { describe, expect, test } from "vitest";
import { testCluster } from "../testing/cluster.ts";
import { acceptedStatus, allUp, extendedHealth, refusedStatus } from "./status.ts";

const up: ControlPlaneObservation["health"] = { etcd: "up", apiserver: "up", controllerManager: "up", scheduler: "up" };
const now = new Date("2026-11-24T03:00:00Z");

function observation(health: Partial<ControlPlaneObservation["health"]> = {}): ControlPlaneObservation {
  return {
    health: { ...up, ...health },
    address: { url: "https://127.0.0.1:7000", host: "127.0.0.1", port: 7000 },
    adminKubeconfig: "",
    managerKubeconfig: "",
    version: "1.36.3",
  };
}

describe("extendedHealth", () => {
  test("everything is up only when the manager works in the cluster", () => {
    expect(allUp(extendedHealth(up, true))).toBe(true);
    expect(extendedHealth(up, false).applicationController).toBe("HealthStatusProvisioning");
  });
  test("without the API server nothing inside the cluster works", () => {
    const health = extendedHealth({ ...up, apiserver: "down" }, true);
    expect(health.apiserver).toBe("HealthStatusDown");
    expect(health.machineController).toBe("HealthStatusDown");
    expect(health.etcd).toBe("HealthStatusUp");
  });
});

describe("acceptedStatus", () => {
  test("a healthy control plane is Running with its version", () => {
    const status = acceptedStatus(testCluster(), observation(), { connected: true, now });
    expect(status.phase).toBe("Running");
    expect(status.versions?.controlPlane).toBe("1.36.3");
    expect(status.conditions?.SpecValid?.status).toBe("True");
    expect(status.errorReason).toBeNull();
  });
  test("a cluster that is not there yet is Creating, and says what it waits for", () => {
    const status = acceptedStatus(testCluster(), observation({ scheduler: "provisioning" }), { connected: true, now });
    expect(status.phase).toBe("Creating");
    expect(status.conditions?.ClusterControllerReconciledSuccessfully?.message).toBe("Waiting for scheduler");
  });
  test("what takes long is told with how far it is", () => {
    const activity = "kube-apiserver 1.35.4: compiling 312 of 1204 packages";
    const starting = { ...observation({ apiserver: "provisioning" }), activity };
    const status = acceptedStatus(testCluster(), starting, { connected: false, now });
    expect(status.conditions?.ClusterControllerReconciledSuccessfully?.message).toContain(`(${activity})`);
  });
  test("a running cluster does not fall back to Creating when a component is down", () => {
    const cluster = testCluster();
    cluster.status = { ...cluster.status, phase: "Running" };
    expect(acceptedStatus(cluster, observation({ scheduler: "down" }), { connected: true, now }).phase).toBe("Running");
  });
});

test("a refused spec carries the errors of the rules", () => {
  const status = refusedStatus(testCluster(), "spec.version: …", now);
  expect(status).toMatchObject({ errorReason: "InvalidConfiguration", errorMessage: "spec.version: …" });
  expect(status.conditions?.SpecValid).toMatchObject({ status: "False", observedGeneration: 1 });
});
