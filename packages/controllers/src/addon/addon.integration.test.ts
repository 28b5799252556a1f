import { builtin, type KubeObject, type ResourceType } from "@fairlead/kube";
import { addonType, clusterNamespace } from "@fairlead/resources";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AddonWorld, eventually } from "../testing/addon-world.ts";
import { removeFinalizer } from "../writes.ts";
import { ADDON_FINALIZER } from "./plan.ts";

const configMap = (name: string, data: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\ndata: ${data}\n`;

/** What goes wrong with charts, beside one with which all is well. */
const brokenCharts = {
  "bad-yaml": { "templates/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata: { a: 1, a: 2 }\n" },
  "bad-template": { "templates/a.yaml": '{{ fail "the flux capacitor is missing" }}' },
  "bad-objects": {
    "templates/a.yaml": configMap("Not_A_Name", "{ a: b }"),
    "templates/b.yaml": configMap("well-named", "{ a: b }"),
  },
  harmless: { "templates/a.yaml": configMap("harmless", '{ a: {{ .Values.word | default "b" | quote }} }') },
};

let world: AddonWorld;

beforeAll(async () => {
  world = await AddonWorld.start(brokenCharts);
  await world.cluster("one");
  await world.connect("one");
});
afterAll(async () => world?.[Symbol.asyncDispose]());

const inSystem = (name: string) => ({ name, namespace: "kube-system" });
const find = <T extends KubeObject>(type: ResourceType<T>, name: string) =>
  world.client.find(type, type.namespaced ? inSystem(name) : { name });

/** Returns once all that was asked for before is done: the controller works on one request after the other. */
async function settled(): Promise<void> {
  await patient("last");
  await world.condition("one", "last", "False");
  await world.remove("one", "last");
  await world.removed("one", "last");
}

/** An Addon that waits for a kind that nobody brings. */
async function patient(name: string): Promise<void> {
  await world.client.create(addonType, {
    metadata: { name, namespace: clusterNamespace("one") },
    spec: {
      name: "harmless",
      cluster: { kind: "Cluster", name: "one" },
      requiredResourceTypes: [{ group: "example.com", version: "v1", kind: "Boat" }],
    },
  });
}

describe("an Addon", () => {
  test("puts its chart's objects into the cluster and says so", async () => {
    await world.addon("one", "coredns");
    await expect(world.condition("one", "coredns", "True")).resolves.toMatch(
      /^Applied: \d+ objects are in the cluster/,
    );
    expect(await find(builtin.Deployment, "coredns")).toBeDefined();
    expect(await find(builtin.ClusterRole, "system:coredns")).toBeDefined();
  });

  test("that is in order costs no helm and no write", async () => {
    await world.addon("one", "canal");
    await world.condition("one", "canal", "True");
    await settled();
    const before = { spawned: world.runner.spawned, requests: (await world.requests()).length };
    for (const name of ["canal", "coredns"]) {
      world.reconcile(await world.client.get(addonType, { name, namespace: clusterNamespace("one") }));
    }
    await eventually("both to have been looked at", async () => {
      const requests = (await world.requests()).slice(before.requests);
      return requests.some((request) => /^list .*daemonsets.*applyset/.test(request));
    });
    const looked = (await world.requests()).length;
    await settled();
    const requests = (await world.requests())
      .slice(before.requests)
      .filter((request) => !request.includes("/addons/last"));
    expect(looked).toBeGreaterThan(before.requests);
    expect(requests.filter((request) => !/^(get|list|watch) /.test(request))).toEqual([]);
    expect(world.runner.spawned).toBe(before.spawned);
  });

  test("is mended at once when somebody deletes or edits what it runs on", async () => {
    const { metadata } = await world.client.get(builtin.DaemonSet, inSystem("canal"));
    await world.client.delete(builtin.DaemonSet, inSystem("canal"));
    await eventually("DaemonSet canal to come back", async () => {
      const found = await find(builtin.DaemonSet, "canal");
      return found && found.metadata.uid !== metadata.uid;
    });
    const corefile = (await world.client.get(builtin.ConfigMap, inSystem("coredns"))).data?.Corefile;
    await world.client.mergePatch(builtin.ConfigMap, inSystem("coredns"), { data: { Corefile: "." } });
    await eventually("the Corefile to be put right", async () => {
      return (await find(builtin.ConfigMap, "coredns"))?.data?.Corefile === corefile;
    });
  });

  test("is mended at the next look where nothing watches", async () => {
    const addon = await world.client.get(addonType, { name: "coredns", namespace: clusterNamespace("one") });
    await world.client.delete(builtin.ClusterRole, { name: "system:coredns" });
    await eventually("ClusterRole system:coredns to come back", () => {
      world.reconcile(addon); // A look that began before is shared for a second.
      return find(builtin.ClusterRole, "system:coredns");
    });
  });

  test("without the label to ensure it is applied anew only when it is to be another", async () => {
    await world.addon("one", "harmless", { ensure: false });
    await world.condition("one", "harmless", "True");
    await world.client.mergePatch(builtin.ConfigMap, inSystem("harmless"), { data: { a: "mine" } });
    world.reconcile(await world.client.get(addonType, { name: "harmless", namespace: clusterNamespace("one") }));
    await settled();
    expect((await find(builtin.ConfigMap, "harmless"))?.data?.a).toBe("mine");
    await world.addon("one", "harmless", { ensure: false, variables: { word: "c" } });
    await eventually("the new word", async () => (await find(builtin.ConfigMap, "harmless"))?.data?.a === "c");
  });

  test("waits for the kinds that it needs", async () => {
    await patient("patient");
    const says = await world.condition("one", "patient", "False");
    expect(says).toBe(
      "RequiredKindsMissing: waiting until the cluster serves Boat (example.com/v1) (spec.requiredResourceTypes)",
    );
    await world.remove("one", "patient");
    await world.removed("one", "patient");
  });
});

describe("an Addon that cannot be applied says why, and the others go on", () => {
  test.each<[string, Record<string, unknown>, string]>([
    [
      "bad-yaml",
      {},
      "ChartInvalid: the add-on's chart cannot be rendered for this cluster; nothing of it was changed: ",
    ],
    ["bad-template", {}, "the flux capacitor is missing"],
    [
      "bad-objects",
      {},
      "ObjectsRefused: the cluster's API server refuses one object, all others are applied: ConfigMap Not_A_Name: ",
    ],
    [
      "node-local-dns",
      { network: { dnsDomain: "No_Domain" } },
      "ValuesInvalid: spec.variables do not fit the add-on's chart, nothing was changed: at '/network/dnsDomain'",
    ],
    ["no-such-chart", {}, 'UnknownAddon: there is no add-on "no-such-chart"; there are bad-objects, '],
    ["hubble", {}, "NotForThisCluster: hubble is for Cilium below 1.13"],
  ])("%s", async (name, variables, says) => {
    await world.addon("one", name, { variables });
    const text = await world.condition("one", name, "False", says);
    await eventually("an event that says the same", async () => {
      const { items } = await world.client.list(builtin.Event, { namespace: clusterNamespace("one") });
      return items.some(({ regarding, note }) => regarding?.name === name && text.endsWith(note ?? "?"));
    });
  });

  test("harmless", async () => {
    expect((await find(builtin.ConfigMap, "well-named"))?.data).toEqual({ a: "b" });
    await world.addon("one", "kube-proxy");
    await world.condition("one", "kube-proxy", "True");
  });
});

describe("a removed Addon", () => {
  const pool = { apiVersion: "crd.projectcalico.org/v1", kind: "IPPool", metadata: { name: "of-a-user" }, spec: {} };
  const ippools = "ippools.crd.projectcalico.org";
  const bgppeers = "bgppeers.crd.projectcalico.org";

  test("takes all its objects along, but keeps definitions of which there are objects", async () => {
    await world.client.apply(await world.client.resourceFor(pool.apiVersion, pool.kind), pool, {
      fieldManager: "user",
    });
    await world.remove("one", "canal");
    await world.removed("one", "canal");
    expect(await find(builtin.DaemonSet, "canal")).toBeUndefined();
    expect(await find(builtin.ServiceAccount, "canal")).toBeUndefined();
    expect(await find(builtin.ClusterRole, "calico-node")).toBeUndefined();
    expect(await find(builtin.ConfigMap, "fairlead-addon-canal")).toBeUndefined();
    await eventually("empty definitions to go", async () => !(await find(builtin.CustomResourceDefinition, bgppeers)));
    const kept = await find(builtin.CustomResourceDefinition, ippools);
    expect(kept?.metadata.deletionTimestamp).toBeUndefined();
    expect(kept?.metadata.labels).not.toHaveProperty("applyset.kubernetes.io/part-of");
  });

  test("that is gone is no error for who still removes its finalizer", async () => {
    await world.addon("one", "harmless");
    await world.condition("one", "harmless", "True");
    const object = await world.client.get(addonType, { name: "harmless", namespace: clusterNamespace("one") });
    await world.remove("one", "harmless");
    await world.removed("one", "harmless");
    const { signal } = new AbortController();
    await removeFinalizer(world.client, addonType, { object, finalizer: ADDON_FINALIZER, signal });
  });

  test("deletes them too if it is asked to", async () => {
    await world.addon("one", "canal", { annotations: { "fairlead.dev/delete-user-data": "true" } });
    await world.condition("one", "canal", "True");
    await world.remove("one", "canal");
    await world.removed("one", "canal");
    await eventually("all definitions to go", async () => !(await find(builtin.CustomResourceDefinition, ippools)));
  });

  test("stays until its cluster answers, so that nothing is left behind", async () => {
    await world.addon("one", "node-local-dns");
    await world.condition("one", "node-local-dns", "True");
    world.userClusters.disconnect("one");
    await world.remove("one", "node-local-dns");
    await world.cluster("two"); // no cluster of its own: only something that is done after it
    await world.addon("two", "unconnected");
    const ref = { name: "unconnected", namespace: clusterNamespace("two") };
    await eventually(
      "a later request",
      async () => (await world.client.get(addonType, ref)).metadata.finalizers?.length,
    );
    expect(await find(builtin.DaemonSet, "node-local-dns")).toBeDefined();
    expect(
      await world.client.find(addonType, { ...ref, name: "node-local-dns", namespace: clusterNamespace("one") }),
    ).toBeDefined();
    await world.connect("one");
    await world.removed("one", "node-local-dns");
    expect(await find(builtin.DaemonSet, "node-local-dns")).toBeUndefined();
  });
});

describe("a hundred clusters with the same network", () => {
  test("share one rendering of an add-on", async () => {
    const ids = Array.from({ length: 100 }, (_, index) => `hundred${index}`);
    const before = { rendered: world.renderer.rendered, spawned: world.runner.spawned };
    const other = { coreDNSReplicas: 5 }; // another than that of the tests before
    await Promise.all(
      ids.map(async (id, index) => {
        await world.cluster(id, { clusterNetwork: { ...sharedNetwork, ...other } }, 30_000 + index);
        await world.connect(id);
        await world.addon(id, "coredns");
      }),
    );
    for (const id of ids) await world.condition(id, "coredns", "True");
    expect(world.renderer.rendered - before.rendered).toBe(1);
    expect(world.runner.spawned - before.spawned).toBe(1);
  });
});

const sharedNetwork = {
  ipFamily: "IPv4" as const,
  pods: { cidrBlocks: ["172.25.0.0/16"] },
  services: { cidrBlocks: ["10.240.16.0/20"] },
  proxyMode: "ipvs" as const,
  ipvs: { strictArp: true },
  dnsDomain: "cluster.local",
};
