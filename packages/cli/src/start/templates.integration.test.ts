import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "@fairlead/components";
import { defineResource, KubeClient, waitFor } from "@fairlead/kube";
import {
  type Cluster,
  type ClusterTemplate,
  type ClusterTemplateInstance,
  clusterTemplateInstanceType,
  clusterTemplateType,
  clusterType,
  installationNamespace,
  templateInstanceLabel,
} from "@fairlead/resources";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FairleadProcess } from "./testing/fairlead-process.ts";
import { type KubectlOutcome, TestInstallation } from "./testing/test-installation.ts";

const policyType = defineResource({
  group: "admissionregistration.k8s.io",
  version: "v1",
  kind: "ValidatingAdmissionPolicy",
  plural: "validatingadmissionpolicies",
  namespaced: false,
});
const bindingType = defineResource({
  group: "admissionregistration.k8s.io",
  version: "v1",
  kind: "ValidatingAdmissionPolicyBinding",
  plural: "validatingadmissionpolicybindings",
  namespaced: false,
});

/** Paused clusters have no control plane: what is stored of them is all that matters here. */
function template(name: string, labels: Record<string, string>, spec: object = {}, annotations: object = {}): object {
  return {
    apiVersion: clusterType.apiVersion,
    kind: "ClusterTemplate",
    metadata: { name, labels, annotations },
    spec: {
      humanReadableName: name,
      version: "1.36.3",
      cloud: { dc: "local", bringyourown: {} },
      pause: true,
      ...spec,
    },
  };
}

function instance(name: string, project: string, clusterTemplateID: string, replicas: number): ClusterTemplateInstance {
  return { metadata: { name }, spec: { projectID: project, clusterTemplateID, replicas } };
}

async function clustersOf(management: KubeClient, name: string): Promise<Cluster[]> {
  const labelSelector = `${templateInstanceLabel}=${name}`;
  return (await management.list(clusterType, { labelSelector })).items;
}

async function untilReason(management: KubeClient, name: string, reason: string): Promise<ClusterTemplateInstance> {
  let found: ClusterTemplateInstance | undefined;
  await waitFor(
    async () => {
      found = await management.get(clusterTemplateInstanceType, { name });
      return found.status?.conditions?.Complete?.reason === reason;
    },
    { what: `ClusterTemplateInstance ${name} to be ${reason}`, timeoutMs: 120_000 },
  );
  if (!found) throw new Error("not reached");
  return found;
}

describe("by kubectl", () => {
  let fairlead: TestInstallation;
  let project: string;

  beforeAll(async () => {
    fairlead = await TestInstallation.start();
    project = await fairlead.createProject("templates");
  });
  afterAll(async () => {
    await fairlead?.finish();
  });

  function apply(object: object): Promise<KubectlOutcome> {
    return fairlead.kubectl(["apply", "-f", "-"], object);
  }

  async function applied(object: object): Promise<void> {
    const { ok, stderr } = await apply(object);
    expect(ok, stderr).toBe(true);
  }

  test("a Cluster that names a template needs no more than its own name", async () => {
    const values = { "kubermatic.io/initial-cni-values-request": '{"hubble":{"enabled":false}}' };
    const spec = { cniPlugin: { type: "cilium", version: "1.18.10" }, clusterNetwork: { nodeCidrMaskSizeIPv4: 25 } };
    await applied(template("team", { scope: "project", "project-id": project }, spec, values));
    const annotations = { "fairlead.dev/cluster-template": "team" };
    const cluster = {
      apiVersion: clusterType.apiVersion,
      kind: "Cluster",
      metadata: { name: "from-team", labels: { "project-id": project }, annotations },
      spec: { humanReadableName: "c" },
    };
    const { ok, stderr } = await fairlead.kubectl(["create", "-f", "-"], cluster);
    expect(ok, stderr).toBe(true);
    const stored = await fairlead.management.get(clusterType, { name: "from-team" });
    expect(stored.spec).toMatchObject({ ...spec, humanReadableName: "c", version: "1.36.3", cloud: { dc: "local" } });
    expect(stored.metadata.annotations).toMatchObject(values);
    const lost = { ...cluster, metadata: { ...cluster.metadata, name: "lost", annotations: { ...annotations } } };
    lost.metadata.annotations["fairlead.dev/cluster-template"] = "nothing";
    expect((await fairlead.kubectl(["create", "-f", "-"], lost)).stderr).toContain("there is no such ClusterTemplate");
  });

  test("a seed's template holds for Clusters, and cannot be deleted meanwhile", async () => {
    const ref = { name: "embedded", namespace: installationNamespace };
    await applied(
      template("house", { scope: "seed" }, { cloud: { dc: "local" }, clusterNetwork: { dnsDomain: "house.example" } }),
    );
    const setDefault = (name: string | null) =>
      fairlead.kubectl([
        "patch",
        "seed",
        ref.name,
        "-n",
        ref.namespace,
        "--type=merge",
        "-p",
        JSON.stringify({ spec: { defaultClusterTemplate: name } }),
      ]);
    expect((await setDefault("house")).ok).toBe(true);
    const cluster = (name: string, spec: object = {}) => ({
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
    });
    // Webhooks know settings of a second ago.
    await waitFor(
      async () => {
        const { stdout } = await fairlead.kubectl(
          ["create", "--dry-run=server", "-o", "jsonpath={.spec.clusterNetwork.dnsDomain}", "-f", "-"],
          cluster("tried"),
        );
        return stdout === "house.example";
      },
      { what: "the template to be in effect", timeoutMs: 60_000 },
    );
    await applied(cluster("house-1"));
    await applied(cluster("own-1", { clusterNetwork: { dnsDomain: "own.example" } }));
    const domainOf = async (name: string) =>
      (await fairlead.management.get(clusterType, { name })).spec.clusterNetwork?.dnsDomain;
    expect(await domainOf("house-1")).toBe("house.example");
    expect(await domainOf("own-1")).toBe("own.example");
    const refused = await fairlead.kubectl(["delete", "clustertemplate", "house"]);
    expect(refused).toMatchObject({ ok: false, stderr: expect.stringContaining("spec.defaultClusterTemplate") });
    expect((await setDefault(null)).ok).toBe(true);
    await waitFor(async () => (await fairlead.kubectl(["delete", "clustertemplate", "house"])).ok, {
      what: "the template to be free",
      timeoutMs: 60_000,
    });
  });

  test("one cluster that is refused does not stop the others, and is created once it is allowed", async () => {
    await fairlead.management.create(policyType, {
      metadata: { name: "no-second" },
      spec: {
        matchConstraints: {
          resourceRules: [
            { apiGroups: ["kubermatic.k8c.io"], apiVersions: ["v1"], operations: ["CREATE"], resources: ["clusters"] },
          ],
        },
        validations: [
          { expression: "object.spec.humanReadableName != 'web-2'", message: "the second one is one too many" },
        ],
      },
    } as never);
    await fairlead.management.create(bindingType, {
      metadata: { name: "no-second" },
      spec: { policyName: "no-second", validationActions: ["Deny"] },
    } as never);
    const second = {
      metadata: { name: "second", labels: { "project-id": project } },
      spec: { humanReadableName: "web-2", version: "1.36.3", cloud: { dc: "local", bringyourown: {} } },
    };
    await waitFor(
      () =>
        fairlead.management.create(clusterType, second, { dryRun: true }).then(
          () => false,
          (error: unknown) => String(error).includes("one too many"),
        ),
      { what: "the policy to be in effect", timeoutMs: 60_000 },
    );
    await applied(template("web", { scope: "global" }));
    await applied({
      ...instance("three", project, "web", 3),
      apiVersion: clusterType.apiVersion,
      kind: "ClusterTemplateInstance",
    });
    const { status } = await untilReason(fairlead.management, "three", "SomeRefused");
    expect(status).toMatchObject({
      created: 2,
      refused: 1,
      clusters: [
        { name: "web-1", state: "Created" },
        { name: "web-2", state: "Refused", message: expect.stringContaining("the second one is one too many") },
        { name: "web-3", state: "Created" },
      ],
    });
    expect((await fairlead.kubectl(["get", "events", "-A"])).stdout).toContain("ClusterRefused");

    await fairlead.management.delete(bindingType, { name: "no-second" });
    await waitFor(() => fairlead.management.create(clusterType, second, { dryRun: true }), {
      what: "the policy to be gone",
      timeoutMs: 60_000,
    });
    // It is tried again every minute, and at once when the template changes.
    await applied(template("web", { scope: "global", changed: "yes" }));
    await untilReason(fairlead.management, "three", "AllCreated");
    const clusters = await clustersOf(fairlead.management, "three");
    expect(clusters.map(({ spec }) => spec.humanReadableName).sort()).toEqual(["web-1", "web-2", "web-3"]);
  });

  test("what cannot be done says why, and goes on when it can", async () => {
    await fairlead.management.create(clusterTemplateInstanceType, instance("early", project, "late", 1));
    const early = await untilReason(fairlead.management, "early", "TemplateNotFound");
    expect(early.status?.conditions?.Complete?.message).toContain('no ClusterTemplate "late"');
    await applied(template("late", { scope: "global" }));
    await untilReason(fairlead.management, "early", "AllCreated");
    await fairlead.management.create(clusterTemplateInstanceType, instance("foreign", "nowhere", "late", 1));
    await untilReason(fairlead.management, "foreign", "ProjectNotFound");
    // And what is done stays so when its template goes.
    expect((await fairlead.kubectl(["delete", "clustertemplate", "late"])).ok).toBe(true);
    await fairlead.management.mergePatch(
      clusterTemplateInstanceType,
      { name: "early" },
      { metadata: { labels: { a: "b" } } },
    );
    await untilReason(fairlead.management, "early", "AllCreated");
  });
});

test("kill -9 in the middle: the next start creates what is missing, and nothing twice", async () => {
  const data = await mkdtemp(join(tmpdir(), "fairlead templates "));
  const port = await freePort();
  const replicas = 40;
  try {
    const first = new FairleadProcess(data, port);
    await first.ready();
    await using kubeconfig = await connect(data);
    const { client } = kubeconfig;
    const project = await createProject(data, port);
    await client.create(clusterTemplateType, template("web", { scope: "global" }) as ClusterTemplate);
    await client.create(clusterTemplateInstanceType, instance("forty", project, "web", replicas));
    await waitFor(async () => (await clustersOf(client, "forty")).length >= 3, {
      what: "the first clusters",
      timeoutMs: 60_000,
      intervalMs: 5,
    });
    first.kill("SIGKILL");
    await first.exit();

    await using second = new FairleadProcess(data, port);
    await second.ready();
    await using again = await connect(data);
    const { status } = await untilReason(again.client, "forty", "AllCreated");
    const clusters = await clustersOf(again.client, "forty");
    expect(clusters).toHaveLength(replicas);
    expect(new Set(clusters.map(({ spec }) => spec.humanReadableName)).size).toBe(replicas);
    expect(new Set(status?.clusters?.map(({ id }) => id))).toEqual(
      new Set(clusters.map(({ metadata }) => metadata.name)),
    );
  } finally {
    await rm(data, { recursive: true, force: true });
  }
});

async function connect(data: string): Promise<{ client: KubeClient } & AsyncDisposable> {
  const { managementKubeconfig } = JSON.parse(await readFile(join(data, "instance.json"), "utf8")) as {
    managementKubeconfig: string;
  };
  const client = KubeClient.fromKubeconfig(await readFile(managementKubeconfig, "utf8"));
  return { client, [Symbol.asyncDispose]: () => client.close() };
}

async function createProject(data: string, port: number): Promise<string> {
  const token = (await readFile(join(data, "admin-token"), "utf8")).trim();
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const url = `http://127.0.0.1:${port}/api/v1/projects`;
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify({ name: "kill" }) });
  return ((await response.json()) as { id: string }).id;
}
