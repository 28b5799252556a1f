import { execFile } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { createServer, isIP } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { resolveBinary } from "@fairlead/components";
import { builtin, type Node, waitFor } from "@fairlead/kube";
import { contains, parseCidr } from "@fairlead/network";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dualStackNetwork, testCluster } from "../cluster.fixture.ts";
import { readPki, writePki, writeSecretFile } from "../pki/directory.ts";
import { dayMs, endingAt } from "../pki/pki.fixture.ts";
import { LocalHarness, serveEnding, untilServed } from "./harness.fixture.ts";
import { httpsRequest } from "./https.ts";
import { etcdPrefix } from "./local-cluster.ts";
import { localWebhookPki } from "./webhook-pki.ts";

const run = promisify(execFile);
const never = new AbortController().signal;

const canal = testCluster({ id: "abc" });
const dualStack = testCluster({ id: "abcd", spec: { clusterNetwork: dualStackNetwork } });
const kubevirtNetwork = { pods: { cidrBlocks: ["172.26.0.0/16"] }, services: { cidrBlocks: ["10.241.0.0/20"] } };
const kubevirt = testCluster({
  id: "kubevirt",
  spec: { cloud: { dc: "kubevirt", providerName: "kubevirt", kubevirt: {} }, clusterNetwork: kubevirtNetwork },
});

let harness: LocalHarness;
beforeAll(async () => {
  harness = await LocalHarness.start();
  await Promise.all([canal, dualStack, kubevirt].map((cluster) => harness.up(cluster)));
});
afterAll(() => harness[Symbol.asyncDispose]());

async function createService(id: string, name: string): Promise<string[]> {
  const spec = { ipFamilyPolicy: "PreferDualStack" as const, ports: [{ port: 80 }] };
  const service = await harness.client(id).create(builtin.Service, { metadata: { name, namespace: "default" }, spec });
  return service.spec?.clusterIPs ?? [];
}

async function podCidrs(id: string, name: string): Promise<string[]> {
  await harness.createNode(id, name);
  const node = await harness.waitForNode(id, { name, what: "pod CIDRs" }, ({ spec }) => spec?.podCIDRs !== undefined);
  return node.spec?.podCIDRs ?? [];
}

function isWithin(range: string, part: string | undefined): boolean {
  return contains(
    parseCidr(range),
    parseCidr(part?.includes("/") ? part : `${part}/${part?.includes(":") ? 128 : 32}`),
  );
}

describe("the network asked for", () => {
  test.each([
    ["Canal IPv4", "abc", "10.240.16.1", ["10.240.16.0/20"]],
    ["dual stack", "abcd", "10.240.16.1", ["10.240.16.0/20", "fd02::/120"]],
    ["KubeVirt's defaults", "kubevirt", "10.241.0.1", ["10.241.0.0/20"]],
  ])("%s: service IPs come out of its ranges, the API server's own is base + 1", async (_, id, own, ranges) => {
    const kubernetes = await harness.client(id).get(builtin.Service, { name: "kubernetes", namespace: "default" });
    expect(kubernetes.spec?.clusterIP).toBe(own);
    const ips = await createService(id, "test");
    expect(ips).toHaveLength(ranges.length);
    for (const [index, range] of ranges.entries())
      expect(isWithin(range, ips[index]), `${ips[index]} in ${range}`).toBe(true);
  });

  test.each([
    ["Canal IPv4", "abc", [["172.25.0.0/16", "/24"]]],
    [
      "dual stack",
      "abcd",
      [
        ["172.25.0.0/16", "/25"],
        ["fd01::/48", "/64"],
      ],
    ],
    ["KubeVirt's defaults", "kubevirt", [["172.26.0.0/16", "/24"]]],
  ])("%s: each node gets a part of the pods ranges with the mask asked for", async (_, id, ranges) => {
    const [first, second] = [await podCidrs(id, "node-0"), await podCidrs(id, "node-1")];
    expect(first).not.toEqual(second);
    for (const cidrs of [first, second]) {
      expect(cidrs).toHaveLength(ranges.length);
      for (const [index, [range = "", mask = ""]] of ranges.entries()) {
        expect(isWithin(range, cidrs[index]), `${cidrs[index]} in ${range}`).toBe(true);
        expect(cidrs[index]?.endsWith(mask), `${cidrs[index]} ends in ${mask}`).toBe(true);
      }
    }
  });
});

test("nodes of a dual stack cluster have an address of each family", async () => {
  const { status } = await harness.client("abcd").get(builtin.Node, { name: "node-0" });
  const addresses = status?.addresses?.filter(({ type }) => type === "InternalIP").map(({ address }) => isIP(address));
  expect(addresses).toEqual([4, 6]);
});

describe("access", () => {
  test("kubectl works with the admin kubeconfig", async () => {
    const path = join(harness.directory, "admin kubeconfig");
    await writeSecretFile(path, harness.observation("abc").adminKubeconfig);
    const kubectl = await resolveBinary("kubectl");
    const { stdout } = await run(kubectl, ["--kubeconfig", path, "auth", "can-i", "*", "*", "--all-namespaces"]);
    expect(stdout.trim()).toBe("yes");
    const whoami = await run(kubectl, [
      "--kubeconfig",
      path,
      "auth",
      "whoami",
      "-o",
      "jsonpath={.status.userInfo.groups}",
    ]);
    expect(JSON.parse(whoami.stdout)).toEqual(["fairlead:cluster-admins", "system:authenticated"]);
  });

  test("nobody gets in without a certificate of this very cluster", async () => {
    const { url } = harness.observation("abc").address;
    const status = (client: { ca: string; cert?: string; key?: string }) =>
      httpsRequest(`${url}/api/v1/namespaces`, { tls: client as never, signal: never }).then((answer) => answer.status);
    const abc = credentials("abc");
    const other = credentials("abcd");
    expect(await status(abc)).toBe(200);
    expect(await status({ ca: abc.ca })).toBe(401);
    expect(await status({ ca: abc.ca, cert: other.cert, key: other.key })).toBe(401);
  });
});

function credentials(id: string): { ca: string; cert: string; key: string } {
  const text = harness.observation(id).managerKubeconfig;
  const decode = (field: string) =>
    Buffer.from(new RegExp(`${field}: (\\S+)`).exec(text)?.[1] ?? "", "base64").toString();
  return {
    ca: decode("certificate-authority-data"),
    cert: decode("client-certificate-data"),
    key: decode("client-key-data"),
  };
}

describe("keeping it so", () => {
  test("an unchanged Cluster disturbs nothing", async () => {
    const before = harness.pids("abc");
    expect(before).toHaveLength(4);
    await harness.up(canal);
    await harness.up(canal);
    expect(harness.pids("abc")).toEqual(before);
  });

  test("another node mask restarts kube-controller-manager alone, and new nodes get it", async () => {
    const manager = harness.pid("kubevirt", "kube-controller-manager");
    const others = () => ["kube-apiserver", "kube-scheduler", "kwok"].map((name) => harness.pid("kubevirt", name));
    const before = others();
    const clusterNetwork = { ...kubevirtNetwork, nodeCidrMaskSizeIPv4: 26 };
    await harness.ensure(testCluster({ id: "kubevirt", spec: { ...kubevirt.spec, clusterNetwork } }));
    await waitFor(() => harness.supervisor.get("cluster-kubevirt/kube-controller-manager")?.pid !== manager, {
      what: "a restart",
    });
    await harness.settled("kubevirt");
    expect(others()).toEqual(before);
    expect((await podCidrs("kubevirt", "node-26"))[0]).toMatch(/\/26$/);
  });

  test("certificates at their end are renewed while the API serves", { timeout: 420_000 }, async () => {
    const { authority: webhookAuthority } = await localWebhookPki(join(harness.directory, "webhook"));
    const directory = join(harness.directory, "data", "clusters", "abc", "pki");
    const authorities = [harness.provider.etcd.authority, webhookAuthority];
    const pki = await readPki(directory);
    const { port } = harness.observation("abc").address;
    const pid = harness.pid("abc", "kube-apiserver");
    const end = await serveEnding(port, async (date) => writePki(directory, await endingAt(pki, date, authorities)));

    const failures: unknown[] = [];
    const before = harness.observation("abc");
    const tls = credentials("abc");
    const stop = new AbortController();
    const calling = (async () => {
      while (!stop.signal.aborted) {
        const answer = httpsRequest(`${before.address.url}/readyz`, { tls, signal: never });
        await answer.then(
          ({ status }) => status === 200 || failures.push(status),
          (error) => failures.push(error),
        );
      }
    })();
    await harness.ensure(canal);
    await untilServed(port, (until) => until > Date.now() + 300 * dayMs);
    await harness.settled("abc");
    await harness.disconnect();
    await waitFor(() => Date.now() > end + 1_000, { what: "the end of the old certificates", timeoutMs: 240_000 });
    stop.abort();
    await calling;
    expect(failures).toEqual([]);
    expect(harness.pid("abc", "kube-apiserver")).toBe(pid);
    expect(harness.observation("abc").managerKubeconfig).not.toBe(before.managerKubeconfig);
    // A connection to etcd that has to be made anew shows a renewed certificate, too.
    process.kill(harness.supervisor.get("etcd/clusters")?.pid ?? 0, "SIGKILL");
    await waitFor(() => harness.provider.etcd.health !== "up", { what: "the report of the crash" });
    await harness.settled("abc");
    const metadata = { name: "after-renewal", namespace: "default" };
    await waitFor(
      () =>
        harness
          .client("abc")
          .create(builtin.ConfigMap, { metadata })
          .catch(() => false),
      {
        what: "a write after the renewal",
      },
    );
  });

  test("kill -9 of kube-apiserver is reported, and it comes back at the same address with its data", async () => {
    const changes: string[] = [];
    const unsubscribe = harness.provider.onChange((id) => {
      if (id === "abc") changes.push(harness.observation(id).health.apiserver);
    });
    const { address } = harness.observation("abc");
    const killed = harness.pid("abc", "kube-apiserver");
    const followers = () => ["kube-controller-manager", "kube-scheduler"].map((name) => harness.pid("abc", name));
    const before = followers();
    process.kill(killed, "SIGKILL");
    await waitFor(() => changes.includes("down"), { what: "the report of the crash" });
    await harness.settled("abc");
    unsubscribe();
    expect(changes.at(-1)).toBe("up");
    expect(harness.pid("abc", "kube-apiserver")).not.toBe(killed);
    expect(harness.observation("abc").address).toEqual(address);
    const { metadata } = await harness.client("abc").get(builtin.Node, { name: "node-0" });
    expect(metadata.name).toBe("node-0");
    await harness.ensure(canal);
    await waitFor(() => followers().every((pid, index) => pid !== before[index]), {
      what: "those that follow it to begin anew",
    });
    await harness.settled("abc");
    const after = harness.pids("abc");
    await harness.up(canal);
    expect(harness.pids("abc")).toEqual(after);
  });

  test("every other component comes back after kill -9 as well", async () => {
    const names = [
      "cluster-abc/kube-controller-manager",
      "cluster-abc/kube-scheduler",
      "cluster-abc/kwok",
      "etcd/clusters",
    ];
    const pids = () => names.map((name) => harness.supervisor.get(name)?.pid);
    const killed = pids();
    for (const pid of killed) if (pid !== undefined) process.kill(pid, "SIGKILL");
    await waitFor(() => pids().every((pid, index) => pid !== undefined && pid !== killed[index]), { what: "restarts" });
    await harness.settled("abc");
    expect(await podCidrs("abc", "node-after-kill")).toHaveLength(1);
  });

  test("with Cilium, which assigns pod CIDRs itself, nodes get none", async () => {
    const cilium = testCluster({ id: "cilium", spec: { cniPlugin: { type: "cilium", version: "1.13.8" } } });
    await harness.up(cilium);
    await harness.createNode("cilium", "node-0");
    await harness.setNetworkReady("cilium", { name: "node-0", ready: true });
    // kube-controller-manager takes the taint away, so it has dealt with the node.
    const handled = ({ spec }: Node) => spec?.taints === undefined;
    const node = await harness.waitForNode("cilium", { name: "node-0", what: "end of the taint" }, handled);
    expect(node.spec?.podCIDRs).toBeUndefined();
    await harness.provider.remove(testCluster({ id: "cilium" }), { signal: never });
  });

  test("what cannot be started is said once, and tried again after that", async () => {
    const unknown = testCluster({ id: "unknown", spec: { version: "1.99.0" } });
    await harness.ensure(unknown);
    await waitFor(
      () =>
        harness.ensure(unknown).then(
          () => false,
          (error: Error) => error.message.includes("1.99.0"),
        ),
      {
        what: "the refusal of version 1.99.0",
      },
    );
    await harness.up(testCluster({ id: "unknown" }));
    await harness.provider.remove(testCluster({ id: "unknown" }), { signal: never });
  });
});

describe("restart of the provider", () => {
  test("finds everything again; a cluster whose port is taken moves", async () => {
    const before = harness.observation("abcd");
    const moving = harness.observation("kubevirt");
    await harness.close();
    const squatter = createServer().listen(moving.address.port, "127.0.0.1");
    await once(squatter, "listening");
    try {
      await harness.start();
      await Promise.all([canal, dualStack, kubevirt].map((cluster) => harness.up(cluster)));
    } finally {
      squatter.close();
    }
    expect(harness.observation("abcd")).toEqual(before);
    expect((await harness.client("abcd").get(builtin.Node, { name: "node-0" })).spec?.podCIDRs).toHaveLength(2);
    const { address, adminKubeconfig } = harness.observation("kubevirt");
    expect(address.port).not.toBe(moving.address.port);
    expect(adminKubeconfig).toContain(address.url);
    await harness.client("kubevirt").get(builtin.Node, { name: "node-0" });
  });
});

describe("removal", () => {
  const clusterFiles = () => readdir(join(harness.directory, "data", "clusters"));
  const keys = (id: string) => harness.provider.etcd.client.count(etcdPrefix(id), never);
  const isGone = (pid: number) => {
    try {
      return !process.kill(pid, 0);
    } catch {
      return true;
    }
  };

  test("of abc leaves no process, file or key of it, and spares abcd", async () => {
    const pids = harness.pids("abc");
    expect(pids).toHaveLength(4);
    const spared = await keys("abcd");
    expect(await keys("abc")).toBeGreaterThan(50);
    await harness.provider.remove(testCluster({ id: "abc" }), { signal: never });
    expect(pids.filter((pid) => !isGone(pid))).toEqual([]);
    expect(harness.pids("abc")).toEqual([]);
    expect(await keys("abc")).toBe(0);
    expect(await clusterFiles()).not.toContain("abc");
    expect(harness.provider.observe("abc")).toBeUndefined();
    expect(await keys("abcd")).toBeGreaterThanOrEqual(spared - 20); // Leases and Events come and go.
    expect((await harness.client("abcd").get(builtin.Node, { name: "node-1" })).metadata.name).toBe("node-1");
    await harness.provider.remove(testCluster({ id: "abc" }), { signal: never });
  });

  test("interrupts a creation at any point and leaves nothing", async () => {
    for (const delayMs of [0, 300, 1500]) {
      const id = `short-${delayMs}`;
      const ensured = harness.ensure(testCluster({ id })).catch((error: Error) => error);
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      await harness.provider.remove(testCluster({ id }), { signal: never });
      await ensured;
      expect(harness.pids(id)).toEqual([]);
      expect(await keys(id)).toBe(0);
      expect(await clusterFiles()).not.toContain(id);
    }
  });
});
