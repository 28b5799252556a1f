import { builtin, type KubeObject, waitFor } from "@fairlead/kube";
import { canonicalForm, contains, parseCidr } from "@fairlead/network";
import {
  type ApiCluster,
  type ApplicationInstallation,
  applicationInstallationType,
  clusterType,
} from "@fairlead/resources";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ClusterRequest, type TestCluster, TestInstallation } from "./testing/test-installation.ts";

const konnectivity = { clusterNetwork: { konnectivityEnabled: true } };

/** Ten clusters, asked for at once: each shows one thing that the network rules promise. */
const requests = {
  canal: { name: "canal" },
  "canal-3.24-dual": {
    name: "canal-3.24-dual",
    replicas: 1,
    spec: {
      cniPlugin: { type: "canal", version: "v3.24" },
      clusterNetwork: { ipFamily: "IPv4+IPv6", nodeCidrMaskSizeIPv4: 25, nodeCidrMaskSizeIPv6: 60 },
    },
  },
  kubevirt: { name: "kubevirt", datacenter: "kubevirt-dc", provider: "kubevirt", replicas: 1 },
  "canal-nftables": {
    name: "canal-nftables",
    replicas: 1,
    spec: { clusterNetwork: { proxyMode: "nftables", services: { cidrBlocks: ["10.96.0.0/24"] } } },
  },
  "cilium-ebpf": { name: "cilium-ebpf", spec: { cniPlugin: { type: "cilium", version: "1.13.8" }, ...konnectivity } },
  "cilium-iptables": {
    name: "cilium-iptables",
    replicas: 1,
    spec: { cniPlugin: { type: "cilium", version: "1.13.8" } },
  },
  "cilium-default": {
    name: "cilium-default",
    replicas: 1,
    spec: { cniPlugin: { type: "cilium", version: "" }, ...konnectivity },
  },
  none: { name: "none", spec: { cniPlugin: { type: "none", version: "" } } },
  "no-nodes": { name: "no-nodes", replicas: 0, spec: { cniPlugin: { type: "none", version: "" } } },
  hetzner: { name: "hetzner", datacenter: "hetzner-dc", provider: "hetzner", replicas: 1 },
} satisfies Record<string, ClusterRequest>;
type Name = keyof typeof requests;

let installation: TestInstallation;
let project: string;
const created = new Map<Name, ApiCluster>();
const clusters = new Map<Name, TestCluster>();

function cluster(name: Name): TestCluster {
  const found = clusters.get(name);
  if (!found) throw new Error(`cluster ${name} was not created`);
  return found;
}

beforeAll(async () => {
  installation = await TestInstallation.start();
  project = await installation.createProject("e2e");
  const names = Object.keys(requests) as Name[];
  await Promise.all(
    names.map(async (name) => {
      const { status, body } = await installation.createCluster(project, requests[name]);
      expect([name, status, body]).toEqual([name, 201, expect.anything()]);
      created.set(name, body);
      clusters.set(name, await installation.connect(project, body.id));
    }),
  );
});

afterAll(async () => {
  await installation?.finish();
});

async function eventually<T>(what: string, probe: () => Promise<T | undefined | false>): Promise<T> {
  return (await waitFor(probe, { what, timeoutMs: 300_000, intervalMs: 500 })) as T;
}

async function exists(
  name: Name,
  type: Parameters<TestCluster["client"]["find"]>[0],
  objectName: string,
): Promise<boolean> {
  return (await cluster(name).client.find(type, { name: objectName, namespace: "kube-system" })) !== undefined;
}

async function readyNodes(name: Name): Promise<string[]> {
  const { items } = await cluster(name).client.list(builtin.Node);
  return items.flatMap((node) =>
    node.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True")
      ? [node.metadata.name ?? ""]
      : [],
  );
}

async function ciliumInstalled(name: Name): Promise<ApplicationInstallation> {
  const ref = { name: "cilium", namespace: "kube-system" };
  return eventually("Cilium to be installed", async () => {
    const installed = await cluster(name).client.get(applicationInstallationType, ref);
    return installed.status?.conditions?.Ready?.status === "True" && installed;
  });
}

async function proxyMode(name: Name): Promise<{ mode: string; strictARP: string }> {
  const ref = { name: "kube-proxy", namespace: "kube-system" };
  const configMap = await eventually("kube-proxy's configuration", () =>
    cluster(name).client.find(builtin.ConfigMap, ref),
  );
  const text = Object.values(configMap.data ?? {}).join("\n");
  const field = (key: string) => text.match(new RegExp(`^\\s*${key}: "?([^"\\n]*)"?$`, "m"))?.[1] ?? "";
  return { mode: field("mode"), strictARP: field("strictARP") };
}

/** Of each IP family: the cluster's pods range, and the mask of a node's part of it. */
const podRanges: [Name, { pods: string; mask: number }[]][] = [
  ["canal", [{ pods: "172.25.0.0/16", mask: 24 }]],
  ["kubevirt", [{ pods: "172.26.0.0/16", mask: 24 }]],
  [
    "canal-3.24-dual",
    [
      { pods: "172.25.0.0/16", mask: 25 },
      { pods: "fd01::/48", mask: 60 },
    ],
  ],
  ["none", [{ pods: "172.25.0.0/16", mask: 24 }]],
];

describe("addresses", () => {
  test.each<[Name, string, string]>([
    ["canal", "10.240.16.1", "10.240.16.10"],
    ["kubevirt", "10.241.0.1", "10.241.0.10"],
    ["canal-nftables", "10.96.0.1", "10.96.0.10"],
    ["cilium-ebpf", "10.240.16.1", "10.240.16.10"],
  ])("%s: kubernetes is %s, kube-dns %s", async (name, api, dns) => {
    const { client } = cluster(name);
    expect((await client.get(builtin.Service, { name: "kubernetes", namespace: "default" })).spec?.clusterIP).toBe(api);
    const service = await eventually("kube-dns", () =>
      client.find(builtin.Service, { name: "kube-dns", namespace: "kube-system" }),
    );
    expect(service.spec?.clusterIP).toBe(dns);
  });

  test("a service of a dual-stack cluster gets an address of each range", async () => {
    const service = await cluster("canal-3.24-dual").client.create(builtin.Service, {
      metadata: { name: "dual", namespace: "default" },
      spec: { ipFamilyPolicy: "RequireDualStack", ports: [{ port: 80 }] },
    } as never);
    const { clusterIPs = [] } = service.spec as { clusterIPs?: string[] };
    expect(clusterIPs[0]).toMatch(/^10\.240\.(1[6-9]|2\d|3[01])\./);
    expect(clusterIPs[1]).toMatch(/^fd02::/);
  });

  test.each(podRanges)("%s: nodes get pod ranges of the asked mask, of their own", async (name, families) => {
    const nodes = requests[name] as ClusterRequest;
    const given = await eventually("the nodes' pod ranges", async () => {
      const { items } = await cluster(name).client.list(builtin.Node);
      const ranges = items.map((node) => (node.spec as { podCIDRs?: string[] }).podCIDRs ?? []);
      return (
        ranges.length === (nodes.replicas ?? 2) && ranges.every((list) => list.length === families.length) && ranges
      );
    });
    for (const [family, { pods, mask }] of families.entries()) {
      // Which of the parts a node gets is for the controller manager to say: it may skip one.
      const ranges = given.map((list) => parseCidr(list[family] ?? ""));
      for (const range of ranges) {
        expect(range.prefix).toBe(mask);
        expect(contains(parseCidr(pods), range)).toBe(true);
      }
      expect(new Set(ranges.map(canonicalForm)).size).toBe(ranges.length);
    }
  });

  test("with Cilium, the controller manager leaves pod ranges to Cilium", async () => {
    await eventually("a ready node", async () => (await readyNodes("cilium-iptables")).length === 1);
    const { items } = await cluster("cilium-iptables").client.list(builtin.Node);
    expect(items.map((node) => (node.spec as { podCIDR?: string }).podCIDR)).toEqual([undefined]);
  });
});

describe("CNI", () => {
  test.each<[Name, string, number]>([
    ["canal", "v3.31.3", 2],
    ["canal-3.24-dual", "v3.24.5", 1],
  ])("%s: Canal of the asked version makes the nodes ready", async (name, tag, nodes) => {
    await eventually("ready nodes", async () => (await readyNodes(name)).length === nodes);
    const daemonSet = await cluster(name).client.get<KubeObject>(builtin.DaemonSet, {
      name: "canal",
      namespace: "kube-system",
    });
    expect(JSON.stringify(daemonSet)).toContain(`calico/node:${tag}`);
  });

  test("Cilium with Konnectivity: a helm release with the managed values, and no kube-proxy", async () => {
    await eventually("ready nodes", async () => (await readyNodes("cilium-ebpf")).length === 2);
    await ciliumInstalled("cilium-ebpf");
    const releases = JSON.parse(
      await cluster("cilium-ebpf").helm("list", "-n", "kube-system", "-o", "json"),
    ) as unknown;
    expect(releases).toMatchObject([{ name: "kube-system-cilium", chart: "cilium-1.13.8", status: "deployed" }]);
    const values = JSON.parse(
      await cluster("cilium-ebpf").helm("get", "values", "-n", "kube-system", "kube-system-cilium", "-o", "json"),
    ) as unknown;
    const port = Number(new URL(created.get("cilium-ebpf")?.status.url || (await url("cilium-ebpf"))).port);
    expect(values).toMatchObject({
      kubeProxyReplacement: "strict",
      k8sServiceHost: "127.0.0.1",
      k8sServicePort: port,
      cni: { exclusive: false },
      ipam: { operator: { clusterPoolIPv4PodCIDR: "172.25.0.0/16", clusterPoolIPv4MaskSize: "24" } },
    });
    expect(await exists("cilium-ebpf", builtin.DaemonSet, "kube-proxy")).toBe(false);
    const service = await cluster("cilium-ebpf").client.get(builtin.Service, {
      name: "hubble-ui",
      namespace: "kube-system",
    });
    expect(service.spec?.ports).toMatchObject([{ port: 80 }]);
    for (const name of ["hubble-relay", "hubble-ui"]) {
      await eventually(`${name} to run`, async () => {
        const ref = { name, namespace: "kube-system" };
        const { status } = await cluster("cilium-ebpf").client.get(builtin.Deployment, ref);
        return status?.availableReplicas === 1;
      });
    }
  });

  test("Cilium without Konnectivity: iptables and kube-proxy", async () => {
    await eventually("a ready node", async () => (await readyNodes("cilium-iptables")).length === 1);
    expect(await proxyMode("cilium-iptables")).toMatchObject({ mode: "iptables" });
    const installation = await cluster("cilium-iptables").client.get(applicationInstallationType, {
      name: "cilium",
      namespace: "kube-system",
    });
    expect(installation.spec.values).toMatchObject({ kubeProxyReplacement: "disabled" });
    expect(installation.spec.values).not.toHaveProperty("k8sServiceHost");
  });

  test("the newest Cilium gets the values of its chart's generation", async () => {
    const { spec, status } = await ciliumInstalled("cilium-default");
    expect(spec.applicationRef.version).toBe("1.19.4");
    expect(spec.values).toMatchObject({
      kubeProxyReplacement: "true",
      ipam: { operator: { clusterPoolIPv4PodCIDRList: ["172.25.0.0/16"], clusterPoolIPv4MaskSize: 24 } },
    });
    expect(status?.conditions?.Ready?.message).toContain("stand-in");
  });

  test("None: the nodes wait for the user's own CNI, which helm can install", async () => {
    const none = cluster("none");
    await eventually("CoreDNS to wait for a network", async () => {
      const { items } = await none.client.list(builtin.Pod, {
        namespace: "kube-system",
        labelSelector: "k8s-app=kube-dns",
      });
      return items.length === 2 && items.every((pod) => pod.status?.phase === "Pending");
    });
    expect(await readyNodes("none")).toEqual([]);
    const addons = `/api/v2/projects/${project}/clusters/${none.id}/addons`;
    expect((await installation.call("POST", addons, { name: "multus" })).status).toBe(201);
    await eventually("Multus to run on both nodes", async () => {
      const { items } = await none.client.list(builtin.Pod, { namespace: "kube-system", labelSelector: "name=multus" });
      return items.length === 2 && items.every((pod) => pod.status?.phase === "Running");
    });
    expect(await readyNodes("none")).toEqual([]); // Multus is no network.
    const chart = new URL("./testing/user-cni", import.meta.url).pathname;
    await none.helm("install", "my-cni", chart, "--namespace", "kube-system", "--wait=watcher", "--timeout=2m");
    await eventually("ready nodes", async () => (await readyNodes("none")).length === 2);
    await eventually("CoreDNS to run", async () => {
      const { items } = await none.client.list(builtin.Pod, {
        namespace: "kube-system",
        labelSelector: "k8s-app=kube-dns",
      });
      return items.length === 2 && items.every((pod) => pod.status?.phase === "Running");
    });
    await none.helm("uninstall", "my-cni", "--namespace", "kube-system", "--wait=watcher");
    await eventually("the nodes to lose their network", async () => (await readyNodes("none")).length === 0);
  });
});

test.each<[Name, string, string]>([
  ["canal", "ipvs", "true"],
  ["canal-nftables", "nftables", ""],
  ["hetzner", "iptables", ""],
])("%s: kube-proxy in mode %s, strictARP %j", async (name, mode, strictARP) => {
  expect(await proxyMode(name)).toEqual({ mode, strictARP });
});

test("simulated nodes say what they are, in kubectl and in the REST API", async () => {
  const text = await cluster("canal").kubectl("get", "nodes", "-o", "wide", "--show-labels");
  expect(text).toContain("fairlead.dev/simulated=true");
  expect(text.toLowerCase()).toContain("simulated by kwok");
  const id = created.get("canal")?.id;
  const { body } = await installation.call<{ spec: { labels: Record<string, string> } }[]>(
    "GET",
    `/api/v2/projects/${project}/clusters/${id}/nodes`,
  );
  expect(body.map((node) => node.spec.labels["fairlead.dev/simulated"])).toEqual(["true", "true"]);
});

test("a cluster without nodes has none", async () => {
  expect((await cluster("no-nodes").client.list(builtin.Node)).items).toEqual([]);
});

describe.each<Name>(["canal", "cilium-ebpf", "cilium-iptables", "none", "canal-3.24-dual"])("in %s", (name) => {
  test("a namespace can be created and deleted to the end", async () => {
    const { client } = cluster(name);
    const ref = { name: "short-lived" };
    await client.create(builtin.Namespace, { metadata: ref });
    await client.create(builtin.ConfigMap, { metadata: { name: "inside", namespace: ref.name } });
    await client.delete(builtin.Namespace, ref);
    await eventually("the namespace to be gone", async () => (await client.find(builtin.Namespace, ref)) === undefined);
  });
});

test("what is reconciled again is not written again", async () => {
  const watched = [builtin.DaemonSet, builtin.Deployment, builtin.ConfigMap, builtin.ClusterRole, builtin.Service];
  const versions = async () => {
    const lists = await Promise.all(
      watched.map((type) =>
        cluster("canal").client.list<KubeObject>(type, { labelSelector: "applyset.kubernetes.io/part-of" }),
      ),
    );
    return lists.flatMap(({ items }) =>
      items.map(({ kind, metadata }) => [kind, metadata.name, metadata.generation ?? metadata.resourceVersion]),
    );
  };
  await eventually("ready nodes", async () => (await readyNodes("canal")).length === 2);
  const before = await versions();
  const id = created.get("canal")?.id ?? "";
  // A label on the Cluster makes every controller look at it again.
  await installation.management.mergePatch(clusterType, { name: id }, { metadata: { labels: { again: "yes" } } });
  await new Promise((resolve) => setTimeout(resolve, 3000));
  expect(before.length).toBeGreaterThan(5);
  expect(await versions()).toEqual(before);
});

describe("refusals", () => {
  test("a bad request names every field, and nothing is stored", async () => {
    const before = (await installation.management.list(clusterType)).items.length;
    const { status, body } = await installation.createCluster(project, {
      name: "bad",
      spec: { clusterNetwork: { pods: { cidrBlocks: ["10.0.0.0/33"] }, proxyMode: "ebpf" } },
    });
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toContain("spec.clusterNetwork.pods.cidrBlocks[0]");
    expect(JSON.stringify(body)).toContain("spec.clusterNetwork.proxyMode");
    expect((await installation.management.list(clusterType)).items.length).toBe(before);
  });
});

async function url(name: Name): Promise<string> {
  const { body } = await installation.call<ApiCluster>(
    "GET",
    `/api/v2/projects/${project}/clusters/${created.get(name)?.id}`,
  );
  return body.status.url;
}
