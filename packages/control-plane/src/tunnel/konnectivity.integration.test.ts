import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { resolveBinary } from "@fairlead/components";
import { builtin, type Deployment, type PodSpec, waitFor } from "@fairlead/kube";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { testCluster } from "../cluster.fixture.ts";
import { SeedHarness } from "../kubernetes/seed.fixture.ts";
import { kwokConfiguration } from "../local/kwok/configuration.ts";
import type { ControlPlaneObservation } from "../provider.ts";
import { NetworkNamespace } from "./network-namespace.fixture.ts";
import { PodProcesses } from "./pod-processes.fixture.ts";

/**
 * A control plane out of a seed, and the node's end of its tunnel, run for real: etcd, kube-apiserver, proxy-server and two
 * proxy-agents as processes from the specs that are in the seed and in the chart; kwok's server is the kubelet. Each pod and the
 * node have a network of their own:
 *
 *     control plane 10.97.i.2 --- 10.97.i.1 agent i 10.98.i.1 --- 10.98.i.2 node 10.98.0.2
 *
 * Nobody forwards packets, so only the agents reach the node.
 */
const run = promisify(execFile);
const id = "abc";
const namespace = `cluster-${id}`;
const nodeAddress = "10.98.0.2";
const logLine = "written on the node";
const page = "served on the node";
const chart = new URL("../../../../charts/addons/konnectivity-agent", import.meta.url).pathname;

let directory: string;
let observation: ControlPlaneObservation;
let controlPlane: NetworkNamespace;
let node: NetworkNamespace;
const networks: NetworkNamespace[] = [];
const agents: PodProcesses[] = [];
let kubectlPath: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "fairlead-tunnel-"));
  // Other users than this one run the containers.
  await chmod(directory, 0o755);
  kubectlPath = await resolveBinary("kubectl");
  await using seed = await SeedHarness.start();
  seed.letRun("etcd", "apiserver", "controller-manager", "scheduler");
  const cluster = testCluster({
    id,
    spec: {
      componentsOverride: { etcd: { clusterSize: 1 }, apiserver: { replicas: 1 } },
      clusterNetwork: { ...testCluster().spec.clusterNetwork, konnectivityEnabled: true },
    },
  });
  observation = await seed.up(cluster);
  await createNetworks();
  await startControlPlane(seed);
  await prepareUserCluster();
  await startNode();
  await startAgents();
});

afterAll(async () => {
  await Promise.all(networks.map((network) => network.stop()));
  await rm(directory, { recursive: true, force: true });
});

async function createNetworks(): Promise<void> {
  const create = async (name: string) => {
    const network = await NetworkNamespace.create(name, networks[0]);
    networks.push(network);
    return network;
  };
  controlPlane = await create("control-plane");
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

/** What Services and node ports do: connections to one port reach another one. */
async function relay(network: NetworkNamespace, listen: string, target: string): Promise<void> {
  const code = `
    const [[host, port], [toHost, toPort]] = process.argv.slice(1).map((address) => address.split(":"));
    require("node:net").createServer((client) => {
      const server = require("node:net").connect(Number(toPort), toHost);
      for (const [a, b] of [[client, server], [server, client]]) a.on("error", () => b.destroy()).pipe(b);
    }).listen(Number(port), host);`;
  await network.start([process.execPath, "-e", code, listen, target], join(directory, "relay.log"));
}

async function startControlPlane(seed: SeedHarness): Promise<void> {
  const { host, port } = observation.address;
  const agentPort = observation.tunnel?.endpoints.konnectivity?.port;
  const names = [
    `etcd-0.etcd.${namespace}.svc.cluster.local`,
    `apiserver-external.${namespace}.svc.cluster.local`,
    host,
  ];
  await controlPlane.script(`echo '127.0.0.1 localhost ${names.join(" ")}' > /etc/hosts`);
  await relay(controlPlane, "0.0.0.0:443", "127.0.0.1:6443");
  await relay(controlPlane, `0.0.0.0:${port}`, "127.0.0.1:6443");
  await relay(controlPlane, `0.0.0.0:${agentPort}`, "127.0.0.1:8132");

  const [statefulSet, deployment] = [
    await seed.client.get(builtin.StatefulSet, { name: "etcd", namespace }),
    await seed.client.get(builtin.Deployment, { name: "apiserver", namespace }),
  ];
  const mount = async (name: string, pod: PodSpec) => {
    const podDirectory = join(directory, name);
    await mkdir(podDirectory);
    return await PodProcesses.mount(pod, {
      namespace: controlPlane,
      directory: podDirectory,
      read: (kind, object) => seed.client.get(builtin[kind], { name: object, namespace }),
      fields: { "status.podIP": "10.97.1.2", "metadata.name": name },
    });
  };
  const etcd = await mount("etcd-0", statefulSet.spec?.template.spec ?? { containers: [] });
  await etcd.start("etcd");
  const apiServer = await mount("apiserver-0", deployment.spec?.template.spec ?? { containers: [] });
  await apiServer.start("kube-apiserver");
  await apiServer.start("konnectivity-server");
  await writeFile(join(directory, "admin"), observation.managerKubeconfig);
  await waitFor(async () => (await kubectl("get", "--raw", "/readyz").catch(() => "")) === "ok", {
    what: "kube-apiserver to be ready",
    timeoutMs: 150_000,
    intervalMs: 500,
  });
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

/** Of its objects only those that no other controller would have to act on; one node, and one pod that runs there. */
async function prepareUserCluster(): Promise<void> {
  await apply([
    ...(observation.userClusterObjects ?? []),
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "default", namespace: "default" } },
    { apiVersion: "v1", kind: "Node", metadata: { name: "node", annotations: { "kwok.x-k8s.io/node": "fake" } } },
  ]);
  await apply([
    {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "pod", namespace: "default", annotations: { "fairlead.dev/sandbox": "ready" } },
      spec: {
        nodeName: "node",
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
  const [firstAgent] = networks.slice(2);
  if (!firstAgent) throw new Error("there is no agent");
  await relay(firstAgent, "10.98.1.1:6443", "10.97.1.2:6443");
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
      `--kubeconfig=${kubeconfig}`,
      `--config=${config}`,
      "--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake",
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
  for (const network of networks.slice(2)) {
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
  const text = await controlPlane.run(process.execPath, ["-e", fetchIt, "http://127.0.0.1:8133/metrics"]);
  const lines = [...text.matchAll(new RegExp(`^konnectivity_network_proxy_server_${name}(?:\\{.*\\})? (\\S+)$`, "gm"))];
  return lines.reduce((sum, [, value]) => sum + Number(value), 0);
}

/** Rejects with what the other side, or nobody, said. */
async function connect(network: NetworkNamespace, address: string): Promise<string> {
  const [host, port] = address.split(":");
  const code = `
    const socket = require("node:net").connect({ host: "${host}", port: ${port}, timeout: 5000 });
    socket.on("connect", () => process.exit(0)).on("timeout", () => process.exit(2)).on("error", (error) => {
      console.error(error.code);
      process.exit(1);
    });`;
  return await network.run(process.execPath, ["-e", code]);
}

describe("Konnectivity, for real", () => {
  test("the control plane has no way to the node, and the agents have", async () => {
    await expect(connect(controlPlane, `${nodeAddress}:10250`)).rejects.toThrow("ENETUNREACH");
    for (const agent of networks.slice(2)) await connect(agent, `${nodeAddress}:10250`);
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
    const [network] = networks.slice(2);
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
    const log = join(directory, "apiserver-0", "konnectivity-server.log");
    await waitFor(async () => (await readFile(log, "utf8")).includes('incoming request from \\"default\\" namespace'), {
      what: "the refusal of the agent",
      timeoutMs: 120_000,
      intervalMs: 500,
    });
    expect(await metric("ready_backend_connections")).toBe(0);
  });
});
