import { readFile } from "node:fs/promises";
import type {
  ApiCluster,
  ApiNodeDeployment,
  Cluster,
  KubermaticConfiguration,
  MachineDeployment,
} from "@fairlead/resources";
import { afterAll, beforeAll, expect, inject, test, vi } from "vitest";
import { BrowserSession, kubectl, kubectlGet } from "./session.ts";

let session: BrowserSession;
let project: string;
let cluster: ApiCluster;
/** Of the cluster, once it was downloaded. */
let kubeconfig: string;

beforeAll(async () => {
  session = await BrowserSession.start();
  ({ id: project } = await session.api.createProject("cluster-page"));
  await vi.waitFor(async () => expect((await session.api.project(project)).status).toBe("Active"), 30_000);
  cluster = await session.api.createCluster(project, {
    cluster: {
      name: "storefront",
      spec: {
        version: "1.36.3",
        cloud: { dc: "local", bringyourown: {} },
        cniPlugin: { type: "cilium", version: "1.17.16" },
        clusterNetwork: { konnectivityEnabled: true },
      },
    },
    nodeDeployment: { spec: { replicas: 2 } },
  });
});
afterAll(async () => {
  await session?.[Symbol.asyncDispose]();
});

const button = (name: string) => session.page.getByRole("button", { name, exact: true });
const tab = (name: string) => session.page.getByRole("tab", { name, exact: true });
const dialog = () => session.page.getByRole("dialog");
const stored = () => kubectlGet<Cluster>("cluster", cluster.id);

/** The version is on offer, beside those that are, until it is disposed of. */
async function offeredVersion(version: string): Promise<AsyncDisposable> {
  const { items } = await kubectlGet<{ items: KubermaticConfiguration[] }>("kubermaticconfigurations", "-A");
  const { name = "", namespace = "" } = items[0]?.metadata ?? {};
  const versions = items[0]?.spec?.versions?.versions ?? [];
  const offer = (all: readonly string[]) => {
    const patch = JSON.stringify({ spec: { versions: { versions: all } } });
    return kubectl(["patch", "kubermaticconfiguration", name, "-n", namespace, "--type", "merge", "-p", patch]);
  };
  await offer([...versions, version]);
  return { [Symbol.asyncDispose]: async () => void (await offer(versions)) };
}

/** One more, in a group of its own. */
async function addNode(versions: { kubelet: string }): Promise<void> {
  const { url, token } = inject("fairlead");
  const answer = await fetch(`${url}/api/v2/projects/${project}/clusters/${cluster.id}/machinedeployments`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ name: "old", spec: { replicas: 1, template: { versions } } }),
  });
  expect([answer.status, await answer.text()]).toEqual([201, expect.any(String)]);
}

test("the overview follows the cluster until it runs, without being loaded again", async () => {
  const { page } = session;
  await page.goto(`/projects/${project}/clusters/${cluster.id}`);
  await page.getByText("Running").waitFor({ timeout: 120_000 });
  await page.getByText("for simulated nodes only").first().waitFor({ timeout: 120_000 });
  await session.expectAccessible();
});

test("the network has every value with its reason, and the way to Hubble", async () => {
  const { page } = session;
  await tab("Network").click();
  await page.getByText("Cilium replaces kube-proxy").waitFor();
  expect(await page.getByLabel("Command that opens Hubble").inputValue()).toBe(
    "kubectl port-forward -n kube-system svc/hubble-ui 12000:80",
  );
  const { fields } = await session.api.explainCluster(project, cluster.id);
  for (const { reason } of fields) expect(await page.getByText(reason, { exact: true }).count()).toBeGreaterThan(0);
  await session.expectAccessible();
  await session.screenshot("cluster-network");
  await page.reload();
  await page.getByText("Cilium replaces kube-proxy").waitFor(); // the tab has an address of its own
});

test("nodes say that they are simulated; their number is changed, and the server refuses what is no number of nodes", async () => {
  const { page } = session;
  await tab("Nodes").click();
  await page.getByText("Simulated").nth(1).waitFor();
  await session.expectAccessible();
  await session.expectKeyboardDialog("Change the number");
  await button("Change the number").click();
  await dialog().getByLabel("Number of nodes").fill("-1");
  await button("Save").click();
  await dialog().getByText("That did not work").waitFor();
  await session.expectAccessible();
  await dialog().getByLabel("Number of nodes").fill("3");
  await button("Save").click();
  await dialog().waitFor({ state: "detached" });
  const replicas = (all: ApiNodeDeployment[]) => all.map(({ spec }) => spec.replicas);
  expect(replicas(await session.api.machineDeployments(project, cluster.id))).toEqual([3]);
  await page.getByText("3 of 3").waitFor();
});

test("events tell what happened", async () => {
  const { page } = session;
  await tab("Events").click();
  await page.getByText("the cluster is created with Kubernetes 1.36.3").waitFor();
  await session.expectAccessible();
  await button("Warnings").click();
  await page.getByText("the cluster is created with").waitFor({ state: "detached" });
});

test("the kubeconfig is downloaded", async () => {
  const [download] = await Promise.all([session.page.waitForEvent("download"), button("Download kubeconfig").click()]);
  kubeconfig = await download.path();
  expect(await readFile(kubeconfig, "utf8")).toContain("kind: Config");
  expect(download.suggestedFilename()).toBe(`kubeconfig-${cluster.id}`);
});

test("the CNI is changed step by step: paused, resumed, followed on each node", async () => {
  const { page } = session;
  await tab("Overview").click();
  await page.getByText("Update available: 1.19.4").waitFor();
  await session.expectKeyboardDialog("Change CNI Version");
  await session.expectKeyboardDialog("Delete cluster");
  await button("Change CNI Version").click();
  await page.getByText("2 steps: 1.18.10 → 1.19.4.").waitFor();
  await page.getByText("Pods can lose their network for a moment").waitFor();
  await session.expectAccessible();
  await session.screenshot("change-cni");
  await dialog().getByRole("button", { name: "Change CNI Version" }).click();
  await dialog().waitFor({ state: "detached" });
  await button("Pause").click();
  await page.getByText("1.18.10: Under way").or(page.getByLabel("1.18.10: Under way")).first().waitFor();
  await button("Resume").waitFor();
  expect((await stored()).metadata.annotations).toMatchObject({
    "fairlead.dev/cni-target-version": "1.19.4",
    "fairlead.dev/cni-upgrade-paused": expect.any(String),
  });
  await session.expectAccessible();
  await session.screenshot("cni-progress");
  await button("Resume").click();
  await page.getByText("cilium 1.19.4", { exact: true }).first().waitFor({ timeout: 120_000 });
  await expect.poll(async () => (await stored()).status?.cniUpgrade?.state, { timeout: 120_000 }).toBe("Complete");
  await page.getByText(/Last change: from 1\.17\.16 to 1\.19\.4/).waitFor();
  expect((await stored()).spec.cniPlugin?.version).toBe("1.19.4");
});

test("an upgrade that the server refuses is told in the dialog", async () => {
  const { page } = session;
  await button("Change CNI Version").click();
  await button("Older versions").click();
  await page.getByLabel("1.18.10 (not tested with this Kubernetes)").check();
  const path = `**/api/v2/projects/${project}/clusters/${cluster.id}/cniupgrade`;
  // The page offers only what is legal, so a target that is none is put into its request.
  await page.route(path, (route) => route.continue({ postData: JSON.stringify({ target: "9.9.9" }) }));
  await dialog().getByRole("button", { name: "Change CNI Version" }).click();
  await dialog().getByText("9.9.9").waitFor();
  await page.unroute(path);
  expect((await stored()).metadata.annotations?.["fairlead.dev/cni-target-version"]).toBeUndefined();
  await page.keyboard.press("Escape");
  await dialog().waitFor({ state: "detached" });
});

test("a cluster is edited by keyboard alone, with the warning before Konnectivity is switched", async () => {
  const { page } = session;
  await button("Edit cluster").focus();
  await page.keyboard.press("Enter");
  await dialog().getByLabel("Name", { exact: true }).waitFor();
  const labelled = (label: string) => dialog().getByLabel(label, { exact: true });
  const tabTo = async (label: string) => {
    for (let presses = 0; presses < 20; presses++) {
      if (await labelled(label).evaluate((element) => element === document.activeElement)) return;
      await page.keyboard.press("Tab");
    }
    throw new Error(`the keyboard does not get to "${label}"`);
  };
  await tabTo("Reach the nodes through Konnectivity");
  await page.keyboard.press("Space");
  await dialog().getByText("the control plane restarts").waitFor();
  await dialog()
    .getByText(/expected another mode/)
    .waitFor(); // ebpf needs Konnectivity
  await session.expectAccessible();
  await button("Save").click();
  await dialog().getByText("That did not work").waitFor(); // the server says the same
  await labelled("Reach the nodes through Konnectivity").focus();
  await page.keyboard.press("Space");
  await tabTo("CoreDNS replicas");
  await page.keyboard.type("3");
  await page.keyboard.press("Enter");
  await dialog().waitFor({ state: "detached" });
  expect((await stored()).spec.clusterNetwork).toMatchObject({ coreDNSReplicas: 3, konnectivityEnabled: true });
  expect(await button("Edit cluster").evaluate((element) => element === document.activeElement)).toBe(true);
});

test("of two tabs that edit one cluster the second is told what the first has changed, and neither loses its edit", async () => {
  await button("Edit cluster").click();
  await button("Add label").click();
  await dialog().getByLabel("Name of label 1").fill("unsafe-cni-upgrade");
  await dialog().getByText("CNI versions may be skipped").waitFor();
  const other = await session.context.newPage();
  await other.goto(`/projects/${project}/clusters/${cluster.id}`);
  await other.getByRole("button", { name: "Edit cluster" }).click();
  await other.getByRole("dialog").getByLabel("CoreDNS replicas").fill("4");
  await other.getByRole("button", { name: "Save", exact: true }).click();
  await other.getByRole("dialog").waitFor({ state: "detached" });
  await other.close();
  await button("Save").click();
  await dialog().getByText("Somebody else has changed this meanwhile").waitFor();
  expect((await stored()).metadata.labels).not.toHaveProperty("unsafe-cni-upgrade");
  expect(await dialog().getByLabel("CoreDNS replicas").inputValue()).toBe("4");
  await session.expectAccessible();
  await session.screenshot("edit-conflict");
  await button("Save").click();
  await dialog().waitFor({ state: "detached" });
  const { metadata, spec } = await stored();
  expect([metadata.labels, spec.clusterNetwork]).toMatchObject([{ "unsafe-cni-upgrade": "" }, { coreDNSReplicas: 4 }]);
});

test("the page fits a narrow screen", async () => {
  const { page } = session;
  await session.screenshot("cluster"); // the navigation is gone once the screen was narrow
  await page.setViewportSize({ width: 390, height: 800 });
  for (const name of ["Overview", "Network", "Nodes", "Events"]) {
    await tab(name).click();
    await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  }
  await tab("Overview").click();
  await session.screenshot("cluster-narrow");
  await page.setViewportSize({ width: 1280, height: 800 });
});

test("of a newer Kubernetes version the dialog says what the server would do, and asks for it", async () => {
  const { page, api } = session;
  await page.getByText("There is no newer version on offer").waitFor();
  expect(await button("Change Kubernetes version").isDisabled()).toBe(true);
  await using _ = await offeredVersion("v1.37.0"); // that nothing here can run
  await addNode({ kubelet: "1.33.0" });
  await expect
    .poll(() => api.clusterUpgrades(project, cluster.id), { timeout: 60_000 })
    .toEqual([{ version: "1.37.0", restrictedByKubeletVersion: true }]);
  await page.reload();
  await page.getByText("Update available: 1.37.0").waitFor();
  await button("Change Kubernetes version").focus();
  await page.keyboard.press("Enter");
  const offered = dialog().getByRole("radio");
  await expect.poll(() => offered.evaluateAll((radios) => radios.map(({ id }) => id))).toEqual(["kubernetes-1.37.0"]);
  await dialog().getByText("upgrade them first").waitFor();
  await dialog()
    .getByText(/incompatible kubelet versions: \[v?1\.33\.0\]/)
    .waitFor(); // says the server
  const submit = dialog().getByRole("button", { name: "Change to 1.37.0" });
  expect(await submit.isDisabled()).toBe(true);
  await session.expectAccessible();
  await session.screenshot("change-kubernetes");
  await dialog().getByLabel("Ask for it even if the nodes do not fit yet").focus();
  await page.keyboard.press("Space");
  await dialog().getByText("Nothing else changes with it.").waitFor();
  await dialog()
    .getByText(/spec\.cniPlugin\.version: cilium \S+ is tested with/)
    .waitFor(); // warns the server
  expect((await stored()).spec.version).toBe("1.36.3"); // so far the server was only asked
  await submit.focus();
  await page.keyboard.press("Enter");
  await dialog().waitFor({ state: "detached" });
  expect((await stored()).spec.version).toBe("1.37.0");
  await page.getByText("On its way to 1.37.0.").waitFor();
  const reached = async () =>
    (await stored()).status?.conditions?.KubernetesVersionReached as { reason?: string; message?: string } | undefined;
  await expect.poll(async () => (await reached())?.reason, { timeout: 30_000 }).toBe("VersionNotAvailable");
  await page
    .getByText((await reached())?.message ?? "")
    .first()
    .waitFor();
});

test("nodes that are behind the control plane are upgraded, once the server takes it", async () => {
  const { page } = session;
  const kubelets = async () => {
    const { items } = await kubectlGet<{ items: MachineDeployment[] }>(
      "machinedeployments",
      "-n",
      "kube-system",
      "--kubeconfig",
      kubeconfig,
    );
    return items
      .map(({ spec }) => spec.template?.spec?.versions?.kubelet?.replace(/^v/, "") ?? "")
      .sort((a, b) => a.localeCompare(b));
  };
  await tab("Nodes").click();
  const upgrade = button("Upgrade the nodes to 1.36.3");
  await upgrade.waitFor();
  await session.expectAccessible();
  expect(await kubelets()).toEqual(["1.33.0", "1.36.3"]);
  const path = `**/api/v2/projects/${project}/clusters/${cluster.id}/nodes/upgrades`;
  // The page offers the control plane's version alone, so one that no kubelet may have is put into its request.
  await page.route(path, (route) => route.continue({ postData: JSON.stringify({ version: "1.99.0" }) }));
  await upgrade.click();
  await page.getByText("That did not work").waitFor();
  await page
    .getByText(/1\.99\.0/)
    .first()
    .waitFor();
  await page.unroute(path);
  expect(await kubelets()).toEqual(["1.33.0", "1.36.3"]);
  await upgrade.click();
  await upgrade.waitFor({ state: "detached", timeout: 60_000 });
  expect(await kubelets()).toEqual(["1.36.3", "1.36.3"]);
});

test("a cluster is deleted once its name is typed", { timeout: 300_000 }, async () => {
  const { page } = session;
  await button("Delete cluster").click();
  const confirm = dialog().getByRole("button", { name: "Delete cluster" });
  expect(await confirm.isDisabled()).toBe(true);
  await dialog()
    .getByLabel(/to confirm/)
    .fill("storefron");
  expect(await confirm.isDisabled()).toBe(true);
  await dialog()
    .getByLabel(/to confirm/)
    .fill("storefront");
  await session.expectAccessible();
  const path = `**/api/v2/projects/${project}/clusters/${cluster.id}`;
  const nowhere = `${inject("fairlead").url}/api/v2/projects/${project}/clusters/aaaaaaaaaa`;
  await page.route(path, (route) => route.continue(route.request().method() === "DELETE" ? { url: nowhere } : {}));
  await confirm.click();
  await dialog().getByText("aaaaaaaaaa").waitFor(); // says the server
  await page.unroute(path);
  await confirm.click();
  await page
    .getByText(/^Deleting$|storefront is deleted/)
    .first()
    .waitFor();
  const deletion = async () => (await stored()).metadata.deletionTimestamp;
  await expect(deletion().catch((error: Error) => error.message)).resolves.toEqual(expect.any(String));
  await page.getByText("storefront is deleted").waitFor({ timeout: 120_000 });
  expect(session.complaints).toEqual([]);
});
