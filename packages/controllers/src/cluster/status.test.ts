import { ControlPlaneBlockedError, type ControlPlaneObservation } from "@fairlead/control-plane";
import { describe, expect, test } from "vitest";
import { testCluster, testNetwork } from "../testing/cluster.ts";
import {
  acceptedStatus,
  allUp,
  blockedStatus,
  extendedHealth,
  queuedStatus,
  refusedStatus,
  unavailableStatus,
} from "./status.ts";

const up: ControlPlaneObservation["health"] = { etcd: "up", apiserver: "up", controllerManager: "up", scheduler: "up" };
const reached = { version: "1.36.3", isWanted: true };
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

test("a cluster that waits for its turn is Creating, and nobody works on it before it is accepted", () => {
  const { phase, conditions, ...rest } = queuedStatus(testCluster(), now);
  expect([phase, conditions?.ClusterControllerReconciledSuccessfully?.reason, rest]).toEqual([
    "Creating",
    "WaitingForTurn",
    {},
  ]);
  expect(conditions?.SpecValid).toBeUndefined();
});

describe("acceptedStatus", () => {
  test("a healthy control plane is Running with its version", () => {
    const status = acceptedStatus(testCluster(), observation(), { connected: true, plan: reached, now });
    expect(status.phase).toBe("Running");
    expect(status.versions?.controlPlane).toBe("1.36.3");
    expect(status.conditions?.SpecValid?.status).toBe("True");
    expect(status.errorReason).toBeNull();
  });
  test("its owner is who the Cluster says it was created by, and stays", () => {
    const annotations = { "fairlead.dev/owner": '{"email":"ada@example.com","name":"Ada"}' };
    const cluster = { ...testCluster(), metadata: { ...testCluster().metadata, annotations } };
    const accept = (of: typeof cluster) => acceptedStatus(of, observation(), { connected: true, plan: reached, now });
    expect(accept(cluster)).toMatchObject({ userEmail: "ada@example.com", userName: "Ada" });
    expect(accept({ ...cluster, status: { userEmail: "eve@example.com" } })).not.toHaveProperty("userEmail");
    const broken = { "fairlead.dev/owner": "ada" };
    expect(accept({ ...cluster, metadata: { annotations: broken } } as never)).not.toHaveProperty("userEmail");
  });
  test("a cluster that is not there yet is Creating, and says what it waits for", () => {
    const status = acceptedStatus(testCluster(), observation({ scheduler: "provisioning" }), {
      connected: true,
      plan: reached,
      now,
    });
    expect(status.phase).toBe("Creating");
    expect(status.conditions?.ClusterControllerReconciledSuccessfully?.message).toBe("Waiting for scheduler");
  });
  test("what takes long is told with how far it is", () => {
    const activity = "kube-apiserver 1.35.4: compiling 312 of 1204 packages";
    const starting = { ...observation({ apiserver: "provisioning" }), activity };
    const status = acceptedStatus(testCluster(), starting, { connected: false, plan: reached, now });
    expect(status.conditions?.ClusterControllerReconciledSuccessfully?.message).toContain(`(${activity})`);
  });
  test("names the tunnel that is asked for, and forgets the other one", () => {
    const endpoints = { konnectivity: { host: "abc.example.com", port: 31000 } };
    const tunnel = { health: "down" as const, inUse: "konnectivity" as const, endpoints };
    const cluster = testCluster({ clusterNetwork: testNetwork({ konnectivityEnabled: true }) });
    const status = acceptedStatus(cluster, { ...observation(), tunnel }, { connected: true, plan: reached, now });
    expect(status.extendedHealth).toMatchObject({ konnectivity: "HealthStatusDown", openvpn: null });
    expect(status.tunnel).toEqual({ ...endpoints, openvpn: null });
    expect(status.conditions?.ClusterControllerReconciledSuccessfully?.message).toBe("Waiting for konnectivity");
  });
  test("a running cluster does not fall back to Creating when a component is down", () => {
    const cluster = testCluster();
    cluster.status = { ...cluster.status, phase: "Running" };
    expect(
      acceptedStatus(cluster, observation({ scheduler: "down" }), { connected: true, plan: reached, now }).phase,
    ).toBe("Running");
  });
});

describe("a new Kubernetes version", () => {
  const upgrading = testCluster();
  upgrading.status = {
    ...upgrading.status,
    phase: "Running",
    versions: { controlPlane: "1.35.4", apiserver: "1.35.4", controllerManager: "1.35.4", scheduler: "1.35.4" },
  };

  test("is on its way component by component", () => {
    const rolling = {
      ...observation({ controllerManager: "provisioning" }),
      version: "1.35.4",
      versions: { apiserver: "1.36.3", controllerManager: "1.35.4", scheduler: "1.35.4" },
    };
    const status = acceptedStatus(upgrading, rolling, { connected: true, plan: reached, now });
    expect(status.phase).toBe("Updating");
    expect(status.versions).toEqual({ apiserver: "1.36.3", controllerManager: "1.35.4", scheduler: "1.35.4" });
    expect(status.conditions?.KubernetesVersionReached).toMatchObject({ status: "False", reason: "RollingOut" });
  });
  test("that is held up says why, and the cluster goes on", () => {
    const obstacle = { reason: "KubeletsDoNotFit", message: "upgrade them first" };
    const plan = { version: "1.35.4", isWanted: false, obstacle };
    const status = acceptedStatus(upgrading, { ...observation(), version: "1.35.4" }, { connected: true, plan, now });
    expect(status).toMatchObject({
      phase: "Updating",
      versions: { controlPlane: "1.35.4" },
      errorReason: "UnsupportedChange",
      errorMessage: "spec.version: upgrade them first",
    });
    expect(status.conditions?.KubernetesVersionReached).toMatchObject({ status: "False", ...obstacle });
    expect(status.conditions?.ClusterControllerReconciledSuccessfully?.status).toBe("True");
  });
  test("that is reached ends it", () => {
    const status = acceptedStatus(upgrading, observation(), { connected: true, plan: reached, now });
    expect(status).toMatchObject({ phase: "Running", versions: { controlPlane: "1.36.3", scheduler: "1.36.3" } });
    expect(status.conditions?.KubernetesVersionReached).toMatchObject({ status: "True", reason: "Reached" });
  });
  test("that nobody can run is no reason to start anything", () => {
    const obstacle = { reason: "VersionNotAvailable", message: "there are no binaries" };
    const status = unavailableStatus(testCluster(), { version: undefined, isWanted: false, obstacle }, now);
    expect(status).toMatchObject({ phase: "Creating", errorMessage: "spec.version: there are no binaries" });
  });
});

test("a refused spec carries the errors of the rules", () => {
  const status = refusedStatus(testCluster(), "spec.version: …", now);
  expect(status).toMatchObject({ errorReason: "InvalidConfiguration", errorMessage: "spec.version: …" });
  expect(status.conditions?.SpecValid).toMatchObject({ status: "False", observedGeneration: 1 });
});

test("what blocks a cluster is told, and the rest of its status stays", () => {
  const error = new ControlPlaneBlockedError("SeedUnavailable", "Seed asia cannot be reached", { retryAfterMs: 1 });
  expect(blockedStatus(testCluster(), error, now)).toEqual({
    conditions: {
      ClusterControllerReconciledSuccessfully: expect.objectContaining({
        status: "False",
        reason: "SeedUnavailable",
        message: "Seed asia cannot be reached",
      }),
    },
  });
});
