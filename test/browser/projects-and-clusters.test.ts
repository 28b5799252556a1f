import type { Cluster, Project } from "@fairlead/resources";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { BrowserSession, kubectlGet, report } from "./session.ts";

let session: BrowserSession;

beforeAll(async () => {
  session = await BrowserSession.start({ signIn: false });
});
afterAll(async () => {
  await session?.[Symbol.asyncDispose]();
});

test("a wrong token is refused, the right one opens the page that was asked for", async () => {
  const { page } = session;
  await page.goto("/projects");
  await page.getByLabel("Token").fill("wrong");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("this token is not known to the server").waitFor();
  await session.expectAccessible();
  await page.getByLabel("Token").fill(inject("fairlead").token);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Projects", level: 1 }).waitFor();
  const [cookie] = await session.context.cookies();
  expect(cookie).toMatchObject({ name: "token", httpOnly: true, sameSite: "Strict" });
  expect(await page.evaluate(() => document.cookie)).toBe("");
});

test("what the first page loads is small, and comes from this server alone", async () => {
  const { page } = session;
  await page.goto("/projects", { waitUntil: "networkidle" });
  const loaded = await page.evaluate(() =>
    (performance.getEntriesByType("resource") as PerformanceResourceTiming[]).map(({ name, encodedBodySize }) => ({
      url: name,
      bytes: encodedBodySize,
    })),
  );
  const scripts = loaded.filter(({ url }) => url.endsWith(".js"));
  const bytes = scripts.reduce((sum, script) => sum + script.bytes, 0);
  report(`initial script: ${scripts.length} files, ${Math.round(bytes / 1024)} KiB compressed`);
  expect(bytes).toBeGreaterThan(50 * 1024);
  expect(bytes).toBeLessThan(350 * 1024);
  const texts = await Promise.all(scripts.map(async ({ url }) => (await page.request.get(url)).text()));
  expect(texts.some((text) => text.includes("jsxDEV"))).toBe(false); // React's build for developers is slow
  expect(loaded.filter(({ url }) => !url.startsWith(inject("fairlead").url))).toEqual([]);
});

test("a project is created by its form, which shows what the server refuses", async () => {
  const { page } = session;
  await session.expectKeyboardDialog("Create project");
  await session.expectKeyboardDialog("Sign out");
  await page.getByRole("button", { name: "Create project" }).click();
  await page.getByLabel("Name").fill("   ");
  await page.getByRole("button", { name: "Create", exact: true }).click();
  await page.getByText("the project's name must not be empty").waitFor();
  await session.expectAccessible();
  await page.getByLabel("Name").fill("shop");
  await page.getByRole("button", { name: "Create", exact: true }).click();
  await page.getByRole("heading", { name: "Clusters", level: 1 }).waitFor();
  const { items } = await kubectlGet<{ items: Project[] }>("projects");
  const shop = items.filter(({ spec }) => spec.name === "shop");
  expect(shop).toHaveLength(1);
  expect(page.url()).toContain(`/projects/${shop[0]?.metadata.name}/clusters`);
});

test("the list of clusters follows what happens, without being loaded again", async () => {
  const { page, api } = session;
  await page.getByText("There is no cluster yet").waitFor();
  const project = (await api.projects()).find(({ name }) => name === "shop");
  if (!project) throw new Error("there is no project");
  await waitForProject(project.id);
  const create = (name: string, version: string) =>
    api.createCluster(project.id, {
      cluster: {
        name,
        spec: { version: "1.36.3", cloud: { dc: "local", bringyourown: {} }, cniPlugin: { type: "canal", version } },
      },
      nodeDeployment: { spec: { replicas: 1 } },
    } as never);
  const old = await create("storefront", "v3.28");
  await page.evaluate(() => Object.assign(window, { stillTheSame: true }));
  const row = page.getByRole("row", { name: /storefront/ });
  await row.getByText("Deprecated").waitFor();
  await row.getByText("Update available").waitFor();
  await row.getByText("Running").waitFor({ timeout: 120_000 });
  expect(await page.evaluate(() => "stillTheSame" in window)).toBe(true);
  expect((await kubectlGet<Cluster>("cluster", old.id)).spec.cniPlugin?.version).toBe("v3.28");
  await page.getByLabel("Filter by name").fill("canal nothing");
  await page.getByText("No cluster matches").waitFor();
  await page.getByLabel("Filter by name").fill("CANAL store");
  await row.waitFor();
  await session.expectAccessible();
  await session.screenshot("clusters");
  await row.getByRole("link", { name: "storefront" }).click();
  await page.getByRole("heading", { name: "storefront", level: 1 }).waitFor();
  await page.getByText(old.id).first().waitFor();
  await session.expectAccessible();
  await page.reload();
  await page.getByRole("heading", { name: "storefront", level: 1 }).waitFor();
});

test("the server is asked though the browser takes itself for offline", async () => {
  const { page } = session;
  await page.goto("/projects");
  await page.getByRole("link", { name: "shop" }).waitFor();
  await page.evaluate(() => window.dispatchEvent(new Event("offline")));
  await page.getByRole("button", { name: "Create project" }).click();
  await page.getByLabel("Name").fill("island");
  await page.getByRole("button", { name: "Create", exact: true }).click();
  await page.getByRole("heading", { name: "Clusters", level: 1 }).waitFor();
  await page.getByText("There is no cluster yet").waitFor();
});

test("no script complained, under a policy that allows no inline script", async () => {
  const { page } = session;
  await page.goto("/no/such/page");
  await page.getByRole("heading", { name: "There is no such page", level: 1 }).waitFor();
  await session.expectAccessible();
  const answer = await page.goto("/projects");
  expect(await answer?.headerValue("content-security-policy")).toContain("script-src 'self';");
  await page.getByRole("link", { name: "shop" }).waitFor();
  await session.expectAccessible();
  expect(session.complaints).toEqual([]);
});

async function waitForProject(id: string): Promise<void> {
  await expect.poll(() => session.api.project(id).then(({ status }) => status), { timeout: 30_000 }).toBe("Active");
}
