import { createHash } from "node:crypto";
import { mkdir, readFile, utimes, writeFile } from "node:fs/promises";
import { freePort, resolveBinary, Supervisor } from "@fairlead/components";
import { TestAuthority, testLogin } from "@fairlead/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type PackagedChart, packageCharts } from "../charts/package-charts.ts";
import { publishCharts } from "../charts/publish-charts.ts";
import { type OciChart, registryConfigFor } from "../runner/chart-reference.ts";
import { HelmFixture } from "../test-support/helm-fixture.ts";
import { RegistryClient } from "./registry-client.ts";
import { type RunningRegistry, startRegistry } from "./start-registry.ts";

const chartsDirectory = new URL("../../../../charts", import.meta.url).pathname;

let helm: HelmFixture;
let supervisor: Supervisor;
let registry: RunningRegistry;
let charts: PackagedChart[];

async function start(name: string, more: object = {}): Promise<RunningRegistry> {
  await mkdir(helm.path(name), { recursive: true });
  return await startRegistry({
    supervisor,
    name,
    binary: await resolveBinary("registry"),
    directory: helm.path(name),
    port: await freePort(),
    logFile: helm.path(name, "log"),
    ...more,
  });
}

beforeAll(async () => {
  helm = await HelmFixture.create();
  supervisor = new Supervisor({ stateDirectory: helm.path("state"), logger: helm.logger });
  registry = await start("registry");
  charts = await packageCharts({ runner: helm.runner, chartsDirectory, cacheDirectory: helm.path("packages") });
});

afterAll(async () => {
  await supervisor.stopAll();
  await helm[Symbol.asyncDispose]();
});

function cilium(): PackagedChart {
  const found = charts.find(({ name, version }) => name === "cilium" && version === "1.13.8");
  if (!found) throw new Error("charts/applications/cilium: no version 1.13.8");
  return found;
}

function reference(version: string, more: Partial<OciChart> = {}): OciChart {
  const url = `oci://${registry.host}/helm-charts/cilium`;
  return { kind: "oci", url, version, access: registry.access, ...more };
}

describe("packaging", () => {
  test("an application chart is packaged in each of its versions, an add-on chart in one", async () => {
    const addons = charts.filter(({ category }) => category === "addon").map(({ name }) => name);
    expect(addons).toEqual([...new Set(addons)]);
    expect(addons).toEqual(expect.arrayContaining(["canal", "coredns", "kube-proxy"]));
    const versions = charts.filter(({ name }) => name === "cilium").map(({ version }) => version);
    expect(versions).toEqual(expect.arrayContaining(["1.13.0", "1.13.8", "1.19.4"]));
    const chartYaml = await helm.runner.showChart({ kind: "path", path: cilium().path });
    expect(chartYaml).toMatch(/^version: 1\.13\.8$/m);
    expect(chartYaml).toMatch(/^appVersion: 1\.13\.8$/m);
  });

  test("a version has its generation's values", async () => {
    const values = (version: string) => {
      const chart = charts.find((candidate) => candidate.name === "cilium" && candidate.version === version);
      return helm.runner.showValues({ kind: "path", path: chart?.path ?? "" });
    };
    const source = (generation: string) =>
      readFile(`${chartsDirectory}/applications/cilium/generations/${generation}/values.yaml`, "utf8");
    expect((await values("1.13.8")).trim()).toBe((await source("1.13")).trim());
    expect((await values("1.17.16")).trim()).toBe((await source("1.14")).trim());
  });

  test("a second run spawns no helm and finds the same packages", async () => {
    const before = helm.runner.spawned;
    const again = await packageCharts({ runner: helm.runner, chartsDirectory, cacheDirectory: helm.path("packages") });
    expect(again).toEqual(charts);
    expect(helm.runner.spawned).toBe(before);
  });

  test("another machine's package is the same to the byte", async () => {
    const tree = helm.path("elsewhere");
    const chart = { "Chart.yaml": "apiVersion: v2\nname: a\nversion: 1.0.0\n", "templates/a.yaml": "{}\n" };
    const digests: string[] = [];
    for (const [index, year] of [2001, 2026].entries()) {
      await mkdir(`${tree}/addons/a/templates`, { recursive: true });
      await mkdir(`${tree}/applications`, { recursive: true });
      for (const [path, text] of Object.entries(chart)) {
        await writeFile(`${tree}/addons/a/${path}`, text);
        await utimes(`${tree}/addons/a/${path}`, new Date(year, 1), new Date(year, 1));
      }
      const options = { runner: helm.runner, chartsDirectory: tree, cacheDirectory: helm.path(`cache-${index}`) };
      digests.push(...(await packageCharts(options)).map(({ digest }) => digest));
    }
    expect(digests).toHaveLength(2);
    expect(digests[0]).toBe(digests[1]);
  });
});

describe("publishing", () => {
  test("once all, then nothing; a changed chart moves its tag", async () => {
    const options = { runner: helm.runner, registry, repository: "helm-charts" };
    const first = await publishCharts(charts, options);
    expect(first.every(({ pushed }) => pushed)).toBe(true);
    const second = await publishCharts(charts, options);
    expect(second.filter(({ pushed }) => pushed)).toEqual([]);
    expect(second.map(({ manifestDigest }) => manifestDigest)).toEqual(
      first.map(({ manifestDigest }) => manifestDigest),
    );

    const changed = await helm.writeChart("coredns", "0.1.0", { "templates/a.yaml": "{}\n" });
    await helm.runner.package(changed, helm.path("changed"));
    const path = helm.path("changed", "coredns-0.1.0.tgz");
    const digest = `sha256:${createHash("sha256")
      .update(await readFile(path))
      .digest("hex")}`;
    const [moved] = await publishCharts(
      [{ category: "addon", name: "coredns", version: "0.1.0", path, digest, annotations: {} }],
      options,
    );
    expect(moved?.pushed).toBe(true);
    await using client = new RegistryClient({ url: registry.url });
    expect((await client.chart("helm-charts/coredns", "0.1.0"))?.packageDigest).toBe(digest);
  });

  test("what is pulled is what was packaged", async () => {
    await using client = new RegistryClient({ url: registry.url });
    expect(await client.tags("helm-charts/cilium")).toContain("1.13.8");
    expect(await client.tags("helm-charts/nothing")).toEqual([]);
    await helm.runner.pull(reference("1.13.8"), helm.path("pulled"));
    expect(await readFile(helm.path("pulled", "cilium-1.13.8.tgz"))).toEqual(await readFile(cilium().path));
  });

  test("a chart pinned to its digest", async () => {
    await using client = new RegistryClient({ url: registry.url });
    const digest = (await client.chart("helm-charts/cilium", "1.13.8"))?.digest ?? "";
    expect(await helm.runner.showChart(reference("1.13.8", { digest }))).toContain("version: 1.13.8");
    await expect(helm.runner.showChart(reference("1.13.0", { digest }))).rejects.toMatchObject({
      kind: "chart-digest-mismatch",
    });
  });
});

describe("a registry that does not deliver", () => {
  test("no such version: chart-not-found", async () => {
    await expect(helm.runner.pull(reference("9.9.9"), helm.path("x"))).rejects.toMatchObject({
      kind: "chart-not-found",
    });
  });

  test("down: registry-unreachable; back again with its content", async () => {
    const other = await start("other");
    await registry.stop();
    await expect(helm.runner.pull(reference("1.13.8"), helm.path("x"))).rejects.toMatchObject({
      kind: "registry-unreachable",
      message: expect.stringContaining("connection refused"),
    });
    registry = await start("registry");
    await helm.runner.pull(reference("1.13.8"), helm.path("x"));
    await other.stop();
  });

  test("TLS and a login: refused without, served with", async () => {
    const authority = await TestAuthority.create();
    const serving = await authority.serverCertificate();
    const files = {
      certificateFile: helm.path("tls.crt"),
      keyFile: helm.path("tls.key"),
      htpasswdFile: helm.path("htpasswd"),
    };
    await writeFile(files.certificateFile, serving.cert);
    await writeFile(files.keyFile, serving.key);
    await writeFile(files.htpasswdFile, testLogin.htpasswd);
    const guarded = await start("guarded", {
      tls: { certificateFile: files.certificateFile, keyFile: files.keyFile, ca: authority.cert },
      htpasswdFile: files.htpasswdFile,
    });
    const push = (access: object) => helm.runner.push(cilium().path, `oci://${guarded.host}/charts`, { access });
    const login = (password: string) => registryConfigFor(guarded.host, { username: testLogin.username, password });
    await expect(push({})).rejects.toMatchObject({ kind: "registry-unreachable" }); // unknown authority
    await expect(push(guarded.access)).rejects.toMatchObject({ kind: "unauthorized" });
    await expect(push({ ...guarded.access, registryConfig: login("hunter23") })).rejects.toMatchObject({
      kind: "unauthorized",
    });
    await push({ ...guarded.access, registryConfig: login(testLogin.password) });
    const { username, password } = testLogin;
    const credentials = { username, password };
    await using client = new RegistryClient({ url: guarded.url, ca: authority.cert, credentials });
    expect(await client.tags("charts/cilium")).toEqual(["1.13.8"]);
    await guarded.stop();
  });
});
