import { builtin, waitFor } from "@fairlead/kube";
import {
  type ApiCluster,
  type ApiFieldExplanation,
  type ApiVersionExplanation,
  type Cluster,
  clusterType,
  machineDeploymentType,
  projectType,
  userClusterCrds,
} from "@fairlead/resources";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Ended, fairlead as runFairlead } from "../../testing/fairlead-process.ts";
import { type ServedApi, serveApi } from "../../testing/served-api.ts";

let api: ServedApi;
let id: string;

beforeAll(async () => {
  api = await serveApi();
  const name = "changes";
  await api.management.create(projectType, { metadata: { name }, spec: { name } });
  await api.management.mergePatchStatus(projectType, { name }, { status: { phase: "Active" } });
  const { stdout, stderr } = await fairlead(
    "cluster",
    "create",
    "demo",
    "--cni",
    "canal",
    "--cni-version",
    "v3.29",
    "-o",
    "json",
  );
  expect(stderr).not.toContain("Error");
  id = (JSON.parse(stdout) as ApiCluster).id;
});
afterAll(() => api?.stop());

function fairlead(...args: string[]): Promise<Ended> {
  return runFairlead(args, { cwd: api.cwd });
}

function stored(): Promise<Cluster> {
  return api.management.get(clusterType, { name: id });
}

describe("cluster update", () => {
  test("a dry run tells what would be, with its warnings, and stores nothing", async () => {
    const before = await stored();
    const { code, stdout, stderr } = await fairlead("cluster", "update", "demo", "--cni-version", "v3.30", "--dry-run");
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining("Warning: spec.cniPlugin.version") });
    expect(stdout).toMatch(
      /^Cluster demo \(.*CNI canal v3\.30.*\) would be changed \(dry run\): nothing was stored\.\n$/,
    );
    expect(await stored()).toEqual(before);
  });

  test("stores what the options say", async () => {
    const { code, stdout } = await fairlead(
      "cluster",
      "update",
      "demo",
      "--cni-version",
      "v3.30",
      "--konnectivity",
      "--label",
      "team=a,stage=b",
    );
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining("is changed.\n") });
    const { metadata, spec } = await stored();
    expect(spec).toMatchObject({ cniPlugin: { version: "v3.30" }, clusterNetwork: { konnectivityEnabled: true } });
    expect(metadata.labels).toMatchObject({ team: "a", stage: "b" });
    expect((await fairlead("cluster", "update", "demo", "--label", "stage-", "--no-konnectivity")).code).toBe(0);
    expect((await stored()).metadata.labels).not.toHaveProperty("stage");
    expect((await stored()).spec.clusterNetwork?.konnectivityEnabled).toBe(false);
  });

  test("what the rules refuse is refused, field by field", async () => {
    const { code, stderr } = await fairlead("cluster", "update", "demo", "--proxy-mode", "iptables");
    expect({ code, stderr }).toEqual({ code: 4, stderr: expect.stringContaining("spec.clusterNetwork.proxyMode") });
    expect(await fairlead("cluster", "update", "demo")).toMatchObject({ code: 2 });
    expect(await fairlead("cluster", "update", "nope", "--konnectivity")).toMatchObject({ code: 3 });
  });
});

describe("cluster upgrade-cni", () => {
  const annotation = async (name: string) => (await stored()).metadata.annotations?.[`fairlead.dev/${name}`];

  test("a dry run shows the steps; a target without a way is refused", async () => {
    const { code, stdout } = await fairlead("cluster", "upgrade-cni", "demo", "--to", "v3.28", "--dry-run");
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/\[ \] v3\.29\n.*\[ \] v3\.28\n/s) });
    expect(await annotation("cni-target-version")).toBeUndefined();
    expect(await fairlead("cluster", "upgrade-cni", "demo", "--to", "v9.9")).toMatchObject({
      code: 4,
      stderr: expect.stringContaining("target: "),
    });
    expect(await fairlead("cluster", "upgrade-cni", "demo", "--to", "v3.31", "--stop")).toMatchObject({ code: 2 });
  });

  test("starts, pauses, resumes and stops by annotations that kubectl can set, too", async () => {
    expect((await fairlead("cluster", "upgrade-cni", "demo", "--to", "v3.31")).code).toBe(0);
    expect(await annotation("cni-target-version")).toBe("v3.31");
    expect((await fairlead("cluster", "upgrade-cni", "demo", "--pause")).stdout).toContain("Target:  v3.31 (paused)");
    expect(await annotation("cni-upgrade-paused")).toBeDefined();
    expect((await fairlead("cluster", "upgrade-cni", "demo", "--resume")).code).toBe(0);
    expect(await annotation("cni-upgrade-paused")).toBeUndefined();
    expect((await fairlead("cluster", "upgrade-cni", "demo", "--stop")).code).toBe(0);
    expect(await annotation("cni-target-version")).toBeUndefined();
  });
});

describe("explain cluster", () => {
  test("says of each field where it comes from", async () => {
    const { code, stdout } = await fairlead("explain", "cluster", "demo");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^FIELD +VALUE +SOURCE +CHANGEABLE +REASON\n/);
    expect(stdout).toMatch(/^clusterNetwork\.proxyMode +ipvs +rule +with label unsafe-cni-migration +\w/m);
    expect(stdout).toMatch(/^clusterNetwork\.pods\.cidrBlocks +172\.25\.0\.0\/16 +/m);
    const fields = JSON.parse(
      (await fairlead("explain", "cluster", "demo", "-o", "json")).stdout,
    ) as ApiFieldExplanation[];
    expect(fields.map(({ field }) => field)).toContain("spec.clusterNetwork.dnsDomain");
  });

  test("says of each version whether, and how", async () => {
    const { stdout } = await fairlead("explain", "cluster", "demo", "--versions");
    expect(stdout).toMatch(/^VERSION +PHASE +REACHABLE +PATH +EXPLANATION\n/);
    expect(stdout).toMatch(/^v3\.30 +supported +current /m);
    expect(stdout).toMatch(/^v3\.31 +supported +yes +v3\.31 /m);
    expect(stdout).toMatch(/^v3\.24 +supported +(no|by steps) .*unsafe-cni-upgrade/m);
    const versions = JSON.parse(
      (await fairlead("explain", "cluster", "demo", "--versions", "-o", "json")).stdout,
    ) as ApiVersionExplanation[];
    expect(versions.find(({ current }) => current)?.version).toBe("v3.30");
  });
});

describe("cluster scale", () => {
  test("says so while the cluster cannot be reached", async () => {
    expect(await fairlead("cluster", "scale", "demo", "--nodes", "3")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("not ready yet"),
    });
  });

  test("sets the number of the only group of nodes, and asks which of several; all of them follow to a version", async () => {
    for (const crd of userClusterCrds()) {
      await api.management.apply(builtin.CustomResourceDefinition, crd, { fieldManager: "test" });
    }
    await waitFor(() => api.management.list(machineDeploymentType), { what: "the CRD of MachineDeployments" });
    api.reachable.add(id);
    expect(await fairlead("cluster", "scale", "demo", "--nodes", "3")).toMatchObject({ code: 3 });
    const namespace = "kube-system";
    await api.management.create(machineDeploymentType, { metadata: { name: "one", namespace }, spec: { replicas: 2 } });
    const { code, stdout } = await fairlead("cluster", "scale", "demo", "--nodes", "3");
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: "Machine deployment one of cluster demo is being scaled from 2 to 3 nodes.\n",
    });
    expect((await api.management.get(machineDeploymentType, { name: "one", namespace })).spec.replicas).toBe(3);
    await api.management.create(machineDeploymentType, { metadata: { name: "two", namespace }, spec: { replicas: 2 } });
    expect(await fairlead("cluster", "scale", "demo", "--nodes", "1")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("one, two"),
    });
    const raised = await fairlead("cluster", "upgrade-nodes", "demo", "--to", "1.35.4");
    expect(raised).toMatchObject({
      code: 0,
      stdout: "2 groups of nodes of cluster demo follow to Kubernetes 1.35.4.\n",
    });
    const { spec } = await api.management.get(machineDeploymentType, { name: "two", namespace });
    expect(spec.template?.spec?.versions?.kubelet).toBe("1.35.4");
    expect(await fairlead("cluster", "upgrade-nodes", "demo", "--to", "1.99.0", "--dry-run")).toMatchObject({
      code: 4,
      stderr: expect.stringContaining("version: "),
    });
    const two = await fairlead("cluster", "scale", "demo", "--nodes", "0", "--machine-deployment", "two", "-o", "json");
    expect(JSON.parse(two.stdout)).toMatchObject({ name: "two", spec: { replicas: 0 } });
  });
});
