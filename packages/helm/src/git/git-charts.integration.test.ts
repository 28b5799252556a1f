import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { freePort } from "@fairlead/components";
import {
  GitRepository,
  startChartRepository,
  startGitServer,
  startWebServer,
  TestAuthority,
  type WebServer,
} from "@fairlead/testkit";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { GitChart, RepositoryChart } from "../runner/chart-reference.ts";
import { HelmFixture } from "../test-support/helm-fixture.ts";

const login = { username: "joe", password: "hunter22" };
const noSuchCommit = "0123456789".repeat(4);

let helm: HelmFixture;
let repository: GitRepository;
let server: WebServer;
let guarded: WebServer;
let charts: WebServer;
const commits: Record<"v1" | "v2" | "links", string> = { v1: "", v2: "", links: "" };

const chartYaml = (version: string, more = "") => `apiVersion: v2\nname: app\nversion: ${version}\n${more}`;
const template = (more = "") => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: app }\n${more}`;

beforeAll(async () => {
  helm = await HelmFixture.create();
  const library = await helm.writeChart("library", "0.1.0", {
    "templates/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: from-library }\n",
  });
  await helm.runner.package(library, helm.path("repository"));
  await execa(helm.binary, ["repo", "index", helm.path("repository")], { env: { HOME: helm.directory } });
  charts = await startChartRepository(helm.path("repository"), { login });

  repository = await GitRepository.create(helm.path("git", "charts"));
  commits.v1 = await repository.commit({
    "deploy/app/Chart.yaml": chartYaml("1.0.0"),
    "deploy/app/templates/a.yaml": template(),
  });
  await repository.git("tag", "--annotate", "--message=first", "v1");
  commits.v2 = await repository.commit({ "deploy/app/Chart.yaml": chartYaml("2.0.0") });
  await repository.git("switch", "--quiet", "--create", "hostile");
  await writeFile(helm.path("secret"), "of the manager");
  commits.links = await repository.commit(
    { "deploy/app/templates/a.yaml": template('data: { x: {{ .Files.Get "link" | quote }} }\n') },
    { "deploy/app/link": helm.path("secret"), outside: "/etc" },
  );
  await repository.git("switch", "--quiet", "main");
  server = await startGitServer(helm.path("git"));
  guarded = await startGitServer(helm.path("git"), { login });
});

afterAll(async () => {
  await Promise.all([server, guarded, charts].map((one) => one?.close()));
  await helm?.[Symbol.asyncDispose]();
});

/** The servers of this test are on loopback, which an administrator has to allow. */
const allowed = () => ({ allowedAddresses: [server, guarded, charts].map(({ url }) => new URL(url).host) });

function gitChart(commit: string, more: Partial<GitChart> = {}): GitChart {
  const remote = `${server.url}/charts`;
  const access = { ...allowed(), ...more.access };
  return { kind: "git", remote, commit, ref: "refs/heads/main", path: "deploy/app", ...more, access };
}

const render = (chart: GitChart) =>
  helm.runner.template("x", chart, { values: {}, namespace: "default", includeCrds: false });

describe("a chart in git", () => {
  test.each([
    ["a branch", { branch: "main" }, "refs/heads/main", () => commits.v2],
    ["an annotated tag", { tag: "v1" }, "refs/tags/v1", () => commits.v1],
    ["a commit", { branch: "main", commit: noSuchCommit }, "refs/heads/main", () => noSuchCommit],
  ])("%s is found", async (_what, ref, name, commit) => {
    const found = await helm.runner.resolveGitCommit({ remote: `${server.url}/charts`, ref, access: allowed() });
    expect(found).toEqual({ commit: commit(), ref: name });
  });

  test.each([{ branch: "nope" }, { tag: "nope" }])("%j is not there", async (ref) => {
    await expect(
      helm.runner.resolveGitCommit({ remote: `${server.url}/charts`, ref, access: allowed() }),
    ).rejects.toMatchObject({
      kind: "chart-not-found",
      message: expect.stringContaining("nope"),
    });
  });

  test("is what its commit holds", async () => {
    expect(await helm.runner.showChart(gitChart(commits.v2))).toContain("version: 2.0.0");
    expect(await helm.runner.showChart(gitChart(commits.v1))).toContain("version: 1.0.0");
    expect(await render(gitChart(commits.v1))).toContain("name: app");
  });

  test("a commit that the server gives only with its branch", async () => {
    await repository.git("config", "uploadpack.allowAnySHA1InWant", "false");
    expect(await helm.runner.showChart(gitChart(commits.v1))).toContain("version: 1.0.0");
  });

  test("links out of the repository lead nowhere", async () => {
    const rendered = await render(gitChart(commits.links, { ref: "refs/heads/hostile" }));
    expect(rendered).not.toContain("of the manager");
    const outside = gitChart(commits.links, { ref: "refs/heads/hostile", path: "outside" });
    await expect(helm.runner.showChart(outside)).rejects.toMatchObject({ kind: "chart-not-found" });
    for (const path of ["../../..", "deploy"]) {
      await expect(helm.runner.showChart(gitChart(commits.v1, { path }))).rejects.toMatchObject({
        kind: "chart-not-found",
        message: expect.stringContaining("Chart.yaml"),
      });
    }
  });

  test("no file of this machine is a repository", async () => {
    for (const remote of [`file://${repository.directory}`, repository.directory, "ext::sh -c id"]) {
      await expect(helm.runner.showChart(gitChart(commits.v1, { remote }))).rejects.toMatchObject({
        message: expect.stringContaining("not allowed"),
      });
    }
  });

  test("a remote that leads to what is closed: nothing is sent there", async () => {
    await using closed = await startWebServer((_request, response) => response.end("secret of the machine"));
    await using leading = await startWebServer((request, response) =>
      response.writeHead(302, { location: `${closed.url}${request.url}` }).end(),
    );
    const access = { allowedAddresses: [new URL(leading.url).host] };
    const remotes = [`${leading.url}/charts`, `${closed.url}/charts`, "http://169.254.169.254/charts"];
    for (const remote of [...remotes, "git://127.0.0.1/charts", "ssh://git@localhost/charts", "git@127.0.0.1:charts"]) {
      const call = helm.runner.resolveGitCommit({ remote, ref: { branch: "main" }, access });
      await expect(call, remote).rejects.toMatchObject({
        kind: "source-forbidden",
        message: expect.stringContaining("spec.chartSources.allowedAddresses"),
      });
    }
    expect(closed.requests).toEqual([]);
  });

  test("options, hooks, filters and submodules of a hostile repository run nothing", async () => {
    const mark = helm.path("ran");
    const program = `touch ${mark}`;
    for (const remote of [`--upload-pack=${program}`, `ssh://-oProxyCommand=${program}/x`, `-u@host:x`]) {
      await expect(helm.runner.showChart(gitChart(commits.v1, { remote }))).rejects.toMatchObject({
        message: expect.stringContaining("not allowed"),
      });
    }
    for (const branch of [`--upload-pack=${program}`, `main;${program}`, `$(${program})`]) {
      const call = helm.runner.resolveGitCommit({ remote: `${server.url}/charts`, ref: { branch }, access: allowed() });
      await expect(call).rejects.toMatchObject({ kind: "chart-not-found" });
    }
    await repository.git("switch", "--quiet", "--create", "programs");
    const commit = await repository.commit({
      "deploy/app/.gitattributes": "* filter=evil diff=evil merge=evil\n",
      ".gitmodules": `[submodule "x"]\n\tpath = x\n\turl = ext::sh -c "${program}"\n`,
      ".gitconfig": `[core]\n\tfsmonitor = ${program}\n[filter "evil"]\n\tsmudge = ${program}\n`,
      "hooks/post-checkout": `#!/bin/sh\n${program}\n`,
    });
    await repository.git("switch", "--quiet", "main");
    await rm(mark, { force: true }); // The repository is its author's home here: his own git did run the filter.
    expect(await helm.runner.showChart(gitChart(commit, { ref: "refs/heads/programs" }))).toContain("name: app");
    expect(existsSync(mark)).toBe(false);
  });

  test("that is not served tells why", async () => {
    await expect(helm.runner.showChart(gitChart(noSuchCommit))).rejects.toMatchObject({ kind: "chart-not-found" });
    const elsewhere = gitChart(commits.v1, { remote: `${server.url}/other` });
    await expect(helm.runner.showChart(elsewhere)).rejects.toMatchObject({ kind: "chart-not-found" });
    const port = await freePort();
    const down = { remote: `http://127.0.0.1:${port}/charts`, access: { allowedAddresses: [`127.0.0.1:${port}`] } };
    await expect(helm.runner.showChart(gitChart(commits.v1, down))).rejects.toMatchObject({
      kind: "registry-unreachable",
      message: expect.stringContaining("connection refused"),
    });
  });

  test("a login: refused without, served with, and never in an error", async () => {
    const remote = `${guarded.url}/charts`;
    const as = (password: string) =>
      gitChart(commits.v1, { remote, access: { credentials: { kind: "password", username: "joe", password } } });
    await expect(helm.runner.showChart(gitChart(commits.v1, { remote }))).rejects.toMatchObject({
      kind: "unauthorized",
    });
    const refused = await helm.runner.showChart(as("hunter23")).catch((error: unknown) => error);
    expect(refused).toMatchObject({ kind: "unauthorized" });
    expect(JSON.stringify(refused)).not.toContain("hunter23");
    expect(await helm.runner.showChart(as("hunter22"))).toContain("version: 1.0.0");
  });

  test("a private authority", async () => {
    const authority = await TestAuthority.create();
    await using secure = await startGitServer(helm.path("git"), { tls: await authority.serverCertificate() });
    const access = { allowedAddresses: [new URL(secure.url).host] };
    const chart = gitChart(commits.v1, { remote: `${secure.url}/charts`, access });
    await expect(helm.runner.showChart(chart)).rejects.toMatchObject({ kind: "registry-unreachable" });
    const trusting = { ...chart, access: { ...access, ca: authority.cert } };
    expect(await helm.runner.showChart(trusting)).toContain("version: 1.0.0");
  });

  test("an SSH key is handed to ssh in a file, with nobody's configuration", async () => {
    // There is no SSH server here: a program in its place writes down how it is called.
    const bin = helm.path("bin");
    await mkdir(bin);
    const seen = helm.path("ssh-call");
    await writeFile(
      `${bin}/ssh`,
      `#!/bin/sh\nprintf '%s\\n' "$@" > '${seen}'\nprev=\nfor a; do [ "$prev" = -i ] && cat "$a" >> '${seen}'; prev=$a; done\nexit 1\n`,
    );
    await chmod(`${bin}/ssh`, 0o755);
    const key = "-----BEGIN OPENSSH PRIVATE KEY-----\nx\n-----END OPENSSH PRIVATE KEY-----";
    const credentials = { kind: "ssh-key", key } as const;
    const access = { credentials, allowedAddresses: ["localhost:2222"] };
    const before = process.env.PATH;
    process.env.PATH = `${bin}:${before}`;
    try {
      const call = helm.runner.resolveGitCommit({
        remote: "ssh://git@localhost:2222/charts",
        ref: { branch: "main" },
        access,
      });
      await expect(call).rejects.toThrow();
    } finally {
      process.env.PATH = before;
    }
    const lines = (await readFile(seen, "utf8")).split("\n");
    expect(lines).toEqual(
      expect.arrayContaining([
        "BatchMode=yes",
        "StrictHostKeyChecking=accept-new",
        "IdentitiesOnly=yes",
        "git@localhost",
        expect.stringMatching(/^HostName=(127\.0\.0\.1|::1)$/),
        "HostKeyAlias=[localhost]:2222",
        "ProxyCommand=none",
        "x",
      ]),
    );
    expect(lines).toContain(`UserKnownHostsFile=${helm.path("cache", "known_hosts")}`);
  });

  test("dependencies come from their repository, with its login", async () => {
    const dependencies = `dependencies: [{ name: library, version: 0.1.0, repository: "${charts.url}" }]\n`;
    const commit = await repository.commit({ "with/Chart.yaml": chartYaml("3.0.0", dependencies) });
    const chart = gitChart(commit, { path: "with", dependencyAccess: allowed() });
    await expect(render(chart)).rejects.toMatchObject({ kind: "unauthorized" });
    expect(await render({ ...chart, dependencyAccess: { login, ...allowed() } })).toContain("name: from-library");
    const outside = 'dependencies: [{ name: x, version: 0.1.0, repository: "file://../../../charts" }]\n';
    const stolen = await repository.commit({ "out/Chart.yaml": chartYaml("3.0.0", outside) });
    await expect(render(gitChart(stolen, { path: "out" }))).rejects.toThrow(/outside of the repository/);
  });
});

describe("a chart in a classic repository", () => {
  const chart = (more: Partial<RepositoryChart> = {}): RepositoryChart => ({
    kind: "repository",
    url: charts.url,
    name: "library",
    version: "0.1.0",
    ...more,
    access: { ...allowed(), ...(more.access ?? { login }) },
  });

  test("is fetched with a login that no command line shows", async () => {
    expect(await helm.runner.showChart(chart())).toContain("name: library");
    await helm.runner.pull(chart(), helm.path("pulled"));
    expect(await readdir(helm.path("pulled"))).toEqual(["library-0.1.0.tgz"]);
  });

  test.each<[string, Partial<RepositoryChart>, string]>([
    ["no login", { access: {} }, "unauthorized"],
    ["a wrong one", { access: { login: { username: "joe", password: "hunter23" } } }, "unauthorized"],
    ["no such version", { version: "9.9.9" }, "chart-not-found"],
    ["no such chart", { name: "nope" }, "chart-not-found"],
    [
      "nobody there",
      { url: "http://127.0.0.1:1", access: { allowedAddresses: ["127.0.0.1:1"] } },
      "registry-unreachable",
    ],
  ])("%s", async (_what, more, kind) => {
    const refused = await helm.runner.showChart(chart(more)).catch((error: unknown) => error);
    expect(refused).toMatchObject({ kind });
    expect(JSON.stringify(refused)).not.toContain("hunter2");
  });
});

test("every call leaves nothing behind", async () => {
  expect(await readdir(helm.path("cache", "helm-calls"))).toEqual([]);
});
