import { setTimeout } from "node:timers/promises";
import { cniApplication } from "@fairlead/api-client";
import type { ApiNodeDeployment, Cluster, ClusterTemplate } from "@fairlead/resources";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BrowserSession, kubectl, kubectlGet, report } from "./session.ts";

let session: BrowserSession;
let project: string;

beforeAll(async () => {
  session = await BrowserSession.start();
  project = await session.activeProject("wizard");
  await session.api.createCluster(project, {
    cluster: { name: "neighbour", spec: { version: "1.36.3", cloud: { dc: "local", bringyourown: {} } } },
  });
});
afterAll(async () => {
  await session?.[Symbol.asyncDispose]();
});

const next = () => session.page.getByRole("button", { name: "Next", exact: true }).click();
const field = (name: string) => session.page.getByRole("textbox", { name, exact: true });
const heading = () => session.page.getByRole("heading", { name: "Create cluster", level: 1 });

test("the wizard opens at once, with the datacenter of this machine", async () => {
  const { page } = session;
  const local = page.getByRole("radio", { name: "local", exact: true });
  await page.goto(`/projects/${project}/clusters`, { waitUntil: "networkidle" });
  const [began, computed] = [performance.now(), await session.stopwatch()];
  await page.getByRole("link", { name: "Create cluster" }).click();
  await local.waitFor();
  const [wall, busy] = [performance.now() - began, await computed()];
  report(`the wizard is there ${Math.round(wall)} ms after the click, ${Math.round(busy)} ms of them computing`);
  expect(busy).toBeGreaterThan(0);
  expect(busy).toBeLessThan(1000);
  expect(await local.isChecked()).toBe(true);
  await session.expectAccessible();
  await next();
  await field("Name").waitFor();
});

test("what is wrong is said next to the field, and nothing leads past it", async () => {
  const { page } = session;
  await next();
  await page.getByText("expected a name for people to read").waitFor();
  const isFocused = () => field("Name").evaluate((input) => input === document.activeElement);
  await expect.poll(isFocused, { timeout: 10_000 }).toBe(true);
  await field("Name").fill("storefront");
  await page.getByText("Shared with other clusters").waitFor(); // the neighbour has the default ranges
  await page.getByRole("button", { name: "Advanced network configuration" }).click();
  await field("Pods CIDR (IPv4)").fill("10.240.0.1/16");
  await page.getByText("10.240.0.0/16").first().waitFor(); // the canonical form
  await next();
  expect(await heading().isVisible()).toBe(true);
  await session.expectAccessible();
  await session.screenshot("wizard-validation");
});

test("a free range is found, and the address plan is satisfied", async () => {
  const { page } = session;
  for (const name of ["Pods CIDR (IPv4)", "Services CIDR (IPv4)"]) {
    await page.getByRole("button", { name: `Find a free range: ${name}` }).click();
  }
  await page.getByText("No other cluster of the project uses these ranges.").waitFor();
});

test("one choice changes others, visibly", async () => {
  const { page } = session;
  await page.locator("#cni-cilium").click();
  await expect.poll(() => page.getByRole("radio", { name: "ebpf" }).isChecked()).toBe(true);
  await page.getByLabel("Reach the nodes through Konnectivity").uncheck();
  await page.getByText("Proxy mode is now iptables").waitFor();
  expect(await page.getByRole("radio", { name: "ebpf" }).isDisabled()).toBe(true);
  await page.getByText("Proxy mode is now iptables").scrollIntoViewIfNeeded();
  await session.screenshot("wizard-network");
  await page.getByLabel("Reach the nodes through Konnectivity").check();
  await page.getByText("Proxy mode is now ebpf").waitFor();
  await page.getByRole("radio", { name: "IPv4 and IPv6" }).check();
  await field("Pods CIDR (IPv6)").waitFor();
  await session.expectAccessible();
});

test("Helm values for Cilium are edited, with mistakes and managed keys marked", async () => {
  const { page } = session;
  await session.expectKeyboardDialog("Edit CNI values");
  await page.getByRole("button", { name: "Edit CNI values" }).click();
  const editor = page.getByRole("textbox", { name: "Initial CNI values" });
  await editor.click();
  await page.keyboard.press("ControlOrMeta+End");
  await page.keyboard.insertText("debug: {enabled: true\n");
  await page.getByText("These values cannot be used").waitFor();
  expect(await page.getByRole("button", { name: "Use these values" }).isDisabled()).toBe(true);
  await page.keyboard.press("Backspace");
  await page.keyboard.insertText("}\ncni: {exclusive: true}\n");
  await page.getByText("cni.exclusive: false").waitFor();
  await session.expectCompletion("tunnelPr", /^tunnelProtocol/);
  await page.locator(".fl-managed-value").waitFor();
  await session.expectAccessible();
  await session.screenshot("wizard-values");
  await page.getByRole("tab", { name: "Effective values" }).click();
  const row = page.getByRole("row", { name: /cni\.exclusive/ });
  await row.getByText("Managed").waitFor();
  await row.getByText("Yours at creation").waitFor();
  await session.expectAccessible();
  await page.getByRole("button", { name: "Use these values" }).click();
  await page.getByText("Your values replace the installation's defaults.").waitFor();
});

test("a reload keeps the wizard", async () => {
  const { page } = session;
  await page.reload();
  await field("Name").waitFor();
  expect(await field("Name").inputValue()).toBe("storefront");
  expect(await page.locator("#cni-cilium-choice").isChecked()).toBe(true);
});

test("it fits a narrow screen", async () => {
  const { page } = session;
  await page.setViewportSize({ width: 390, height: 800 });
  await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await session.expectAccessible();
  await session.screenshot("wizard-narrow");
  await page.setViewportSize({ width: 1280, height: 800 });
});

test("the review says the same in other words: kubectl takes it as it is", async () => {
  const { page } = session;
  await next();
  await field("Number of nodes").fill("many");
  await next();
  await page.getByText("must be a number from 0 to 5000").waitFor();
  await field("Number of nodes").fill("1");
  await session.expectAccessible();
  await next();
  await page.getByText("There is no application to choose").waitFor();
  await session.expectAccessible();
  await next();
  await page.getByRole("tab", { name: "kubectl" }).waitFor();
  await session.expectAccessible();
  await session.screenshot("wizard-review");
  const yaml = (await page.locator("#text-yaml").textContent()) ?? "";
  expect(await kubectl(["apply", "--dry-run=server", "-f", "-"], yaml)).toContain("created (server dry run)");
  await page.getByRole("tab", { name: "Command line" }).click();
  expect(await page.locator("#text-cli").textContent()).toContain("fairlead cluster create storefront");
});

test("the choices are kept as a template", async () => {
  const { page } = session;
  await session.expectKeyboardDialog("Save as template");
  await page.getByRole("button", { name: "Save as template" }).click();
  await field("Name of the template").fill("");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText(/must have from 1 to 100 characters/).waitFor(); // says the server
  await field("Name of the template").fill("web");
  await session.expectAccessible();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Template web is saved").waitFor();
  const { items } = await kubectlGet<{ items: ClusterTemplate[] }>("clustertemplates");
  const saved = items.find(({ spec }) => spec.humanReadableName === "web");
  expect(saved?.spec).toMatchObject({ cniPlugin: { type: "cilium" }, clusterNetwork: { ipFamily: "IPv4+IPv6" } });
});

test("what the server refuses stands where it belongs; then the cluster is created", { timeout: 420_000 }, async () => {
  const { page } = session;
  const taken = await session.api.createCluster(project, {
    cluster: { name: "storefront", spec: { version: "1.36.3", cloud: { dc: "local", bringyourown: {} } } },
  });
  await page.getByRole("button", { name: "Create cluster" }).click();
  await page.getByText("The server refuses this cluster").waitFor();
  await page
    .getByText(/storefront.* already exists/)
    .first()
    .waitFor();
  await session.expectAccessible();
  await session.api.deleteCluster(project, taken.id);
  await expect
    .poll(() => session.api.clusters(project).then((all) => all.map(({ id }) => id)), { timeout: 120_000 })
    .not.toContain(taken.id);
  await page.getByRole("button", { name: "Create cluster" }).click();
  await page.getByRole("heading", { name: "storefront", level: 1 }).waitFor();
  const id = page.url().split("/").at(-1) ?? "";
  const cluster = await kubectlGet<Cluster>("cluster", id);
  expect(cluster.metadata.labels?.["project-id"]).toBe(project);
  expect(cluster.spec).toMatchObject({
    humanReadableName: "storefront",
    cniPlugin: { type: "cilium", version: "1.19.4" },
    clusterNetwork: { ipFamily: "IPv4+IPv6", proxyMode: "ebpf", konnectivityEnabled: true },
  });
  expect(cluster.spec.clusterNetwork?.pods?.cidrBlocks).not.toContain("172.25.0.0/16");
  await eventually(() => session.api.applicationValues({ project, id }, cniApplication)).toMatchObject({
    values: { debug: { enabled: true }, cni: { exclusive: false } },
  });
  const replicas = (groups: ApiNodeDeployment[]) => groups.map(({ spec }) => spec.replicas);
  await eventually(() => session.api.machineDeployments(project, id).then(replicas)).toEqual([1]);
  expect(session.complaints).toEqual([]);
});

test("a cluster without a CNI, and who may reach it, are chosen; a wrong range is told at its field", async () => {
  const { page } = session;
  await page.goto(`/projects/${project}/create-cluster`);
  // Who is faster than the server need not click twice.
  await page.route(/\/rulecontext$/, async (route) => {
    await setTimeout(500);
    await route.continue();
  });
  await page.locator("#datacenter-aws-dc").click();
  await next();
  await field("Name").fill("bare");
  await page.locator("#cni-none").click();
  await page.locator("#cni-none").getByText("Nodes stay not ready until it is there.").waitFor();
  await page.getByRole("button", { name: "Advanced network configuration" }).click();
  await page.getByLabel("Expose strategy").selectOption("LoadBalancer");
  for (const name of ["Allowed IP ranges for the API server", "Allowed IP ranges for NodePorts"]) {
    await field(name).fill("192.0.2.0/24, 198.51.100.7/24");
    const said = page.locator(`[id="${await field(name).getAttribute("aria-describedby")}"]`);
    await said.getByText("198.51.100.0/24").waitFor(); // the canonical form
    await next();
    expect(await field(name).getAttribute("aria-invalid")).toBe("true");
    await field(name).fill(name.endsWith("NodePorts") ? "203.0.113.0/24" : "192.0.2.0/24, 2001:db8::/32");
  }
  await session.expectAccessible();
  for (const _ of ["nodes", "applications", "review"]) await next();
  await page.getByRole("button", { name: "Create cluster" }).click();
  await page.getByRole("heading", { name: "bare", level: 1 }).waitFor();
  await page.getByText("This cluster gets no CNI from Fairlead: its owner installs one.").waitFor();
  const id = page.url().split("/").at(-1) ?? "";
  const { spec } = await kubectlGet<Cluster>("cluster", id);
  expect(spec).toMatchObject({
    cniPlugin: { type: "none" },
    exposeStrategy: "LoadBalancer",
    apiServerAllowedIPRanges: { cidrBlocks: ["192.0.2.0/24", "2001:db8::/32"] },
    cloud: { dc: "aws-dc", aws: { nodePortsAllowedIPRanges: { cidrBlocks: ["203.0.113.0/24"] } } },
  });
  await session.api.deleteCluster(project, id);
  expect(session.complaints).toEqual([]);
});

/** The cluster's API server answers nothing at first, then does not hold everything yet. */
function eventually<T>(ask: () => Promise<T>) {
  return expect.poll(() => ask().catch(() => undefined), { timeout: 120_000, interval: 1000 });
}
