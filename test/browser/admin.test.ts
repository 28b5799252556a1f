import type { ApplicationDefinition, Cluster, KubermaticConfiguration } from "@fairlead/resources";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { BrowserSession, kubectl, kubectlGet } from "./session.ts";

let session: BrowserSession;
let before: { definition: ApplicationDefinition; configuration: KubermaticConfiguration };

const definition = () => kubectlGet<ApplicationDefinition>("applicationdefinition", "cilium");
const configuration = async (): Promise<KubermaticConfiguration> => {
  const { items } = await kubectlGet<{ items: KubermaticConfiguration[] }>(
    "kubermaticconfigurations",
    "-n",
    "kubermatic",
  );
  if (!items[0]) throw new Error("there is no KubermaticConfiguration");
  return items[0];
};

beforeAll(async () => {
  session = await BrowserSession.start();
  before = { definition: await definition(), configuration: await configuration() };
});
afterAll(async () => {
  await session?.[Symbol.asyncDispose]();
});

const source = async () => (await configuration()).spec?.userCluster?.systemApplications;
const press = (name: string) => session.page.getByRole("button", { name, exact: true }).click();

test("the catalogue says what is known of each version, and who is on a deprecated one", async () => {
  const { page, api } = session;
  const project = await session.activeProject("admin");
  const spec = {
    cloud: { dc: "local", bringyourown: {} },
    version: "1.36.3",
    cniPlugin: { type: "canal", version: "v3.28" },
  };
  const { id } = await api.createCluster(project, { cluster: { name: "outdated", spec } } as never);
  await page.goto("/projects");
  await page.getByRole("link", { name: "CNI versions" }).click();
  await page.getByRole("heading", { name: "CNI versions", level: 1 }).waitFor();
  const row = page
    .getByRole("grid", { name: "Clusters on deprecated versions" })
    .getByRole("row", { name: /outdated/ });
  await row.getByText("canal v3.28").waitFor();
  expect((await kubectlGet<Cluster>("cluster", id)).spec.cniPlugin).toMatchObject(spec.cniPlugin);
  const version = page.getByRole("grid", { name: "Versions of canal" }).getByRole("row", { name: /v3\.28/ });
  await version.getByText("Deprecated").waitFor();
  await page.getByText(/CVE-/).first().waitFor();
  await session.expectAccessible();
  await session.screenshot("admin-catalogue");
  await api.deleteCluster(project, id);
});

test("where charts come from is changed, once the server takes it", { timeout: 300_000 }, async () => {
  const { page } = session;
  await page.getByRole("link", { name: "System applications" }).click();
  await page.getByText(/can fetch the charts/).waitFor();
  await page.locator("#default-values").waitFor();
  await session.expectAccessible();
  await session.expectKeyboardDialog("Change the source");
  await session.expectKeyboardDialog("Change the defaults");
  await press("Change the source");
  const repository = page.getByLabel("Repository");
  const old = await repository.inputValue();
  await repository.fill("https://charts.example.com");
  await press("Save");
  await page.getByText(/expected an OCI repository/).waitFor(); // says the server
  await session.expectAccessible();
  await repository.fill("registry.example.invalid/helm-charts");
  const other = await session.context.newPage();
  await other.goto("/admin/system-applications");
  await other.getByRole("button", { name: "Change the source" }).click();
  await other.getByLabel("HTTP without TLS").uncheck();
  await other.getByRole("button", { name: "Save", exact: true }).click();
  await other.getByRole("dialog").waitFor({ state: "detached" });
  await other.close();
  await press("Save");
  await page.getByText("Somebody else has changed this meanwhile").waitFor();
  await page.getByRole("listitem").getByText("Transport", { exact: true }).waitFor();
  expect(await page.getByLabel("HTTP without TLS").isChecked()).toBe(false);
  expect(await repository.inputValue()).toBe("registry.example.invalid/helm-charts"); // what is typed stays
  expect(await source()).toEqual({ helmRepository: old }); // theirs alone, so far
  await session.expectAccessible();
  await press("Save");
  await page.getByText("oci://registry.example.invalid/helm-charts").first().waitFor();
  expect(await source()).toEqual({ helmRepository: "registry.example.invalid/helm-charts" });
  await press("Change the source");
  await repository.fill(old);
  await page.getByLabel("HTTP without TLS").check();
  await press("Save");
  await expect.poll(async () => (await source())?.helmRepository).toBe(old);
  expect(await source()).toEqual(before.configuration.spec?.userCluster?.systemApplications);
  const { versions } = before.definition.spec;
  await expect.poll(async () => (await definition()).spec.versions, { timeout: 120_000 }).toEqual(versions);
});

test("what new installations begin with is changed", async () => {
  const { page } = session;
  onTestFinished(async () => {
    const { metadata, ...rest } = before.definition;
    const back = { ...rest, metadata: { name: metadata.name, labels: metadata.labels } };
    await kubectl(["replace", "-f", "-"], JSON.stringify(back));
  });
  await page.goto("/admin/system-applications");
  await press("Change the defaults");
  const editor = page.getByRole("textbox", { name: "Default values of Cilium" });
  await editor.click();
  await page.keyboard.press("ControlOrMeta+End");
  await session.expectCompletion("tunnelPr", /^tunnelProtocol/);
  await page.keyboard.insertText('debug: {enabled: "{{ .Cluster.Nope }}"}\n');
  await press("Save");
  await page.getByRole("dialog").getByText("That did not work").waitFor(); // says the server
  await page.locator(".cm-lint-marker-error").waitFor();
  await session.expectAccessible();
  await editor.click();
  await page.keyboard.press("ControlOrMeta+End");
  await page.keyboard.press("Shift+ArrowUp");
  await page.keyboard.insertText("debug: {enabled: true}\n");
  const theirs = { ...(before.definition.spec.defaultValues as object), others: true };
  const patch = JSON.stringify({ spec: { defaultValues: { others: true } } });
  await kubectl(["patch", "applicationdefinition", "cilium", "--type", "merge", "-p", patch]);
  await press("Save");
  await page.getByText("Somebody else has changed this meanwhile").waitFor();
  expect((await definition()).spec.defaultValues).toEqual(theirs);
  await press("Save");
  await expect.poll(() => page.locator("#default-values").textContent()).toContain("debug");
  const { spec } = await definition();
  expect(spec.defaultValues).toEqual({ ...theirs, debug: { enabled: true } });
  expect(spec.versions).toEqual(before.definition.spec.versions);
  expect(session.complaints).toEqual([]);
});

test("who is no administrator is shown no way there", async () => {
  const { page } = session;
  await page.route("**/api/v1/me", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), isAdmin: false } });
  });
  await page.goto("/projects");
  await page.getByRole("heading", { name: "Projects", level: 1 }).waitFor();
  expect(await page.getByRole("link", { name: "CNI versions" }).count()).toBe(0);
});
