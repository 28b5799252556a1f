import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { builtin, EventRecorder, waitFor } from "@fairlead/kube";
import { type ApiCluster, type ApiProject, clusterType, projectType } from "@fairlead/resources";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { type Ended, FairleadProcess, fairlead as runFairlead } from "../../testing/fairlead-process.ts";
import { type ServedApi, serveApi } from "../../testing/served-api.ts";

let api: ServedApi;

beforeAll(async () => {
  api = await serveApi();
});
afterAll(() => api?.stop());

function fairlead(...args: string[]): Promise<Ended> {
  return runFairlead(args, { cwd: api.cwd });
}

async function create(name: string, ...args: string[]): Promise<ApiCluster> {
  const { code, stdout, stderr } = await fairlead("cluster", "create", name, "-o", "json", ...args);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  return JSON.parse(stdout) as ApiCluster;
}

async function storedClusters(): Promise<string[]> {
  return (await api.management.list(clusterType)).items.map(({ spec }) => spec.humanReadableName).sort();
}

/** What the cluster controller writes when every component is up. */
async function bringUp(name: string): Promise<void> {
  const up = "HealthStatusUp";
  const components = { apiserver: up, etcd: up, scheduler: up, controller: up } as const;
  const status = { extendedHealth: components, versions: { controlPlane: "1.36.3" } };
  await api.management.mergePatchStatus(clusterType, { name }, { status });
}

describe("before there is anything", () => {
  test("lists are empty, for machines too", async () => {
    expect(await fairlead("cluster", "list")).toMatchObject({
      code: 0,
      stdout: "",
      stderr: expect.stringContaining("no project"),
    });
    expect(await fairlead("cluster", "list", "-o", "json")).toEqual({ code: 0, stdout: "[]\n", stderr: "" });
  });

  test("the first cluster brings its project along, and waits until that is set up", async () => {
    const creating = new FairleadProcess(["cluster", "create", "first", "--nodes", "0"], { cwd: api.cwd });
    const project = await waitFor(async () => (await api.management.list(projectType)).items.at(0), {
      what: "a project",
    });
    await api.management.mergePatchStatus(
      projectType,
      { name: project.metadata.name ?? "" },
      { status: { phase: "Active" } },
    );
    const { code, stdout, stderr } = await creating.ended;
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining('creating project "default"') });
    expect(stdout).toMatch(
      /^Cluster first \(\w{10}, Kubernetes 1\.36\.3, CNI canal v[\d.]+, ipvs, IPv4, datacenter local\) is being created\.\n$/,
    );
    expect(project.spec.name).toBe("default");
    expect(await storedClusters()).toEqual(["first"]);
  });
});

describe("creating", () => {
  test("what the options say is what is stored", async () => {
    const values = join(api.cwd, "values.yaml");
    await writeFile(values, "hubble:\n  enabled: true\n");
    const flags =
      "--cni cilium --cni-version 1.13.8 --konnectivity --proxy-mode ebpf --ip-family IPv4+IPv6 --no-node-local-dns";
    const { id } = await create(
      "wide",
      ...flags.split(" "),
      "--pods-cidr",
      "10.1.0.0/16,fd05::/48",
      "--cni-values",
      values,
    );
    const { spec, metadata } = await api.management.get(clusterType, { name: id });
    expect(spec.cniPlugin).toEqual({ type: "cilium", version: "1.13.8" });
    expect(spec.clusterNetwork).toMatchObject({
      ipFamily: "IPv4+IPv6",
      pods: { cidrBlocks: ["10.1.0.0/16", "fd05::/48"] },
      proxyMode: "ebpf",
      konnectivityEnabled: true,
      nodeLocalDNSCacheEnabled: false,
    });
    expect(metadata.annotations).toMatchObject({
      "kubermatic.io/initial-cni-values-request": '{"hubble":{"enabled":true}}',
      "kubermatic.io/initial-machinedeployment-request": '{"spec":{"replicas":2}}',
    });
  });

  test("a refusal lists every field on its own line, and nothing is stored", async () => {
    const before = await storedClusters();
    const { code, stdout, stderr } = await fairlead(
      "cluster",
      "create",
      "bad",
      "--proxy-mode",
      "ebpf",
      "--pods-cidr",
      "10.0.0.0/33",
    );
    expect({ code, stdout }).toEqual({ code: 4, stdout: "" });
    const [head, ...fields] = stderr.trimEnd().split("\n");
    expect(head).toBe("Error: invalid cluster:");
    expect(fields).toContainEqual(
      expect.stringMatching(/^ {2}spec\.clusterNetwork\.pods\.cidrBlocks\[0\]: .*10\.0\.0\.0\/33/),
    );
    expect(fields).toContainEqual(expect.stringMatching(/^ {2}spec\.clusterNetwork\.proxyMode: .*ebpf/));
    expect(await storedClusters()).toEqual(before);
  });

  test("warnings of the API go to standard error and leave the result alone", async () => {
    const { code, stdout, stderr } = await fairlead(
      "cluster",
      "create",
      "warned",
      "--cni",
      "cilium",
      "--proxy-mode",
      "ipvs",
      "-o",
      "json",
    );
    expect(code).toBe(0);
    expect(stderr).toMatch(/^Warning: .*ipvs/im);
    expect(JSON.parse(stdout)).toMatchObject({ name: "warned" });
  });

  test("a name that is taken", async () => {
    expect(await fairlead("cluster", "create", "first")).toMatchObject({
      code: 1,
      stderr: 'Error: cluster "first" already exists\n',
    });
  });

  test("values that are no values", async () => {
    const file = join(api.cwd, "list.yaml");
    await writeFile(file, "- a\n");
    expect(await fairlead("cluster", "create", "x", "--cni-values", file)).toMatchObject({
      code: 2,
      stderr: `Error: ${file} holds no Helm values: expected names and values, in YAML or JSON\n`,
    });
  });
});

describe("waiting", () => {
  test("ends when every component is up, having told each change once", async () => {
    const { id } = await create("waited");
    const waiting = new FairleadProcess(["cluster", "wait", "waited", "-o", "json"], { cwd: api.cwd });
    await waiting.saysOnStderr('Waiting for cluster "waited" to be ready');
    await api.management.mergePatchStatus(
      clusterType,
      { name: id },
      { status: { extendedHealth: { etcd: "HealthStatusUp" } } },
    );
    await waiting.saysOnStderr("etcd: up");
    await bringUp(id);
    const { code, stdout, stderr } = await waiting.ended;
    expect(code).toBe(0);
    expect(stderr.match(/etcd/g)).toHaveLength(1);
    expect(stderr).toMatch(/apiserver, scheduler, controller: up/);
    expect(JSON.parse(stdout)).toMatchObject({ id, status: { version: "1.36.3" } });
  });

  test("ends with 5 when the time is over, and says what was missing", async () => {
    const result = await fairlead("cluster", "create", "late", "--wait", "--timeout", "1s");
    expect(result).toMatchObject({ code: 5, stdout: "" });
    expect(result.stderr).toMatch(
      /^Error: cluster "late" is still to have all nodes ready after 1s: control plane not begun$/m,
    );
    expect(await storedClusters()).toContain("late");
  });

  test("Ctrl-C ends with 130 and leaves the operation to the server", async () => {
    const creating = new FairleadProcess(["cluster", "create", "interrupted", "--wait"], { cwd: api.cwd });
    await creating.saysOnStderr("Waiting for cluster");
    creating.kill("SIGINT");
    const { code, stderr } = await creating.ended;
    expect(code).toBe(130);
    expect(stderr).toMatch(
      /Error: interrupted: the creation of cluster "interrupted" goes on in the server; wait again with: fairlead cluster wait interrupted --for nodes-ready\n$/,
    );
    expect(await storedClusters()).toContain("interrupted");
  });

  test("ends when the last node is ready", async () => {
    const { id } = await create("noded");
    await bringUp(id);
    await api.management.create(builtin.Node, {
      metadata: { name: "worker-0", labels: { "fairlead.dev/simulated": "true" } },
    });
    api.reachable.add(id);
    const waiting = new FairleadProcess(["cluster", "wait", "noded", "--for", "nodes-ready"], { cwd: api.cwd });
    await waiting.saysOnStderr("nodes: 0/1 ready, simulated");
    const now = new Date().toISOString();
    const ready = {
      type: "Ready",
      status: "True",
      reason: "KubeletReady",
      lastHeartbeatTime: now,
      lastTransitionTime: now,
    };
    const status = { conditions: [ready], nodeInfo: { kubeletVersion: "v1.36.3" } };
    await api.management.mergePatchStatus(builtin.Node, { name: "worker-0" }, { status });
    expect(await waiting.ended).toMatchObject({
      code: 0,
      stdout: `Cluster noded (${id}): 4/4 components up, nodes 1/1 ready, simulated\n`,
    });
  });

  test("a cluster that was never there is deleted, but does not become ready", async () => {
    expect(await fairlead("cluster", "wait", "nobody", "--for", "deleted")).toMatchObject({ code: 0 });
    expect(await fairlead("cluster", "wait", "nobody")).toMatchObject({ code: 3 });
  });
});

describe("looking", () => {
  test("the table has a row for each cluster, with its state and ready nodes", async () => {
    const { code, stdout } = await fairlead("cluster", "list");
    const [header, ...rows] = stdout.trimEnd().split("\n");
    expect({ code, header: header?.split(/\s{2,}/) }).toEqual({
      code: 0,
      header: ["NAME", "ID", "VERSION", "CNI", "PROXY-MODE", "IP-FAMILY", "DATACENTER", "STATUS", "NODES", "AGE"],
    });
    expect(rows).toHaveLength((await storedClusters()).length);
    expect(rows.find((row) => row.startsWith("wide "))).toMatch(
      /1\.36\.3 +cilium 1\.13\.8 +ebpf +IPv4\+IPv6 +local +Creating +- +\d+[sm]/,
    );
    expect(rows.find((row) => row.startsWith("noded "))).toMatch(/Running +1\/1/);
    expect(stdout).not.toContain("\u001B");
  });

  test("JSON and YAML are exactly what the API says", async () => {
    const headers = { authorization: `Bearer ${api.token}` };
    const get = async <T>(path: string) => (await (await fetch(api.url + path, { headers })).json()) as T;
    const [project] = await get<ApiProject[]>("/api/v1/projects");
    const clusters = await get<ApiCluster[]>(`/api/v2/projects/${project?.id}/clusters`);
    expect(JSON.parse((await fairlead("cluster", "list", "-o", "json")).stdout)).toEqual(clusters);
    expect(parse((await fairlead("cluster", "list", "-o", "yaml")).stdout)).toEqual(clusters);
    const noded = clusters.find(({ name }) => name === "noded");
    expect(parse((await fairlead("cluster", "get", noded?.id ?? "", "-o", "yaml")).stdout)).toEqual(noded);
    expect(JSON.parse((await fairlead("project", "list", "-o", "json")).stdout)).toEqual([project]);
  });

  test("one cluster shows its network, its health and simulated nodes as such", async () => {
    const { stdout } = await fairlead("cluster", "get", "noded");
    expect(stdout).toMatch(/^Pods: +172\.25\.0\.0\/16$/m);
    expect(stdout).toMatch(/^Konnectivity: +no$/m);
    expect(stdout).toMatch(/^Health: +apiserver up, /m);
    expect(stdout).toMatch(/^worker-0 +Ready +1\.36\.3 +simulated/m);
  });

  test("what keeps a cluster from its way, and what happened to it, is shown", async () => {
    const [cluster] = (await api.management.list(clusterType)).items.filter(
      (one) => one.spec.humanReadableName === "noded",
    );
    if (!cluster) throw new Error("there is no cluster noded");
    const message = "spec.clusterNetwork.proxyMode: Invalid value";
    const conditions = { SpecValid: { status: "False", reason: "Invalid", message } } as const;
    await api.management.mergePatchStatus(
      clusterType,
      { name: cluster.metadata.name ?? "" },
      { status: { conditions } },
    );
    const recorder = new EventRecorder({ client: api.management, reportingController: "fairlead.dev/test" });
    const text = { type: "Warning", reason: "SpecRefused", action: "Validate", note: message } as const;
    await recorder.record({ ...cluster, apiVersion: clusterType.apiVersion, kind: clusterType.kind }, text);
    await recorder.record({ ...cluster, apiVersion: clusterType.apiVersion, kind: clusterType.kind }, text);
    expect((await fairlead("cluster", "get", "noded")).stdout).toMatch(/^Problems: +SpecValid: spec\.clusterNetwork/m);
    const { stdout } = await fairlead("cluster", "events", "noded");
    expect(stdout).toMatch(
      /^AGE +TYPE +COUNT +MESSAGE\n\d+s +Warning +2 +spec\.clusterNetwork\.proxyMode: Invalid value\n$/,
    );
    expect((await fairlead("cluster", "events", "first")).stderr).toContain("No events");
  });

  test("a cluster that is not there lists those that are", async () => {
    const { code, stderr } = await fairlead("cluster", "get", "nobody");
    expect(code).toBe(3);
    expect(stderr).toMatch(/^Error: cluster "nobody" not found; there are: .*first \(/);
  });
});

describe("deleting", () => {
  test("asks first; where nobody can answer nothing is deleted", async () => {
    expect(await fairlead("cluster", "delete", "first")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--yes"),
    });
    expect(await storedClusters()).toContain("first");
  });

  test("waits until the cluster is gone", async () => {
    const { id } = await create("doomed");
    const finalizers = ["fairlead.dev/test"];
    await api.management.mergePatch(clusterType, { name: id }, { metadata: { finalizers } });
    const deleting = new FairleadProcess(["cluster", "delete", "doomed", "--yes", "--wait"], { cwd: api.cwd });
    await deleting.saysOnStderr("the cluster: being deleted");
    expect((await fairlead("cluster", "list")).stdout).toMatch(/^doomed .* Deleting /m);
    await api.management.mergePatch(clusterType, { name: id }, { metadata: { finalizers: null } });
    expect(await deleting.ended).toMatchObject({ code: 0, stdout: `Cluster doomed (${id}) is deleted.\n` });
    expect(await storedClusters()).not.toContain("doomed");
  });

  test("a second project must be named, and can be deleted", async () => {
    const creating = new FairleadProcess(["project", "create", "second", "-o", "json"], { cwd: api.cwd });
    const project = await waitFor(
      async () => (await api.management.list(projectType)).items.find(({ spec }) => spec.name === "second"),
      { what: "the second project" },
    );
    await api.management.mergePatchStatus(
      projectType,
      { name: project.metadata.name ?? "" },
      { status: { phase: "Active" } },
    );
    expect(JSON.parse((await creating.ended).stdout)).toMatchObject({ name: "second", status: "Active" });
    expect(await fairlead("cluster", "list")).toMatchObject({ code: 2, stderr: expect.stringContaining("--project") });
    expect((await fairlead("cluster", "list", "--project", "second")).code).toBe(0);
    expect((await fairlead("project", "delete", "second", "--yes")).code).toBe(0);
    expect((await api.management.list(projectType)).items.map(({ spec }) => spec.name)).toEqual(["default"]);
  });
});
