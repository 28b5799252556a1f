import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { resolveBinary } from "@fairlead/components";
import { builtin, type Deployment, waitFor } from "@fairlead/kube";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { testCluster } from "../cluster.fixture.ts";
import { SeedHarness } from "../kubernetes/seed.fixture.ts";
import { kwokArguments, kwokConfiguration } from "../local/kwok/configuration.ts";
import { dayMs, endingAt } from "../pki/pki.fixture.ts";
import type { ControlPlaneObservation } from "../provider.ts";
import { NetworkNamespace } from "./network-namespace.fixture.ts";
import { connect, keepCalling, type Relay, relay, servedUntil } from "./network-traffic.fixture.ts";
import { PodProcesses } from "./pod-processes.fixture.ts";

/**
 * A control plane out of a seed, and the node's end of its tunnel, run for real: etcd, kube-apiserver, proxy-server,
 * kube-controller-manager, kube-scheduler and two proxy-agents as processes from the specs that are in the seed and in the chart;
 * kwok's server is the kubelet. The control plane, each agent and the node have a network of their own:
 *
 *     control plane 10.97.i.2 --- 10.97.i.1 agent i 10.98.i.1 --- 10.98.i.2 node 10.98.0.2
 *
 * Nobody forwards packets, so only the agents reach the node. A second pod of kube-apiserver, which replaces the first, has a
 * network beside the control plane's: 10.96.0.1 --- 10.96.0.2.
 */
const run = promisify(execFile);
const id = "abc";
const namespace = `cluster-${id}`;
const nodeAddress = "10.98.0.2";
const logLine = "written on the node";
const page = "served on the node";
const chart = new URL("../../../../charts/addons/konnectivity-agent", import.meta.url).pathname;

let directory: string;
let seed: SeedHarness;
let observation: ControlPlaneObservation;
let controlPlane: NetworkNamespace;
let node: NetworkNamespace;
const networks: NetworkNamespace[] = [];
let etcd: PodProcesses;
let apiServer: PodProcesses;
const managers: Record<string, PodProcesses> = {};
const agents: PodProcesses[] = [];
/** Where the pod of kube-apiserver and proxy-server runs. */
let serving: NetworkNamespace;
/** Services and node ports of the control plane. */
const services: Relay[] = [];
let kubectlPath: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "fairlead-tunnel-"));
  // Other users than this one run the containers.
  await chmod(directory, 0o755);
  kubectlPath = await resolveBinary("kubectl");
  seed = await SeedHarness.start();
  seed.letRun("etcd", "apiserver", "controller-manager", "scheduler");
  observation = await seed.up(cluster);
  await createNetworks();
  await startControlPlane();
  await prepareUserCluster();
  await startNode();
  await startAgents();
});

const cluster = testCluster({
  id,
  spec: {
    componentsOverride: { etcd: { clusterSize: 1 }, apiserver: { replicas: 1 } },
    clusterNetwork: { ...testCluster().spec.clusterNetwork, konnectivityEnabled: true },
  },
});

afterAll(async () => {
  await seed?.[Symbol.asyncDispose]();
  await Promise.all(networks.map((network) => network.stop()));
  await rm(directory, { recursive: true, force: true });
});

function agentNetworks(): NetworkNamespace[] {
  return networks.slice(2, 4);
}

async function createNetworks(): Promise<void> {
  const create = async (name: string) => {
    const network = await NetworkNamespace.create(name, networks[0]);
    networks.push(network);
    return network;
  };
  controlPlane = await create("control-plane");
  serving = controlPlane;
  node = await create("node");
  await node.script(`ip address add ${nodeAddress}/32 dev lo`);
  for (const i of [1, 2]) {
    const agent = await create(`agent-${i}`);
    await agent.connectTo(controlPlane, { name: `up${i}`, here: `10.97.${i}.1/30`, there: `10.97.${i}.2/30` });
    await agent.connectTo(node, { name: `down${i}`, here: `10.98.${i}.1/30`, there: `10.98.${i}.2/30` });
    await agent.script(`ip route add ${nodeAddress} via 10.98.${i}.2`);
    await agent.script(`echo '10.97.${i}.2 ${observation.address.host}' > /etc/hosts`);
  }
}

/** The pod of a workload in the seed as it is now, in a network; nothing runs yet. */
async function mountPod(
  name: string,
  type: "StatefulSet" | "Deployment",
  place: { network: NetworkNamespace; ip: string; pod: string },
): Promise<PodProcesses> {
  const workload = await seed.client.get(builtin[type], { name, namespace });
  const podDirectory = join(directory, place.pod);
  await mkdir(podDirectory);
  return await PodProcesses.mount(workload.spec?.template.spec ?? { containers: [] }, {
    namespace: place.network,
    directory: podDirectory,
    read: (kind, object) => seed.client.get(builtin[kind], { name: object, namespace }),
    fields: { "status.podIP": place.ip, "metadata.name": place.pod },
  });
}

async function startControlPlane(): Promise<void> {
  const { host, port } = observation.address;
  const agentPort = observation.tunnel?.endpoints.konnectivity?.port;
  const names = [
    `etcd-0.etcd.${namespace}.svc.cluster.local`,
    `apiserver-external.${namespace}.svc.cluster.local`,
    host,
  ];
  await controlPlane.script(`echo '127.0.0.1 localhost ${names.join(" ")}' > /etc/hosts`);
  services.push(
    await relay(controlPlane, { listen: "0.0.0.0:443", target: "127.0.0.1:6443", directory }),
    await relay(controlPlane, { listen: `0.0.0.0:${port}`, target: "127.0.0.1:6443", directory }),
    await relay(controlPlane, { listen: `0.0.0.0:${agentPort}`, target: "127.0.0.1:8132", directory }),
  );

  const place = (pod: string) => ({ network: controlPlane, ip: "10.97.1.2", pod });
  etcd = await mountPod("etcd", "StatefulSet", place("etcd-0"));
  await etcd.start("etcd");
  apiServer = await mountPod("apiserver", "Deployment", place("apiserver-0"));
  await apiServer.start("kube-apiserver");
  await apiServer.start("konnectivity-server");
  await writeFile(join(directory, "admin"), observation.managerKubeconfig);
  await waitFor(async () => (await kubectl("get", "--raw", "/readyz").catch(() => "")) === "ok", {
    what: "kube-apiserver to be ready",
    timeoutMs: 150_000,
    intervalMs: 500,
  });
  await startManagers("0");
}

/** kube-controller-manager and kube-scheduler; those that ran before end. */
async function startManagers(generation: string): Promise<void> {
  for (const name of ["controller-manager", "scheduler"]) {
    await managers[name]?.stop(`kube-${name}`);
    const place = { network: controlPlane, ip: "10.97.1.2", pod: `${name}-${generation}` };
    managers[name] = await mountPod(name, "Deployment", place);
    await managers[name].start(`kube-${name}`);
  }
}

/** As somebody with all rights, from where the control plane is. */
async function kubectl(...args: string[]): Promise<string> {
  return await controlPlane.run(kubectlPath, [
    "--kubeconfig",
    join(directory, "admin"),
    "--cache-dir",
    directory,
    ...args,
  ]);
}

async function apply(objects: readonly object[]): Promise<void> {
  const file = join(directory, "objects.json");
  await writeFile(file, JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }));
  await kubectl("apply", "--server-side", "--force-conflicts", "--filename", file);
}

/** One node, and one pod that the scheduler places there. */
async function prepareUserCluster(): Promise<void> {
  await apply([
    ...(observation.userClusterObjects ?? []),
    {
      apiVersion: "v1",
      kind: "Node",
      metadata: {
        name: "node",
        annotations: { "kwok.x-k8s.io/node": "fake", "fairlead.dev/network-ready": "true" },
      },
    },
  ]);
  await waitFor(() => kubectl("-n", "default", "get", "serviceaccount", "default").catch(() => false), {
    what: "kube-controller-manager to make the ServiceAccount default",
    timeoutMs: 120_000,
    intervalMs: 500,
  });
  await apply([
    {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "pod", namespace: "default", annotations: { "fairlead.dev/sandbox": "ready" } },
      spec: {
        automountServiceAccountToken: false,
        containers: [{ name: "main", image: "example.test/image:1" }],
      },
    },
  ]);
  const status = {
    addresses: [{ type: "InternalIP", address: nodeAddress }],
    daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
  };
  await kubectl("patch", "node", "node", "--subresource=status", "--type=merge", "--patch", JSON.stringify({ status }));
}

/** kwok's server answers as a kubelet does; it learns of its pods from the API server, which it calls through an agent's network. */
async function startNode(): Promise<void> {
  const kwok = await resolveBinary("kwok");
  const apiVersion = "kwok.x-k8s.io/v1alpha1";
  const logs = join(directory, "pod.log");
  await writeFile(logs, `2026-11-25T00:00:00.000000000Z stdout F ${logLine}\n`);
  const configuration = [
    { apiVersion, kind: "ClusterLogs", metadata: { name: "all" }, spec: { logs: [{ logsFile: logs }] } },
    {
      apiVersion,
      kind: "ClusterPortForward",
      metadata: { name: "all" },
      spec: { forwards: [{ ports: [80], target: { port: 8080, address: "127.0.0.1" } }] },
    },
  ];
  const config = join(directory, "kwok.yaml");
  const stages = kwokConfiguration({ version: "1.36.3", dualStack: false, unavailableImages: [] });
  await writeFile(config, stages + configuration.map((document) => `---\n${JSON.stringify(document)}\n`).join(""));
  const [firstAgent] = agentNetworks();
  if (!firstAgent) throw new Error("there is no agent");
  await relay(firstAgent, { listen: "10.98.1.1:6443", target: "10.97.1.2:6443", directory });
  const kubeconfig = join(directory, "kwok.kubeconfig");
  const { host } = observation.address;
  const server = /server: \S+/;
  await writeFile(
    kubeconfig,
    observation.managerKubeconfig.replace(server, `server: https://10.98.1.1:6443\n      tls-server-name: ${host}`),
  );
  const serve = `require("node:http").createServer((_, answer) => answer.end(${JSON.stringify(page)})).listen(8080, "127.0.0.1")`;
  await node.start([process.execPath, "-e", serve], join(directory, "page.log"));
  await node.start(
    [
      kwok,
      ...kwokArguments({ kubeconfig, configFile: config, podCidr: "172.25.0.0/16" }),
      "--server-address=0.0.0.0:10250",
    ],
    join(directory, "kwok.log"),
  );
  await waitFor(async () => (await kubectl("get", "pod", "pod", "-o", "jsonpath={.status.phase}")) === "Running", {
    what: "the pod to run",
    timeoutMs: 120_000,
    intervalMs: 500,
  });
}

/** Both pods of the add-on, from its chart; tokens and the authority are what a kubelet would mount. */
async function startAgents(): Promise<void> {
  const { host, port } = observation.tunnel?.endpoints.konnectivity ?? {};
  const tunnel = { konnectivity: { host, port } };
  const values = join(directory, "values.json");
  await writeFile(values, JSON.stringify({ cluster: { tunnel } }));
  const { stdout } = await run(
    await resolveBinary("helm"),
    ["template", "test", chart, "-n", "kube-system", "-f", values],
    {
      env: { PATH: process.env.PATH, HOME: directory },
    },
  );
  const objects = parseAllDocuments(stdout).map((document) => document.toJS() as { kind: string });
  await apply(objects);
  const deployment = objects.find(({ kind }) => kind === "Deployment") as unknown as Deployment;
  const pod = deployment.spec?.template.spec ?? { containers: [] };
  const account = "system-konnectivity-agent";
  const audience = "system:konnectivity-server";
  const token = await kubectl("-n", "kube-system", "create", "token", account, "--audience", audience);
  const authority = /certificate-authority-data: (\S+)/.exec(observation.managerKubeconfig)?.[1] ?? "";
  for (const network of agentNetworks()) {
    const podDirectory = join(directory, network.name);
    await mkdir(podDirectory);
    const agent = await PodProcesses.mount(pod, {
      namespace: network,
      directory: podDirectory,
      read: (kind, name) => Promise.reject(new Error(`the agents mount ${kind} ${name}`)),
      fields: {},
      files: {
        "/var/run/secrets/tokens/system-konnectivity-agent-token": token.trim(),
        "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt": Buffer.from(authority, "base64").toString("utf8"),
      },
    });
    await agent.start("konnectivity-agent");
    agents.push(agent);
  }
  await waitFor(async () => (await metric("ready_backend_connections")) === 2, {
    what: "both agents to be connected",
    timeoutMs: 150_000,
    intervalMs: 500,
  });
}

/** A number of the proxy-server; those of all label sets added up. */
async function metric(name: string): Promise<number> {
  const fetchIt = `fetch(process.argv[1]).then((answer) => answer.text()).then((text) => process.stdout.write(text))`;
  const text = await serving.run(process.execPath, ["-e", fetchIt, "http://127.0.0.1:8133/metrics"]);
  const lines = [...text.matchAll(new RegExp(`^konnectivity_network_proxy_server_${name}(?:\\{.*\\})? (\\S+)$`, "gm"))];
  return lines.reduce((sum, [, value]) => sum + Number(value), 0);
}

/** As a Deployment does that may lack no replica: a pod of what is in the seed now, its Services lead there, the old one ends. */
async function replaceApiServer(): Promise<void> {
  const second = await NetworkNamespace.create("apiserver-1", networks[0]);
  networks.push(second);
  await second.connectTo(controlPlane, { name: "second", here: "10.96.0.2/30", there: "10.96.0.1/30" });
  const hosts = [
    `127.0.0.1 localhost apiserver-external.${namespace}.svc.cluster.local`,
    `10.96.0.1 etcd-0.etcd.${namespace}.svc.cluster.local`,
  ];
  await second.script(`printf '%s\\n' ${hosts.map((line) => `'${line}'`).join(" ")} > /etc/hosts`);
  await relay(second, { listen: "0.0.0.0:443", target: "127.0.0.1:6443", directory });
  const next = await mountPod("apiserver", "Deployment", { network: second, ip: "10.96.0.2", pod: "apiserver-1" });
  await next.start("kube-apiserver");
  await next.start("konnectivity-server");
  const asks = `fetch("https://10.96.0.2:6443/readyz").then(({ status }) => process.exit(status === 200 ? 0 : 1), () => process.exit(1))`;
  const insecure = ["NODE_TLS_REJECT_UNAUTHORIZED=0", process.execPath, "-e", asks];
  await waitFor(
    () =>
      controlPlane.run("env", insecure).then(
        () => true,
        () => false,
      ),
    {
      what: "the new kube-apiserver to be ready",
      timeoutMs: 150_000,
      intervalMs: 500,
    },
  );
  for (const service of services) await service.lead("10.96.0.2");
  const shutdownDelayMs = 1_000;
  await sleep(shutdownDelayMs);
  for (const container of ["kube-apiserver", "konnectivity-server"]) await apiServer.stop(container);
  apiServer = next;
  serving = second;
}

describe("Konnectivity, for real", () => {
  test("the control plane has no way to the node, and the agents have", async () => {
    await expect(connect(controlPlane, `${nodeAddress}:10250`)).rejects.toThrow("ENETUNREACH");
    for (const agent of agentNetworks()) await connect(agent, `${nodeAddress}:10250`);
  });

  test("kubectl logs goes through the tunnel, and the proxy-server has counted it", async () => {
    const before = await metric("dial_duration_seconds_count");
    expect(await kubectl("logs", "pod")).toBe(`${logLine}\n`);
    expect(await metric("dial_duration_seconds_count")).toBeGreaterThan(before);
  });

  test("kubectl port-forward does, too", async () => {
    const before = await metric("dial_duration_seconds_count");
    const forward = ["port-forward", "pod/pod", "9999:80"];
    const process_ = await controlPlane.start(
      [kubectlPath, "--kubeconfig", join(directory, "admin"), "--cache-dir", directory, ...forward],
      join(directory, "forward.log"),
    );
    const fetchIt = `fetch("http://127.0.0.1:9999").then((answer) => answer.text()).then((text) => process.stdout.write(text))`;
    const answer = await waitFor(() => controlPlane.run(process.execPath, ["-e", fetchIt]).catch(() => undefined), {
      what: "the page through port-forward",
      timeoutMs: 60_000,
      intervalMs: 500,
    });
    process_.kill();
    expect(answer).toBe(page);
    expect(await metric("dial_duration_seconds_count")).toBeGreaterThan(before);
  });

  test("kube-controller-manager and kube-scheduler do their work", async () => {
    expect(await kubectl("get", "pod", "pod", "-o", "jsonpath={.spec.nodeName}")).toBe("node");
    const leases = await kubectl("-n", "kube-system", "get", "lease", "-o", "jsonpath={.items[*].metadata.name}");
    expect(leases.split(" ")).toEqual(expect.arrayContaining(["kube-controller-manager", "kube-scheduler"]));
  });

  test("certificates near their end are renewed without losing the API, and the tunnel goes on", async () => {
    const ref = { name: "pki", namespace };
    const { data = {} } = await seed.client.get(builtin.Secret, ref);
    const recode = (files: Record<string, string>, from: BufferEncoding, to: BufferEncoding) =>
      Object.fromEntries(Object.entries(files).map(([file, text]) => [file, Buffer.from(text, from).toString(to)]));
    const near = await endingAt(recode(data, "base64", "utf8"), new Date(Date.now() + 60 * dayMs));
    await seed.client.mergePatch(builtin.Secret, ref, { data: recode(near, "utf8", "base64") });
    const first = await servedUntil(controlPlane, "127.0.0.1:6443");
    const stopCalling = await keepCalling(controlPlane, join(directory, "calls.log"));
    const renewed = await seed.up(cluster);
    await etcd.refresh();
    await replaceApiServer();
    await startManagers("1");
    await waitFor(async () => (await metric("ready_backend_connections")) === 2, {
      what: "both agents to be connected again",
      timeoutMs: 150_000,
      intervalMs: 500,
    });
    expect(await kubectl("logs", "pod")).toBe(`${logLine}\n`);
    const { calls, failures } = await stopCalling();
    expect(failures).toEqual([]);
    expect(calls).toBeGreaterThan(100);

    expect(renewed.managerKubeconfig).not.toBe(observation.managerKubeconfig);
    await writeFile(join(directory, "admin"), renewed.managerKubeconfig);
    await kubectl("-n", "default", "create", "configmap", "after-renewal");
    for (const address of ["10.96.0.2:6443", "10.96.0.2:8132", "127.0.0.1:2379", "127.0.0.1:10257"])
      expect(await servedUntil(controlPlane, address), address).toBeGreaterThan(first);
  });

  test("one agent is enough", async () => {
    await agents[0]?.stop("konnectivity-agent");
    await waitFor(async () => (await metric("ready_backend_connections")) === 1, {
      what: "the proxy-server to notice",
      timeoutMs: 120_000,
      intervalMs: 500,
    });
    expect(await kubectl("logs", "pod")).toBe(`${logLine}\n`);
  });

  test("without agents neither works", async () => {
    await agents[1]?.stop("konnectivity-agent");
    await waitFor(async () => (await metric("ready_backend_connections")) === 0, {
      what: "the proxy-server to notice",
      timeoutMs: 120_000,
      intervalMs: 500,
    });
    await expect(kubectl("logs", "pod")).rejects.toThrow(/No agent available/);
  });

  test("who has no token of the agents is not let in", async () => {
    const [network] = agentNetworks();
    const token = await kubectl(
      "-n",
      "default",
      "create",
      "token",
      "default",
      "--audience",
      "system:konnectivity-server",
    );
    await network?.script(`printf %s '${token.trim()}' > /var/run/secrets/tokens/system-konnectivity-agent-token`);
    await agents[0]?.start("konnectivity-agent");
    const log = join(directory, "apiserver-1", "konnectivity-server.log");
    await waitFor(async () => (await readFile(log, "utf8")).includes('incoming request from \\"default\\" namespace'), {
      what: "the refusal of the agent",
      timeoutMs: 120_000,
      intervalMs: 500,
    });
    expect(await metric("ready_backend_connections")).toBe(0);
  });
});
