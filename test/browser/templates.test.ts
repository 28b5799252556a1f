import type { Cluster, ClusterTemplate } from "@fairlead/resources";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BrowserSession, kubectlGet } from "./session.ts";

let session: BrowserSession;
let project: string;
let id: string;

const cloud = { dc: "local", bringyourown: {} };

beforeAll(async () => {
  session = await BrowserSession.start();
  project = await session.activeProject("templates");
  await session.page.goto(`/projects/${project}/templates`);
  await session.page.getByText("There is no template yet").waitFor();
  ({ id } = await session.api.createTemplate(project, {
    name: "web",
    scope: "project",
    cluster: { name: "web", spec: { cloud, version: "1.36.3", cniPlugin: { type: "cilium", version: "1.18.10" } } },
  }));
});
afterAll(async () => {
  await session?.[Symbol.asyncDispose]();
});

const stored = () => kubectlGet<ClusterTemplate>("clustertemplate", id);
const save = (page = session.page) => page.getByRole("button", { name: "Save", exact: true }).click();

async function act(action: string, page = session.page): Promise<void> {
  await page.getByRole("button", { name: "Actions for web", exact: true }).click();
  await page.getByRole("menuitem", { name: action }).click();
}

async function replaceInText(from: string | RegExp, to: string, page = session.page): Promise<void> {
  const editor = page.getByRole("textbox", { name: "Template as YAML" });
  const text = await editor.evaluate((element) =>
    Array.from(element.querySelectorAll(".cm-line"), (line) => line.textContent).join("\n"),
  );
  expect(text).toMatch(from);
  await editor.click();
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.insertText(text.replace(from, to));
}

test("the list shows what is kept", async () => {
  const { page } = session;
  await page.reload();
  const row = page.getByRole("row", { name: /web/ });
  await row.getByText("cilium 1.18.10").waitFor();
  await row.getByText("Everybody in the project").waitFor();
  await session.expectAccessible();
  await session.screenshot("templates");
  for (const action of ["Create clusters", "Edit", "Copy", "Delete"]) {
    await session.expectKeyboardDialog("Actions for web", action);
  }
});

test("a template is edited as YAML; what the server refuses stands at its key", async () => {
  const { page } = session;
  await act("Edit");
  await replaceInText("version: 1.18.10", "version: 1.2.3");
  await save();
  await page.getByText("This is no template that can be kept").waitFor();
  await page.locator(".cm-lint-marker-error").waitFor();
  await session.expectAccessible();
  await session.screenshot("template-edit");
  await replaceInText("version: 1.2.3", "version: 1.19.4");
  await page.keyboard.press("ControlOrMeta+End");
  await page.keyboard.insertText("cniValues:\n  ");
  await session.expectCompletion("tunnelPr", /^tunnelProtocol/);
  await page.keyboard.insertText("debug: {enabled: true}");
  await save();
  await page.getByText("Template web is saved").waitFor();
  const { spec, metadata } = await stored();
  expect(metadata.annotations).toMatchObject({
    "kubermatic.io/initial-cni-values-request": '{"debug":{"enabled":true}}',
  });
  expect(spec).toMatchObject({
    cniPlugin: { type: "cilium", version: "1.19.4" },
    cloud: { dc: "local" },
  });
});

test("of two tabs that edit one template the second is told what the first has changed, and neither loses its edit", async () => {
  const { page } = session;
  await act("Edit");
  await replaceInText("replicas: 0", "replicas: 2 # mine");
  const other = await session.context.newPage();
  await other.goto(`/projects/${project}/templates`);
  await act("Edit", other);
  await replaceInText("cluster:", "cluster:\n  labels: { team: a }", other);
  await save(other);
  await other.getByText("Template web is saved").waitFor();
  await other.close();
  await save();
  await page.getByText("Somebody else has changed this meanwhile").waitFor();
  await page.getByText("cluster.labels.team", { exact: true }).waitFor();
  const nodes = async () => (await stored()).metadata.annotations?.["kubermatic.io/initial-machinedeployment-request"];
  expect(await nodes()).not.toContain('"replicas":2');
  await session.expectAccessible();
  await page.getByText("replicas: 2 # mine").waitFor(); // what is typed stays
  await save();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  expect((await stored()).clusterLabels).toEqual({ team: "a" });
  expect(await nodes()).toContain('"replicas":2');
});

test("another template is made of one", async () => {
  const { page } = session;
  await act("Copy");
  await replaceInText("scope: project", "scope: global");
  await save();
  await page.getByText("Template web-copy is saved").waitFor();
  await page
    .getByRole("row", { name: /web-copy/ })
    .getByText("Everybody", { exact: true })
    .waitFor();
  const { items } = await kubectlGet<{ items: ClusterTemplate[] }>("clustertemplates");
  const copy = items.find(({ spec }) => spec.humanReadableName === "web-copy");
  expect(copy).toMatchObject({ metadata: { labels: { scope: "global" } }, clusterLabels: { team: "a" } });
  await page.getByRole("button", { name: "Actions for web-copy", exact: true }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await session.api.deleteTemplate(project, copy?.metadata.name ?? ""); // other tests begin with none
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("dialog").getByText("That did not work").waitFor(); // the server knows it no longer
  await page.getByRole("button", { name: "Cancel", exact: true }).click();
});

test("clusters of it are created, and seen to come", async () => {
  const { page } = session;
  await act("Create clusters");
  const count = page.getByRole("spinbutton", { name: "Number of clusters" });
  await count.fill("501");
  await page.getByRole("button", { name: "Create", exact: true }).click();
  await page.getByText(/replicas/).waitFor(); // says the server
  await session.expectAccessible();
  await count.fill("1");
  await page.getByRole("button", { name: "One more" }).click();
  await page.getByRole("button", { name: "Create", exact: true }).click();
  await page.getByRole("heading", { name: "Clusters from this template" }).waitFor();
  await page.getByText("2 of 2 created").first().waitFor({ timeout: 60_000 });
  await page.getByRole("link", { name: "web-2" }).waitFor();
  const { items } = await kubectlGet<{ items: Cluster[] }>("clusters", "-l", `project-id=${project}`);
  const made = Object.fromEntries(items.map(({ spec }) => [spec.humanReadableName, spec.cniPlugin?.version]));
  expect(made).toEqual({ "web-1": "1.19.4", "web-2": "1.19.4" });
  await session.expectAccessible();
  await page.getByRole("link", { name: "web-2" }).scrollIntoViewIfNeeded();
  await session.screenshot("template");
  await page.setViewportSize({ width: 390, height: 800 });
  await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await page.setViewportSize({ width: 1280, height: 800 });
});

test("a template is deleted, the clusters stay", async () => {
  const { page } = session;
  await act("Delete");
  await session.expectAccessible();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("heading", { name: "Templates", level: 1 }).waitFor();
  await page.getByText("There is no template yet").waitFor();
  await expect(stored()).rejects.toThrow("not found");
  expect(await session.api.clusters(project)).toHaveLength(2);
  expect(session.complaints).toEqual([]);
});
