import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { builtin, waitFor } from "@fairlead/kube";
import {
  type ApiAuditEntry,
  type ApiErrorBody,
  applicationInstallationType,
  type Cluster,
  clusterType,
  installationNamespace,
  seedType,
} from "@fairlead/resources";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { type KubectlOutcome, TestInstallation } from "./testing/test-installation.ts";

let fairlead: TestInstallation;
let project: string;

beforeAll(async () => {
  fairlead = await TestInstallation.start();
  project = await fairlead.createProject("webhooks");
});
afterAll(async () => {
  await fairlead?.finish();
});

/** Paused, so that only what is stored matters. */
function cluster(name: string, spec: object = {}): Record<string, unknown> {
  return {
    apiVersion: clusterType.apiVersion,
    kind: "Cluster",
    metadata: { name, labels: { "project-id": project } },
    spec: {
      humanReadableName: name,
      version: "1.36.3",
      cloud: { dc: "local", bringyourown: {} },
      pause: true,
      ...spec,
    },
  };
}

function apply(object: object, ...args: string[]): Promise<KubectlOutcome> {
  return fairlead.kubectl(["apply", ...args, "-f", "-"], object);
}

async function stored(name: string): Promise<Cluster | undefined> {
  return await fairlead.management.find(clusterType, { name });
}

/** The field errors that kubectl prints, one a line, or one behind the colon. */
function printedErrors({ stderr }: KubectlOutcome): string[] {
  const lines = stderr.split("\n");
  const listed = lines.flatMap((line) => (line.startsWith("* ") ? [line.slice(2)] : []));
  if (listed.length > 0) return listed;
  return lines.flatMap((line) => /^The \S+ "[^"]*" is invalid: (.+)$/.exec(line)?.slice(1) ?? []);
}

describe("kubectl apply of a Cluster", () => {
  test("that says the least stores all defaults, and tells of warnings", async () => {
    const { ok, stderr } = await apply(cluster("minimal"));
    expect(ok, stderr).toBe(true);
    expect(stderr).toContain("Warning: spec.clusterNetwork.proxyMode: ipvs is deprecated from Kubernetes 1.35 on");
    const { body } = await fairlead.createCluster(project, { name: "by-rest", spec: { pause: true } });
    const [byKubectl, byRest] = [await stored("minimal"), await stored(body.id)];
    expect(byKubectl?.spec.clusterNetwork).toMatchObject({ proxyMode: "ipvs", konnectivityEnabled: false });
    expect(byKubectl?.spec.clusterNetwork).toEqual(byRest?.spec.clusterNetwork);
    expect(byKubectl?.spec.cniPlugin).toEqual(byRest?.spec.cniPlugin);
    const audit = `/api/v2/projects/${project}/clusters/minimal/audit`;
    const { body: entries } = await fairlead.call<ApiAuditEntry[]>("GET", audit);
    expect(entries).toMatchObject([{ user: "fairlead:admin", action: "CREATE clusters.kubermatic.k8c.io", project }]);
  });

  test("applied again changes nothing", async () => {
    const before = await stored("minimal");
    expect((await apply(cluster("minimal"))).stdout).toContain("unchanged");
    expect((await stored("minimal"))?.metadata.resourceVersion).toBe(before?.metadata.resourceVersion);
  });

  test("that is bad is refused with the same errors as by REST, and not stored", async () => {
    const spec = {
      version: "1.2.3",
      cniPlugin: { type: "flannel" },
      clusterNetwork: { pods: { cidrBlocks: ["10.0.0.0/33"] }, proxyMode: "nft", dnsDomain: "A" },
    };
    const outcome = await apply(cluster("bad", spec));
    const { version, ...rest } = spec;
    const { body } = await fairlead.createCluster(project, { name: "bad", version, spec: rest });
    expect(outcome.ok).toBe(false);
    expect(printedErrors(outcome)).toHaveLength(5);
    expect(printedErrors(outcome).toSorted()).toEqual((body as unknown as ApiErrorBody).error.details?.toSorted());
    expect(await stored("bad")).toBeUndefined();
  });

  test("of no project is refused", async () => {
    const outcome = await apply({ ...cluster("homeless"), metadata: { name: "homeless" } });
    expect(printedErrors(outcome)).toEqual([
      "metadata.labels[project-id]: Required value: expected the id of a project",
    ]);
    const lost = await apply({ ...cluster("lost"), metadata: { name: "lost", labels: { "project-id": "nowhere" } } });
    expect(printedErrors(lost)).toEqual([
      'metadata.labels[project-id]: Not found: "nowhere": there is no such project',
    ]);
  });

  test("that is no DNS label, or too long for one, is refused", async () => {
    expect(printedErrors(await apply(cluster("a.b")))[0]).toContain("metadata.name: Invalid value");
    expect(printedErrors(await apply(cluster("a".repeat(37))))[0]).toContain("metadata.name: Invalid value");
  });

  // Allowed source ranges and an address of the tunnelling agent belong to different expose strategies.
  test.each<["Tunneling" | "LoadBalancer", string, (spec: Cluster["spec"]) => void]>([
    ["Tunneling", "abcdefghij", (spec) => delete spec.apiServerAllowedIPRanges],
    ["LoadBalancer", "bcdefghijk", (spec) => delete spec.clusterNetwork?.tunnelingAgentIP],
  ])(
    "with every field of KKP v2.22 for %s passes strict validation and comes back as sent",
    async (exposeStrategy, name, adapt) => {
      const file = new URL("../../../resources/src/testdata/cluster-all-fields.yaml", import.meta.url);
      const sent = parse(await readFile(file, "utf8")) as Cluster;
      sent.metadata = { ...sent.metadata, name, labels: { ...sent.metadata.labels, "project-id": project } };
      sent.spec = { ...sent.spec, exposeStrategy, pause: true };
      adapt(sent.spec);
      await setDatacenters({ openstack: { ipv6Enabled: true } });
      const { ok, stderr } = await apply(sent, "--validate=strict");
      expect(ok, stderr).toBe(true);
      expect(stderr).toContain("Warning: spec.oidc: is kept but has no effect");
      expect((await stored(name))?.spec).toEqual(sent.spec);
    },
  );
});

/** Settings of the seed's datacenters. */
async function setDatacenters(settings: Record<string, object>): Promise<void> {
  const datacenters = Object.fromEntries(
    Object.entries(settings).map(([provider, spec]) => [`${provider}-dc`, { spec: { [provider]: spec } }]),
  );
  const ref = { name: "embedded", namespace: installationNamespace };
  await fairlead.management.mergePatch(seedType, ref, { spec: { datacenters } });
  await new Promise((resolve) => setTimeout(resolve, 1100)); // The webhooks' view of settings is at most a second old.
}

describe("an existing Cluster", () => {
  const patch = (name: string, body: object) =>
    fairlead.kubectl(["patch", "cluster", name, "--type=merge", "-p", JSON.stringify(body)]);

  test.each<[string, object]>([
    ["spec.clusterNetwork.pods", { spec: { clusterNetwork: { pods: { cidrBlocks: ["10.4.0.0/16"] } } } }],
    ["spec.clusterNetwork.dnsDomain", { spec: { clusterNetwork: { dnsDomain: "other.local" } } }],
    ["spec.clusterNetwork.proxyMode", { spec: { clusterNetwork: { proxyMode: "iptables" } } }],
    ["spec.cniPlugin", { spec: { cniPlugin: { type: "cilium", version: "1.19.4" } } }],
    ["metadata.labels[project-id]", { metadata: { labels: { "project-id": "other" } } }],
    ["metadata.labels[project-id]", { metadata: { labels: { "project-id": null } } }],
  ])("keeps its %s", async (field, body) => {
    const before = await stored("minimal");
    const outcome = await patch("minimal", body);
    expect(outcome.ok).toBe(false);
    expect(printedErrors(outcome)[0]).toContain(field);
    expect(await stored("minimal")).toEqual(before);
  });

  test("keeps its values when an edit leaves them out", async () => {
    const before = await stored("minimal");
    const { ok, stderr } = await fairlead.kubectl(["replace", "-f", "-"], cluster("minimal"));
    expect(ok, stderr).toBe(true);
    expect((await stored("minimal"))?.spec).toEqual(before?.spec);
  });

  test("moves its proxy mode with the migration label, and is warned", async () => {
    await apply(cluster("migrated"));
    const labels = { "unsafe-cni-migration": "" };
    const { ok, stderr } = await patch("migrated", {
      metadata: { labels },
      spec: { clusterNetwork: { proxyMode: "iptables" } },
    });
    expect(ok, stderr).toBe(true);
    expect((await stored("migrated"))?.spec.clusterNetwork?.proxyMode).toBe("iptables");
    expect(stderr).toContain("Warning: ");
  });

  test("can be deleted, and so can one that nobody could create", async () => {
    expect((await fairlead.kubectl(["delete", "cluster", "migrated"])).ok).toBe(true);
    expect(await stored("migrated")).toBeUndefined();
  });
});

test("a ClusterTemplate is judged by the cluster that it would make", async () => {
  const template = (name: string, scope: string, network: object) => ({
    ...cluster(name, { clusterNetwork: network }),
    kind: "ClusterTemplate",
    metadata: { name, labels: { scope, "project-id": project } },
  });
  const good = await apply(template("good", "project", { proxyMode: "iptables" }));
  expect(good.ok, good.stderr).toBe(true);
  const bad = await apply(template("bad", "project", { proxyMode: "ebpf" }));
  expect(printedErrors(bad).join()).toContain("spec.clusterNetwork.proxyMode");
  const scopeless = await apply(template("scopeless", "", {}));
  expect(printedErrors(scopeless).join()).toContain("metadata.labels[scope]: Required value");
});

describe("in a running cluster", () => {
  let id: string;
  let kubectl: (...args: string[]) => Promise<string>;

  beforeAll(async () => {
    const { body } = await fairlead.createCluster(project, {
      name: "cilium",
      replicas: 1,
      spec: { cniPlugin: { type: "cilium", version: "1.18.10" }, clusterNetwork: { konnectivityEnabled: true } },
    });
    id = body.id;
    const connected = await fairlead.connect(project, id);
    kubectl = (...args) => connected.kubectl(...args);
    await waitFor(
      () => connected.client.find(applicationInstallationType, { name: "cilium", namespace: "kube-system" }),
      { what: "the CNI's ApplicationInstallation", timeoutMs: 60_000 },
    );
  });

  const patchCilium = (body: object) =>
    kubectl(
      "-n",
      "kube-system",
      "patch",
      "applicationinstallation",
      "cilium",
      "--type=merge",
      "-p",
      JSON.stringify(body),
    );

  test.each<[string, object]>([
    ["spec.values.cni.exclusive", { spec: { values: { cni: { exclusive: true } } } }],
    ["spec.values.kubeProxyReplacement", { spec: { values: { kubeProxyReplacement: null } } }],
    ["spec.applicationRef.version", { spec: { applicationRef: { version: "1.19.4" } } }],
    ["spec.namespace.name", { spec: { namespace: { name: "default" } } }],
    [
      "metadata.labels[apps.kubermatic.k8c.io/type]",
      { metadata: { labels: { "apps.kubermatic.k8c.io/type": "other" } } },
    ],
  ])("Cilium's %s is Fairlead's", async (field, body) => {
    await expect(patchCilium(body)).rejects.toThrow(field);
  });

  test("Cilium's other values are the user's", async () => {
    expect(await patchCilium({ spec: { values: { debug: { enabled: true } } } })).toContain("patched");
  });

  test("a version that clusters run stays in the ApplicationDefinition", async () => {
    const { stdout } = await fairlead.kubectl(["get", "applicationdefinition", "cilium", "-o", "json"]);
    const definition = JSON.parse(stdout) as { spec: { versions: { version: string }[] } };
    const without = definition.spec.versions.filter(({ version }) => version !== "1.18.10");
    const body = JSON.stringify({ spec: { versions: without } });
    const outcome = await fairlead.kubectl(["patch", "applicationdefinition", "cilium", "--type=merge", "-p", body]);
    expect(printedErrors(outcome).join()).toContain("version 1.18.10 is the CNI of clusters");
    const deleted = await fairlead.kubectl(["delete", "applicationdefinition", "cilium"]);
    expect(deleted).toMatchObject({ ok: false, stderr: expect.stringContaining("is the CNI of clusters") });
  });

  test("an Addon belongs to the cluster of its namespace", async () => {
    const addon = (namespace: string) => ({
      apiVersion: clusterType.apiVersion,
      kind: "Addon",
      metadata: { name: "multus", namespace },
      spec: { name: "multus" },
    });
    expect(printedErrors(await apply(addon("default"))).join()).toContain("metadata.namespace: Invalid value");
    const { ok, stderr } = await apply(addon(`cluster-${id}`));
    expect(ok, stderr).toBe(true);
    const reference = ["get", "addon", "multus", "-n", `cluster-${id}`, "-o", "jsonpath={.spec.cluster.name}"];
    expect((await fairlead.kubectl(reference)).stdout).toBe(id);
  });
});

describe("an installation that was there before its webhooks", () => {
  const bad = { clusterNetwork: { services: { cidrBlocks: ["172.25.0.0/20"] } }, pause: false };

  test("does not act on what it would refuse, and says why", async () => {
    const ref = { name: "fairlead.dev" };
    await fairlead.management.delete(builtin.MutatingWebhookConfiguration, ref);
    await fairlead.management.delete(builtin.ValidatingWebhookConfiguration, ref);
    await waitFor(async () => (await apply(cluster("before", bad))).ok, { what: "the API server to ask nobody" });
    const { status } = await waitFor(
      async () => {
        const found = await stored("before");
        return found?.status?.conditions?.SpecValid?.status === "False" && found;
      },
      { what: "the refusal" },
    );
    expect(status?.errorReason).toBe("InvalidConfiguration");
    expect(status?.conditions?.SpecValid?.message).toContain("spec.clusterNetwork.services.cidrBlocks");
    expect(await readdir(join(fairlead.directory, "user-clusters", "clusters"))).not.toContain("before");
    const events = [
      "get",
      "events",
      "-A",
      "--field-selector",
      "reason=SpecRefused",
      "-o",
      "jsonpath={..type} {..message}",
    ];
    await expect
      .poll(async () => (await fairlead.kubectl(events)).stdout, { timeout: 90_000 })
      .toMatch(/^Warning spec\.clusterNetwork\.services\.cidrBlocks\[0\]: Invalid value/);
  });

  test("is started again, with webhooks on whatever port is free", async () => {
    await fairlead.stop();
    fairlead = await TestInstallation.start(fairlead.directory);
    const first = await webhookUrl();
    expect(printedErrors(await apply(cluster("again", bad)))[0]).toContain("spec.clusterNetwork.services.cidrBlocks");
    await fairlead.stop();
    fairlead = await TestInstallation.start(fairlead.directory);
    expect(await webhookUrl()).not.toBe(first);
    expect(printedErrors(await apply(cluster("again", bad)))[0]).toContain("spec.clusterNetwork.services.cidrBlocks");
    expect(await stored("again")).toBeUndefined();
  });

  test("what is wrong already does not keep people from repairing it, or from deleting it", async () => {
    const label = await fairlead.kubectl(["label", "cluster", "before", "team=a"]);
    expect(label.ok, label.stderr).toBe(true);
    expect((await fairlead.kubectl(["delete", "cluster", "before"])).ok).toBe(true);
    expect(await stored("before")).toBeUndefined();
  });

  async function webhookUrl(): Promise<string | undefined> {
    const { webhooks } = await fairlead.management.get(builtin.MutatingWebhookConfiguration, { name: "fairlead.dev" });
    return webhooks?.[0]?.clientConfig.url;
  }
});
