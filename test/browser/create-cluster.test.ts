import { waitFor } from "@fairlead/kube";
import type { Cluster } from "@fairlead/resources";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BrowserSession, kubectlGet } from "./session.ts";

let session: BrowserSession;
let project: string;

beforeAll(async () => {
  session = await BrowserSession.start();
  project = (await session.api.createProject("created-by-form")).id;
  await waitFor(async () => (await session.api.project(project)).status === "Active", { what: "the project" });
});
afterAll(async () => {
  await session?.[Symbol.asyncDispose]();
});

test("a form that judges as the server does ends in the cluster that it showed", async () => {
  const { page } = session;
  await page.goto(`/projects/${project}/create-cluster`);
  await page.getByLabel("Name").fill("by-form");
  await page.getByLabel("Cilium").check();
  await page.getByText("ebpf: ").waitFor();
  await page.getByLabel("Konnectivity").uncheck();
  await page.getByText("iptables: ").waitFor();
  await page.getByLabel("Pods CIDR").fill("10.1.0.1/16");
  await page.locator("#pods-help").getByText("10.1.0.0/16").waitFor();
  expect(await page.getByRole("button", { name: "Create cluster" }).isDisabled()).toBe(true);
  await page.getByLabel("Pods CIDR").fill("10.1.0.0/16");
  await page.locator("#capacity").getByText("Room for 256 nodes").waitFor();
  await page.reload();
  expect(await page.getByLabel("Pods CIDR").inputValue()).toBe("10.1.0.0/16");
  await session.expectAccessible();
  await session.screenshot("create-cluster");
  await page.getByRole("button", { name: "Create cluster" }).click();
  await page.getByRole("heading", { name: "by-form", level: 1 }).waitFor();
  const { items } = await kubectlGet<{ items: Cluster[] }>("clusters", "-l", `project-id=${project}`);
  expect(items).toHaveLength(1);
  expect(items[0]?.spec).toMatchObject({
    humanReadableName: "by-form",
    cniPlugin: { type: "cilium" },
    clusterNetwork: { proxyMode: "iptables", konnectivityEnabled: false, pods: { cidrBlocks: ["10.1.0.0/16"] } },
  });
});

test("a refusal by the server stands in the form", async () => {
  const { page } = session;
  await page.goto(`/projects/${project}/create-cluster`);
  await page.getByLabel("Name").fill("by-form");
  await page.getByRole("button", { name: "Create cluster" }).click();
  await page.getByText('cluster "by-form" already exists').waitFor();
  expect(session.complaints).toEqual([]);
});
