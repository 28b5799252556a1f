import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { resolveBinary } from "@fairlead/components";
import {
  builtin,
  type DaemonSet,
  defineResource,
  type KubeObject,
  type Pod,
  type PodSpec,
  waitFor,
} from "@fairlead/kube";
import { contains, parseCidr } from "@fairlead/network";
import { afterAll, beforeAll, expect, test } from "vitest";
import { testCluster } from "../../cluster.fixture.ts";
import { writeSecretFile } from "../../pki/directory.ts";
import { LocalHarness, readyReason } from "../harness.fixture.ts";

const run = promisify(execFile);
const id = "abc";
const namespace = "demo";
const everywhere = [{ operator: "Exists" as const }];
const container = { name: "main", image: "example.test/image:1" };

interface Job extends KubeObject {
  status?: { succeeded?: number };
}
const jobType = defineResource<Job>({ group: "batch", version: "v1", kind: "Job", plural: "jobs", namespaced: true });

let harness: LocalHarness;
beforeAll(async () => {
  harness = await LocalHarness.start();
  await harness.up(testCluster({ id }));
  await harness.client(id).create(builtin.Namespace, { metadata: { name: namespace } });
  await Promise.all(["node-0", "node-1"].map((name) => harness.createNode(id, name)));
});
afterAll(() => harness[Symbol.asyncDispose]());

function workload(app: string, spec: Partial<PodSpec> = {}) {
  return {
    selector: { matchLabels: { app } },
    template: { metadata: { labels: { app } }, spec: { containers: [container], ...spec } },
  };
}

async function podsOf(app: string): Promise<Pod[]> {
  return (await harness.client(id).list(builtin.Pod, { namespace, labelSelector: `app=${app}` })).items;
}

test("a new node says that it is simulated, and is not ready for want of a CNI", async () => {
  const node = await harness.waitForNode(
    id,
    { name: "node-0", what: "taint" },
    ({ spec }) => (spec?.taints ?? []).length > 0,
  );
  expect(node.status?.nodeInfo).toMatchObject({ osImage: "Simulated by kwok", kubeletVersion: "v1.36.3" });
  const ready = node.status?.conditions?.find(({ type }) => type === "Ready");
  expect(ready).toMatchObject({ status: "False", reason: "KubeletNotReady" });
  expect(ready?.message).toContain("NetworkPluginNotReady");
  expect(node.spec?.taints?.map(({ key }) => key)).toContain("node.kubernetes.io/not-ready");
});

test("pods on the host network run there, with init containers done and the node's address; others wait", async () => {
  const client = harness.client(id);
  const host = { hostNetwork: true, tolerations: everywhere, initContainers: [{ ...container, name: "init" }] };
  await client.create(builtin.DaemonSet, { metadata: { name: "cni", namespace }, spec: workload("cni", host) });
  const tolerant = workload("tolerant", { tolerations: everywhere });
  await client.create(builtin.Deployment, { metadata: { name: "tolerant", namespace }, spec: tolerant });
  await client.create(builtin.Deployment, { metadata: { name: "plain", namespace }, spec: workload("plain") });
  const rolledOut = ({ status }: DaemonSet) => status?.numberAvailable === 2;
  await waitFor(async () => rolledOut(await client.get(builtin.DaemonSet, { name: "cni", namespace })), {
    what: "the DaemonSet",
  });
  const node = await client.get(builtin.Node, { name: "node-0" });
  const onNode = (await podsOf("cni")).find(({ spec }) => spec?.nodeName === "node-0");
  expect(onNode?.status?.podIP).toBe(node.status?.addresses?.find(({ type }) => type === "InternalIP")?.address);

  const [waiting] = await waitFor(
    async () => {
      const pods = await podsOf("tolerant");
      return pods.length > 0 && pods.every(({ status }) => status?.containerStatuses !== undefined) && pods;
    },
    { what: "the report of the waiting pod" },
  );
  expect(waiting?.status).toMatchObject({
    phase: "Pending",
    containerStatuses: [{ ready: false, state: { waiting: { reason: "ContainerCreating" } } }],
  });
  expect(waiting?.status?.podIP).toBeUndefined();
  const [plain] = await podsOf("plain");
  expect(plain?.spec?.nodeName, "a pod without tolerations is scheduled").toBeUndefined();
});

test("the annotation makes a node ready, and its removal not ready again", async () => {
  await harness.setNetworkReady(id, { name: "node-0", ready: true });
  const ready = await harness.waitForNode(
    id,
    { name: "node-0", what: "readiness" },
    (node) => readyReason(node) === "KubeletReady",
  );
  expect(ready.status?.conditions).toHaveLength(4);
  await harness.waitForNode(
    id,
    { name: "node-0", what: "end of the taints" },
    ({ spec }) => spec?.taints === undefined,
  );
  expect(readyReason(await harness.client(id).get(builtin.Node, { name: "node-1" }))).toBe("KubeletNotReady");
  await harness.setNetworkReady(id, { name: "node-0", ready: false });
  await harness.waitForNode(
    id,
    { name: "node-0", what: "loss of readiness" },
    (node) => readyReason(node) === "KubeletNotReady",
  );
  await harness.setNetworkReady(id, { name: "node-0", ready: true });
});

test("a pod that the node life cycle controller called not ready with its node is ready again, as a kubelet reports", async () => {
  const [pod] = await podsOf("cni");
  if (!pod) throw new Error("there is no pod");
  const ref = { name: pod.metadata.name ?? "", namespace };
  const ready = ({ status }: Pod) => status?.conditions?.find(({ type }) => type === "Ready")?.status;
  const conditions = pod.status?.conditions?.map((condition) =>
    condition.type === "Ready" ? { ...condition, status: "False" as const } : condition,
  );
  expect(ready(pod)).toBe("True");
  const patched = await harness.client(id).mergePatchStatus(builtin.Pod, ref, { status: { conditions } });
  expect(ready(patched)).toBe("False");
  const current = async () => ready(await harness.client(id).get(builtin.Pod, ref));
  await expect.poll(current, { timeout: 20_000 }).toBe("True");
});

test("a pod gets its sandbox with the annotation, and an address out of the node's range", async () => {
  const client = harness.client(id);
  const pod = await waitFor(async () => (await podsOf("plain")).find(({ spec }) => spec?.nodeName === "node-0"), {
    what: "the scheduling of the pod to the ready node",
  });
  const ref = { name: pod.metadata.name ?? "", namespace };
  await client.mergePatch(builtin.Pod, ref, { metadata: { annotations: { "fairlead.dev/sandbox": "ready" } } });
  const running = await waitFor(
    async () => {
      const current = await client.get(builtin.Pod, ref);
      return current.status?.phase === "Running" && current;
    },
    { what: "the pod" },
  );
  const node = await client.get(builtin.Node, { name: "node-0" });
  const range = parseCidr(node.spec?.podCIDR ?? "");
  expect(contains(range, parseCidr(`${running.status?.podIP}/32`)), `${running.status?.podIP}`).toBe(true);
});

test("helm --wait is content with a host network DaemonSet and a hook Job", async () => {
  const [helm, chart] = [await resolveBinary("helm"), join(harness.directory, "chart")];
  await mkdir(join(chart, "templates"), { recursive: true });
  const spec = workload("helm", { hostNetwork: true, tolerations: everywhere });
  const daemonSet = { apiVersion: "apps/v1", kind: "DaemonSet", metadata: { name: "helm" }, spec };
  const hook = {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: "hook", annotations: { "helm.sh/hook": "post-install" } },
    spec: { template: { spec: { ...spec.template.spec, restartPolicy: "OnFailure" } } },
  };
  await writeFile(join(chart, "Chart.yaml"), "apiVersion: v2\nname: test\nversion: 1.0.0\n");
  await writeFile(join(chart, "templates", "all.yaml"), `${JSON.stringify(daemonSet)}\n---\n${JSON.stringify(hook)}\n`);
  const kubeconfig = join(harness.directory, "admin.kubeconfig");
  await writeSecretFile(kubeconfig, harness.observation(id).adminKubeconfig);
  const home = { HELM_CACHE_HOME: chart, HELM_CONFIG_HOME: chart, HELM_DATA_HOME: chart };
  const args = [
    "install",
    "test",
    chart,
    "-n",
    namespace,
    "--wait=watcher",
    "--timeout=30s",
    "--kubeconfig",
    kubeconfig,
  ];
  const { stdout } = await run(helm, args, { env: { ...process.env, ...home } });
  expect(stdout).toContain("STATUS: deployed");
  expect((await harness.client(id).get(jobType, { name: "hook", namespace })).status?.succeeded).toBe(1);
});

test("the namespace with all of that is deleted to the end", async () => {
  const client = harness.client(id);
  await client.delete(builtin.Namespace, { name: namespace });
  await waitFor(async () => (await client.find(builtin.Namespace, { name: namespace })) === undefined, {
    what: "the end of the namespace",
    timeoutMs: 60_000,
  });
});
