import { X509Certificate } from "node:crypto";
import { builtin, type KubeObject, waitFor } from "@fairlead/kube";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dualStackNetwork, testCluster } from "../cluster.fixture.ts";
import { issueCertificate } from "../pki/certificate.ts";
import { SeedHarness } from "./seed.fixture.ts";
import { everythingOf } from "./seed-objects.fixture.ts";

const never = new AbortController().signal;
const day = 24 * 60 * 60 * 1000;

let seed: SeedHarness;
beforeAll(async () => {
  seed = await SeedHarness.start();
});
afterAll(() => seed[Symbol.asyncDispose]());

const konnectivity = { clusterNetwork: { ...testCluster().spec.clusterNetwork, konnectivityEnabled: true } };
const abc = testCluster({ id: "abc", spec: konnectivity });

function decode(object: { data?: Record<string, string> }, file: string): string {
  return Buffer.from(object.data?.[file] ?? "", "base64").toString("utf8");
}

async function secretOf(id: string, name: string) {
  return await seed.client.get(builtin.Secret, { name, namespace: `cluster-${id}` });
}

describe("one cluster from its creation to its end", () => {
  test("etcd comes first, kube-apiserver when that is ready, the rest when both are", async () => {
    await seed.ensureUntil(abc, "etcd to be there", ({ activity }) => activity?.includes("etcd") ?? false);
    expect(await seed.names(builtin.StatefulSet, "abc")).toEqual(["etcd"]);
    expect(await seed.names(builtin.Deployment, "abc")).toEqual([]);

    seed.letRun("etcd");
    const { health } = await seed.ensureUntil(
      abc,
      "kube-apiserver to be there",
      ({ activity }) => activity?.includes("apiserver") ?? false,
    );
    expect(health).toMatchObject({ etcd: "up", apiserver: "provisioning", scheduler: "provisioning" });
    expect(await seed.names(builtin.Deployment, "abc")).toEqual(["apiserver"]);

    seed.letRun("apiserver", "controller-manager", "scheduler", "openvpn-server", "dns-resolver", "metrics-server");
    const observation = await seed.up(abc);
    expect(await seed.names(builtin.Deployment, "abc")).toEqual(["apiserver", "controller-manager", "scheduler"]);
    expect(observation).toMatchObject({ version: "1.36.3", address: { host: "abc.europe.fairlead.example" } });
  });

  test("a control plane that is as it should be costs no write", async () => {
    await seed.up(abc);
    const before = await seed.objectsIn("cluster-abc");
    seed.client.writes.length = 0;
    await seed.up(abc);
    expect(seed.client.writes.filter((write) => !write.includes("/pods/"))).toEqual([]);
    // The status of a PodDisruptionBudget, which no generation counts, is written by the disruption controller when it likes.
    const versions = (objects: KubeObject[]) =>
      objects.map(({ kind, metadata }) =>
        kind === "PodDisruptionBudget" ? metadata.generation : metadata.resourceVersion,
      );
    expect(versions(await seed.objectsIn("cluster-abc"))).toEqual(versions(before));
  });

  test("what somebody changed or took away comes back", async () => {
    const ref = { name: "scheduler", namespace: "cluster-abc" };
    await seed.client.delete(builtin.Secret, { name: "kube-scheduler", namespace: "cluster-abc" });
    await seed.client.mergePatch(builtin.Deployment, ref, { spec: { replicas: 0 } });
    await seed.up(abc);
    expect((await seed.client.get(builtin.Deployment, ref)).spec?.replicas).toBe(2);
    expect(await seed.names(builtin.Secret, "abc")).toContain("kube-scheduler");
  });

  test("all pods pass the restricted Pod Security level, and nothing that was sent drew a warning", async () => {
    const namespace = await seed.client.get(builtin.Namespace, { name: "cluster-abc" });
    expect(namespace.metadata.labels).toMatchObject({ "pod-security.kubernetes.io/enforce": "restricted" });
    const { items } = await seed.client.list(builtin.Pod, { namespace: "cluster-abc" });
    expect(items).toHaveLength(9);
    expect(seed.client.warnings).toEqual([]);
  });

  test("a certificate near its end is renewed, pods that hold it are replaced, authorities and etcd stay", async () => {
    const stored = await secretOf("abc", "pki");
    const etcd = await seed.client.get(builtin.StatefulSet, { name: "etcd", namespace: "cluster-abc" });
    const authority = { cert: decode(stored, "ca.crt"), key: decode(stored, "ca.key") };
    const soon = new Date(Date.now() - 300 * day);
    const request = { commonName: "kube-apiserver", usages: ["server"] } as const;
    const old = await issueCertificate(authority, request, soon);
    const data = Object.fromEntries(
      Object.entries({ "apiserver.crt": old.cert, "apiserver.key": old.key }).map(([file, text]) => [
        file,
        Buffer.from(text).toString("base64"),
      ]),
    );
    await seed.client.mergePatch(builtin.Secret, { name: "pki", namespace: "cluster-abc" }, { data });
    await seed.up(abc);

    const [renewed, mounted] = [await secretOf("abc", "pki"), await secretOf("abc", "kube-apiserver")];
    const certificate = new X509Certificate(decode(renewed, "apiserver.crt"));
    expect(certificate.validToDate.getTime()).toBeGreaterThan(Date.now() + 300 * day);
    expect(certificate.checkHost("abc.europe.fairlead.example")).toBeDefined();
    expect(decode(mounted, "apiserver.crt")).toBe(decode(renewed, "apiserver.crt"));
    expect(decode(renewed, "ca.crt")).toBe(authority.cert);
    const after = await seed.client.get(builtin.StatefulSet, { name: "etcd", namespace: "cluster-abc" });
    expect(after.metadata.generation).toBe(etcd.metadata.generation);
    const { spec } = await seed.client.get(builtin.Deployment, { name: "apiserver", namespace: "cluster-abc" });
    expect(spec?.strategy).toMatchObject({ rollingUpdate: { maxUnavailable: 0 } });
  });

  test("a newer version reaches kube-apiserver first", async () => {
    const raised = testCluster({ id: "abc", spec: { ...konnectivity, version: "1.36.4" } });
    const { version } = (await seed.ensure(raised)) ?? {};
    expect(version).toBe("1.36.3");
    const image = async (name: string) =>
      (await seed.client.get(builtin.Deployment, { name, namespace: "cluster-abc" })).spec?.template.spec.containers[0]
        ?.image;
    expect(await image("apiserver")).toBe("registry.k8s.io/kube-apiserver:v1.36.4");
    expect(await image("scheduler")).toBe("registry.k8s.io/kube-scheduler:v1.36.3");
    expect((await seed.up(raised)).version).toBe("1.36.4");
    expect(await image("scheduler")).toBe("registry.k8s.io/kube-scheduler:v1.36.4");
  });

  test("the members of etcd stay as many as they were", async () => {
    const fewer = testCluster({
      id: "abc",
      spec: { ...konnectivity, version: "1.36.4", componentsOverride: { etcd: { clusterSize: 5 } } },
    });
    await seed.up(fewer);
    const { spec } = await seed.client.get(builtin.StatefulSet, { name: "etcd", namespace: "cluster-abc" });
    expect(spec?.replicas).toBe(3);
  });

  test("its deletion leaves nothing", async () => {
    await waitFor(() => seed.provider.remove(abc, { signal: never }), {
      what: "the control plane to be gone",
      timeoutMs: 120_000,
      intervalMs: 500,
    });
    expect(await seed.client.find(builtin.Namespace, { name: "cluster-abc" })).toBeUndefined();
    expect(await seed.objectsIn("cluster-abc")).toEqual([]);
    expect(await seed.provider.remove(abc, { signal: never })).toBe(true);
  });
});

describe("how an API server is reached", () => {
  const single = { componentsOverride: { etcd: { clusterSize: 1 } } };

  test("LoadBalancer: once the seed's cloud has given an address, open for the allowed sources", async () => {
    const cluster = testCluster({
      id: "lb",
      spec: {
        ...single,
        exposeStrategy: "LoadBalancer",
        apiServerAllowedIPRanges: { cidrBlocks: ["192.0.2.0/24"] },
      },
    });
    await expect(seed.provider.ensure(cluster, { signal: never })).rejects.toThrow(
      "Waiting for an address of the load balancer",
    );
    const ref = { name: "front-loadbalancer", namespace: "cluster-lb" };
    const status = { loadBalancer: { ingress: [{ ip: "203.0.113.9" }] } };
    await seed.client.mergePatchStatus(builtin.Service, ref, { status });
    const { address } = await seed.up(cluster);
    expect(address.url).toBe("https://203.0.113.9:6443");
    const service = await seed.client.get(builtin.Service, ref);
    expect(service.spec).toMatchObject({ type: "LoadBalancer", loadBalancerSourceRanges: ["192.0.2.0/24"] });
    const certificate = new X509Certificate(decode(await secretOf("lb", "kube-apiserver"), "apiserver.crt"));
    expect(certificate.checkIP("203.0.113.9")).toBe("203.0.113.9");
  });

  test("Tunneling: by name through the seed's proxy, and by the agent's address in the user cluster", async () => {
    const cluster = testCluster({
      id: "tunnel",
      spec: {
        ...single,
        exposeStrategy: "Tunneling",
        clusterNetwork: { ...dualStackNetwork, tunnelingAgentIP: "192.168.30.10" },
      },
    });
    const { address, userClusterObjects = [] } = await seed.up(cluster);
    expect(address.url).toBe("https://tunnel.europe.fairlead.example:6443");
    const service = await seed.client.get(builtin.Service, { name: "apiserver-external", namespace: "cluster-tunnel" });
    expect(service.metadata.annotations).toMatchObject({ "nodeport-proxy.k8s.io/expose": "SNI,Tunneling" });
    expect(userClusterObjects.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
      "ClusterRoleBinding fairlead:cluster-admins",
      "ClusterRoleBinding fairlead:kube-apiserver",
      "Endpoints kubernetes",
      "EndpointSlice kubernetes",
      "ConfigMap envoy-agent",
      "DaemonSet envoy-agent",
      "Secret openvpn-client-certificates",
      "Service metrics-server",
      "ClusterRole system:metrics-server",
      "ClusterRoleBinding system:metrics-server",
      "ClusterRoleBinding metrics-server:system:auth-delegator",
      "RoleBinding metrics-server-auth-reader",
    ]);
    expect(JSON.stringify(userClusterObjects)).toContain("192.168.30.10");
    const certificate = new X509Certificate(decode(await secretOf("tunnel", "kube-apiserver"), "apiserver.crt"));
    expect(certificate.checkIP("192.168.30.10")).toBe("192.168.30.10");
  });
});

describe("the tunnel to the nodes", () => {
  const single = {
    componentsOverride: { etcd: { clusterSize: 1 }, apiserver: { replicas: 1 } },
  };
  const namespace = "cluster-switched";
  const tunnelOf = async () => {
    const listed = await seed.names(builtin.Deployment, "switched");
    const { spec } = await seed.client.get(builtin.Deployment, { name: "apiserver", namespace });
    const containers = (spec?.template.spec.containers ?? []).map(({ name }) => name).slice(1);
    const args = (spec?.template.spec.containers[0]?.args ?? []).join(" ");
    return {
      containers,
      selectsEgress: args.includes("--egress-selector-config-file"),
      openVpn: listed.includes("openvpn-server"),
    };
  };
  const before = testCluster({ id: "switched", spec: single });
  const after = testCluster({ id: "switched", spec: { ...single, ...konnectivity } });

  test("each step of a switch keeps what is in use, and what an old tunnel was goes at the end", async () => {
    const { tunnel, userClusterObjects = [] } = await seed.up(before);
    expect(tunnel).toMatchObject({ health: "up", inUse: "openvpn", servesMetrics: true });
    expect(tunnel?.endpoints).toEqual({
      openvpn: { host: "switched.europe.fairlead.example", port: expect.any(Number) },
    });
    expect(userClusterObjects.map(({ metadata }) => metadata.name)).toContain("openvpn-client-certificates");
    expect(await tunnelOf()).toEqual({
      containers: ["openvpn-client", "node-dnat"],
      selectsEgress: false,
      openVpn: true,
    });

    const prepared = await seed.up(after, { use: "openvpn", alongside: "konnectivity" });
    expect(prepared.tunnel).toMatchObject({ inUse: "openvpn", endpoints: { konnectivity: {}, openvpn: {} } });
    expect(await tunnelOf()).toEqual({
      containers: ["konnectivity-server", "openvpn-client", "node-dnat"],
      selectsEgress: false,
      openVpn: true,
    });

    const switched = await seed.up(after, { use: "konnectivity", alongside: "openvpn" });
    expect(switched.tunnel?.inUse).toBe("konnectivity");
    expect(await tunnelOf()).toEqual({
      containers: ["konnectivity-server", "openvpn-client", "node-dnat"],
      selectsEgress: true,
      openVpn: true,
    });

    const settled = await seed.up(after);
    expect(settled.tunnel).toMatchObject({ inUse: "konnectivity", servesMetrics: false });
    expect(await tunnelOf()).toEqual({ containers: ["konnectivity-server"], selectsEgress: true, openVpn: false });
    const left = (await seed.objectsIn(namespace)).filter(
      ({ metadata }) => metadata.labels?.["fairlead.dev/tunnel"] === "openvpn",
    );
    expect(left.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([]);
  });

  test("and back", async () => {
    await seed.up(before, { use: "konnectivity", alongside: "openvpn" });
    const switched = await seed.up(before, { use: "openvpn", alongside: "konnectivity" });
    expect(switched.tunnel?.inUse).toBe("openvpn");
    await seed.up(before);
    expect(await tunnelOf()).toEqual({
      containers: ["openvpn-client", "node-dnat"],
      selectsEgress: false,
      openVpn: true,
    });
    const names = (await seed.objectsIn(namespace)).map(({ metadata }) => metadata.name ?? "");
    expect(names.filter((name) => name.includes("konnectivity"))).toEqual([]);
  });
});

describe("the API server takes all that is put into a seed and into a user cluster, checked strictly, with", () => {
  const strategies = ["NodePort", "LoadBalancer", "Tunneling"] as const;
  const cases = strategies.flatMap((exposeStrategy) =>
    [true, false].map((konnectivityEnabled) => ({
      exposeStrategy,
      konnectivityEnabled,
      tunnel: konnectivityEnabled ? "Konnectivity" : "OpenVPN",
    })),
  );

  /** Dry runs; tells whose pods Pod Security would call anything but restricted. */
  async function unrestricted(objects: readonly KubeObject[]): Promise<string[]> {
    const found = new Set<string>();
    for (const object of objects) {
      seed.client.warnings.length = 0;
      const type = await seed.client.resourceFor(object.apiVersion ?? "", object.kind ?? "");
      const options = { fieldManager: "test", dryRun: true, fieldValidation: "Strict", force: true } as const;
      await seed.client.apply(type, object, options);
      const told = seed.client.warnings.filter((text) => !text.includes("v1 Endpoints is deprecated"));
      expect(told.filter((text) => !text.includes('would violate PodSecurity "restricted'))).toEqual([]);
      if (told.length > 0) found.add(object.metadata.name ?? "");
    }
    return [...found].sort();
  }

  test.each(cases)("$tunnel and $exposeStrategy", async ({ exposeStrategy, konnectivityEnabled }) => {
    const clusterId = `dry-${konnectivityEnabled ? "k" : "o"}-${exposeStrategy.toLowerCase()}`;
    const network = { ...testCluster().spec.clusterNetwork, konnectivityEnabled, tunnelingAgentIP: "192.168.30.10" };
    const cluster = testCluster({ id: clusterId, spec: { exposeStrategy, clusterNetwork: network } });
    const { namespaceManifest, objects, userClusterObjects } = await everythingOf(cluster, seed.webhookAuthority);
    expect(namespaceManifest.metadata.labels).toMatchObject({
      "pod-security.kubernetes.io/enforce": konnectivityEnabled ? "restricted" : "privileged",
    });
    const labels = { ...namespaceManifest.metadata.labels, "pod-security.kubernetes.io/warn": "restricted" };
    await seed.client.create(builtin.Namespace, { metadata: { ...namespaceManifest.metadata, labels } });
    // OpenVPN opens /dev/net/tun, and so does each pod that is a client of it.
    const exceptions = konnectivityEnabled ? [] : ["apiserver", "dns-resolver", "metrics-server", "openvpn-server"];
    expect(await unrestricted(objects)).toEqual(exceptions);
    await unrestricted(userClusterObjects);
    await seed.client.delete(builtin.Namespace, { name: namespaceManifest.metadata.name ?? "" });
  });
});

describe("a seed that cannot be worked with", () => {
  test("blocks its own clusters, and says which seed it is", async () => {
    seed.seeds.set("asia", { kind: "unavailable", name: "asia", problem: "connection refused" }, ["tokyo"]);
    const spec = { cloud: { dc: "tokyo", providerName: "bringyourown", bringyourown: {} } };
    const ensure = seed.provider.ensure(testCluster({ id: "far", spec }), { signal: never });
    await expect(ensure).rejects.toMatchObject({
      reason: "SeedUnavailable",
      message: "Seed asia cannot be reached: connection refused",
    });
  });

  test("a datacenter of no seed is named", async () => {
    const spec = { cloud: { dc: "nowhere", providerName: "bringyourown", bringyourown: {} } };
    const ensure = seed.provider.ensure(testCluster({ id: "far", spec }), { signal: never });
    await expect(ensure).rejects.toMatchObject({ reason: "SeedUnknown" });
  });
});
