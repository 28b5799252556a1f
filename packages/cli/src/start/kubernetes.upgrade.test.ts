import { builtin, waitFor } from "@fairlead/kube";
import {
  type ApiCluster,
  type ApiMasterVersion,
  type Cluster,
  clusterType,
  installationNamespace,
  kubermaticConfigurationType,
  machineDeploymentType,
} from "@fairlead/resources";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestCluster, TestInstallation } from "./testing/test-installation.ts";

let fairlead: TestInstallation;
let project: string;
let id: string;
let path: string;
let cluster: TestCluster;

/** Real binaries of both versions: where those of 1.35.4 are not there yet, they are built now. */
const buildTimeoutMs = 30 * 60_000;

beforeAll(async () => {
  fairlead = await TestInstallation.start();
  project = await fairlead.createProject("upgrades");
  const network = { cniPlugin: { type: "canal", version: "v3.30" } };
  const created = await fairlead.createCluster(project, { name: "old", version: "1.35.4", replicas: 2, spec: network });
  id = created.body.id;
  path = `/api/v2/projects/${project}/clusters/${id}`;
  await waitFor(async () => (await status())?.versions?.controlPlane === "1.35.4", {
    what: "a control plane of Kubernetes 1.35.4",
    timeoutMs: buildTimeoutMs,
    intervalMs: 500,
  });
  cluster = await fairlead.connect(project, id);
  await cluster.client.create(builtin.ConfigMap, { metadata: { name: "kept", namespace: "default" } });
  await untilKubelets("v1.35.4");
}, buildTimeoutMs + 120_000);
afterAll(async () => {
  await cluster?.client.close();
  await fairlead?.[Symbol.asyncDispose]();
});

async function status(): Promise<Cluster["status"]> {
  return (await fairlead.management.get(clusterType, { name: id })).status;
}

async function imageOf(daemonSet: string): Promise<string> {
  const found = await cluster.client.find(builtin.DaemonSet, { name: daemonSet, namespace: "kube-system" });
  return found?.spec?.template.spec?.containers[0]?.image ?? "";
}

async function untilKubelets(version: string): Promise<void> {
  await waitFor(
    async () => {
      const { items } = await cluster.client.list(builtin.Node);
      return items.length === 2 && items.every((node) => node.status?.nodeInfo?.kubeletVersion === version);
    },
    { what: `kubelets ${version}`, timeoutMs: 120_000 },
  );
}

test("1.35.4 goes to 1.36.3: CNI first, then API server, the others, kube-proxy; and nothing is lost", async () => {
  // As a catalogue says it of a CNI that does not go with the new Kubernetes.
  const forcedUpgrades = [{ fromKubernetes: "1.36", replaces: { below: "v3.31" }, target: "v3.31" }];
  const { items } = await fairlead.management.list(kubermaticConfigurationType, { namespace: installationNamespace });
  await fairlead.management.mergePatch(
    kubermaticConfigurationType,
    { name: items[0]?.metadata.name ?? "", namespace: installationNamespace },
    { spec: { userCluster: { cni: { overlay: { canal: { forcedUpgrades } } } } } },
  );
  expect(await imageOf("kube-proxy")).toContain("v1.35.4");
  await waitFor(
    async () => {
      const { body } = await fairlead.call<ApiCluster>("PATCH", `${path}?dryRun=All`, { spec: { version: "1.36.3" } });
      return body.spec.cniPlugin?.version === "v3.31";
    },
    { what: "the forced upgrade to be known" },
  );
  expect((await fairlead.call<ApiMasterVersion[]>("GET", `${path}/upgrades`)).body).toEqual([{ version: "1.36.3" }]);
  const raised = await fairlead.call<ApiCluster>("PATCH", path, { spec: { version: "1.36.3" } });
  expect(raised).toMatchObject({ status: 200, body: { spec: { version: "1.36.3", cniPlugin: { version: "v3.31" } } } });

  const seen: string[] = [];
  let cniWhenApiServerMoved: string | undefined;
  await waitFor(
    async () => {
      const { versions = {}, phase } = (await status()) ?? {};
      const { apiserver, controllerManager, scheduler, controlPlane } = versions;
      const line = [apiserver, controllerManager, scheduler, controlPlane].join(" ");
      if (seen.at(-1) !== line) seen.push(line);
      if (apiserver === "1.36.3" && cniWhenApiServerMoved === undefined) cniWhenApiServerMoved = await imageOf("canal");
      return controlPlane === "1.36.3" && phase === "Running";
    },
    { what: "Kubernetes 1.36.3", timeoutMs: 180_000, intervalMs: 50 },
  );
  for (const [apiserver, ...others] of seen.map((line) => line.split(" "))) {
    if (apiserver === "1.35.4") expect(others).not.toContain("1.36.3");
  }
  expect(cniWhenApiServerMoved).toContain(":v3.31");
  expect((await status())?.conditions?.KubernetesVersionReached).toMatchObject({ status: "True", reason: "Reached" });
  await waitFor(async () => (await imageOf("kube-proxy")).includes("v1.36.3"), {
    what: "kube-proxy to follow",
    timeoutMs: 120_000,
  });
  const version = JSON.parse(await cluster.kubectl("version", "-o", "json")) as {
    serverVersion: { gitVersion: string };
  };
  expect(version.serverVersion.gitVersion).toBe("v1.36.3");
  expect(await cluster.client.find(builtin.ConfigMap, { name: "kept", namespace: "default" })).toBeDefined();
});

test("the nodes stay until they are asked, and follow one after the other", async () => {
  await untilKubelets("v1.35.4");
  expect((await fairlead.call("PUT", `${path}/nodes/upgrades`, { version: "1.37.0" })).status).toBe(400);
  expect((await fairlead.call("PUT", `${path}/nodes/upgrades`, { version: "1.36.3" })).status).toBe(200);
  await untilKubelets("v1.36.3");
  await waitFor(
    async () => {
      const { items } = await cluster.client.list(machineDeploymentType);
      return items.every(({ status: told }) => told?.updatedReplicas === 2);
    },
    { what: "the MachineDeployment to say so", timeoutMs: 60_000 },
  );
});

test("there is no way back, and none to a version without binaries", async () => {
  const back = await fairlead.call("PATCH", path, { spec: { version: "1.35.4" } });
  expect([back.status, JSON.stringify(back.body)]).toEqual([400, expect.stringContaining("expected 1.36.3 or newer")]);
  const { items } = await fairlead.management.list(kubermaticConfigurationType, { namespace: installationNamespace });
  await fairlead.management.mergePatch(
    kubermaticConfigurationType,
    { name: items[0]?.metadata.name ?? "", namespace: installationNamespace },
    { spec: { versions: { versions: ["1.35.4", "1.36.3", "1.37.0"] } } },
  );
  await waitFor(async () => (await fairlead.call("PATCH", path, { spec: { version: "1.37.0" } })).status === 200, {
    what: "the version to be on offer",
  });
  await waitFor(async () => (await status())?.conditions?.KubernetesVersionReached?.reason === "VersionNotAvailable", {
    what: "the refusal",
    timeoutMs: 60_000,
  });
  const { errorMessage, versions } = (await status()) ?? {};
  expect(errorMessage).toContain(
    "there are no binaries of Kubernetes 1.37.0 for this machine, only of 1.36.3 and 1.35.4",
  );
  expect(versions?.controlPlane).toBe("1.36.3");
  expect(await cluster.client.find(builtin.ConfigMap, { name: "kept", namespace: "default" })).toBeDefined();
});
