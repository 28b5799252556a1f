import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { resolveBinary } from "@fairlead/components";
import { type ConfigMap, type Deployment, type KubeObject, type PodSpec, type Secret, waitFor } from "@fairlead/kube";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { issueCertificate, type KeyPair } from "../pki/certificate.ts";
import { type PkiFiles, requirePair } from "../pki/pki.ts";
import { NetworkNamespace } from "./network-namespace.fixture.ts";
import { connect } from "./network-traffic.fixture.ts";
import { openVpnPrograms } from "./openvpn-programs.fixture.ts";
import { PodProcesses } from "./pod-processes.fixture.ts";
import { seedTunnel } from "./seed-tunnel.ts";
import { seedTunnelOptions, tunnelPki } from "./tunnel.fixture.ts";
import { tunnelUserClusterObjects } from "./user-cluster-objects.ts";

/**
 * OpenVPN's server, its client beside kube-apiserver and the one in the user cluster, run for real: Debian's openvpn, with arguments,
 * configuration and keys out of the objects for the seed, the chart and the Secret for the user cluster. Each has a network of its own:
 *
 *     control plane 10.96.0.2 --- 10.96.0.1 server 10.97.0.1 --- 10.97.0.2 node, with a pod 172.25.0.7
 *
 * Nobody forwards packets between the cables, so only the tunnel leads to the pod.
 */
const run = promisify(execFile);
const chart = new URL("../../../../charts/addons/openvpn-client", import.meta.url).pathname;
const step = { use: "openvpn" } as const;
const pod = "172.25.0.7:8080";
const patience = { timeoutMs: 30_000, intervalMs: 200 };

let directory: string;
let pki: PkiFiles;
let server: NetworkNamespace;
let controlPlane: NetworkNamespace;
let node: NetworkNamespace;
let client: PodProcesses;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "fairlead-openvpn-"));
  await chmod(directory, 0o755);
  pki = await tunnelPki();
  const options = seedTunnelOptions(pki, step);
  const { apiServer, objects } = seedTunnel(options);
  server = await NetworkNamespace.create("server");
  controlPlane = await NetworkNamespace.create("control-plane", server);
  node = await NetworkNamespace.create("node", server);
  await controlPlane.connectTo(server, { name: "inner", here: "10.96.0.2/30", there: "10.96.0.1/30" });
  await node.connectTo(server, { name: "outer", here: "10.97.0.2/30", there: "10.97.0.1/30" });
  await controlPlane.script(`echo '10.96.0.1 openvpn-server.${options.namespace}.svc.cluster.local' > /etc/hosts`);
  await node.script(`echo '10.97.0.1 ${options.externalName}' > /etc/hosts; ip address add 172.25.0.7/32 dev lo`);
  const page = `require("node:net").createServer((socket) => socket.end()).listen(8080, "172.25.0.7")`;
  await node.start([process.execPath, "-e", page], join(directory, "page.log"));

  const servers = await mount(podOf(objects, "openvpn-server"), { network: server, objects });
  await servers.start("openvpn-server");
  const inner = await mount(
    { containers: apiServer.containers, volumes: apiServer.volumes },
    { network: controlPlane, objects },
  );
  await inner.start("openvpn-client");
  const outside = [...(await chartObjects(options.externalName)), ...tunnelUserClusterObjects({ step, pki })];
  client = await mount(podOf(outside, "openvpn-client"), { network: node, objects: outside });
});
afterAll(async () => {
  await Promise.all([node, controlPlane, server].map((network) => network?.stop()));
  await rm(directory, { recursive: true, force: true });
});

/** The pod's files, where its containers expect them. */
async function mount(
  spec: PodSpec,
  { network, objects }: { network: NetworkNamespace; objects: readonly KubeObject[] },
): Promise<PodProcesses> {
  const podDirectory = join(directory, network.name);
  await mkdir(podDirectory);
  return await PodProcesses.mount(spec, {
    namespace: network,
    directory: podDirectory,
    programs: openVpnPrograms(),
    read: async (kind, name) => {
      const found = objects.find((object) => object.kind === kind && object.metadata.name === name);
      if (!found) throw new Error(`the pod mounts ${kind} ${name}, which nobody makes`);
      return found as Secret | ConfigMap;
    },
    fields: {},
  });
}

function podOf(objects: readonly KubeObject[], name: string): PodSpec {
  const found = objects.find(({ kind, metadata }) => kind === "Deployment" && metadata.name === name);
  const spec = (found as Deployment | undefined)?.spec?.template.spec;
  if (!spec) throw new Error(`there is no Deployment ${name}`);
  return spec;
}

/** As the add-on is rendered for a cluster whose server is at this name. */
async function chartObjects(host: string): Promise<KubeObject[]> {
  const values = join(directory, "values.json");
  await writeFile(values, JSON.stringify({ cluster: { tunnel: { openvpn: { host, port: 1194 } } } }));
  const arguments_ = ["template", "test", chart, "-n", "kube-system", "-f", values];
  const env = { PATH: process.env.PATH, HOME: directory };
  const { stdout } = await run(await resolveBinary("helm"), arguments_, { env });
  return parseAllDocuments(stdout).map((document) => document.toJS() as KubeObject);
}

/** Whether a probe of a pod passes. */
function passes(network: NetworkNamespace, command: readonly string[]): Promise<boolean> {
  const [file = "", ...args] = command;
  return network.run(file, args).then(
    () => true,
    () => false,
  );
}

const alive = () => passes(node, ["/bin/bash", "/etc/openvpn/config/alive.sh"]);

test("without the client in the user cluster nothing leads to its pods", async () => {
  await waitFor(() => passes(controlPlane, ["ping", "-c", "1", "-W", "2", "10.20.0.1"]), {
    what: "the probe of the client beside kube-apiserver to pass",
    ...patience,
  });
  await expect(connect(controlPlane, pod)).rejects.toThrow();
});

test("with it the control plane reaches pods", async () => {
  expect(await alive()).toBe(false);
  await client.start("openvpn-client");
  await waitFor(alive, { what: "the probe of the client in the user cluster to pass", ...patience });
  await waitFor(
    () =>
      connect(controlPlane, pod).then(
        () => true,
        () => false,
      ),
    { what: "a way to the pod", ...patience },
  );
});

test("a renewed certificate fails the client's probe, so that it starts again with it", async () => {
  const { cert } = await issue("user-cluster-client");
  const before = await readFile(join(directory, "node", "certificates", "client.crt"));
  await writeFile(join(directory, "node", "certificates", "client.crt"), cert);
  expect(await alive()).toBe(false);
  await writeFile(join(directory, "node", "certificates", "client.crt"), before);
  expect(await alive()).toBe(true);
});

test("who is no client of this cluster is not let in", async () => {
  await expect(refusal("another-name", await issue("another-name"))).resolves.toContain("another-name");
  // Of the cluster's own authority, which signs certificates of users.
  await expect(refusal("another-authority", requirePair(pki, "node-dnat"))).resolves.toMatch(/VERIFY ERROR/);
});

function issue(commonName: string): Promise<KeyPair> {
  return issueCertificate(requirePair(pki, "openvpn-ca"), { commonName, usages: ["client"] }, new Date());
}

/** What the server logs when a client comes with other keys; throws if it becomes one. */
async function refusal(name: string, { cert, key }: KeyPair): Promise<string> {
  const keys = join(directory, name);
  await writeFile(`${keys}.crt`, cert);
  await writeFile(`${keys}.key`, key, { mode: 0o600 });
  const log = join(directory, "server", "openvpn-server.log");
  const known = (await readFile(log, "utf8")).length;
  const { openvpn = "" } = openVpnPrograms();
  const config = "/etc/openvpn/config/client.conf";
  const others = ["--dev", "stranger", "--dev-type", "tun", "--cert", `${keys}.crt`, "--key", `${keys}.key`];
  const stranger = await node.start([openvpn, "--config", config, ...others], `${keys}.log`);
  const told = /(client-config-dir authentication failed|VERIFY ERROR).*/;
  await waitFor(async () => told.test((await readFile(log, "utf8")).slice(known)), { what: "a refusal", ...patience });
  stranger.kill("SIGKILL");
  expect(await readFile(`${keys}.log`, "utf8")).not.toContain("Initialization Sequence Completed");
  return told.exec((await readFile(log, "utf8")).slice(known))?.[0] ?? "";
}
