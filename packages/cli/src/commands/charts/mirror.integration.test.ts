import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort, resolveBinary, Supervisor } from "@fairlead/components";
import { HelmRunner, type PackagedChart, packageCharts, type RunningRegistry, startRegistry } from "@fairlead/helm";
import { TestAuthority, testLogin } from "@fairlead/testkit";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packageCache, shippedCharts } from "../../start/charts.ts";
import { fairlead } from "../../testing/fairlead-process.ts";

const run = promisify(execFile);
const logger = pino({ level: "silent" });

let directory: string;
let supervisor: Supervisor;
let helm: string;
let runner: HelmRunner;
let packages: PackagedChart[];
/** Where Cilium's charts are: open, without TLS. */
let upstream: RunningRegistry;
/** One of an operator's own: TLS by a private authority, and a login. */
let own: RunningRegistry;

const path = (...names: string[]) => join(directory, ...names);

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "fairlead-mirror-"));
  supervisor = new Supervisor({ stateDirectory: path("processes"), logger });
  helm = await resolveBinary("helm");
  runner = new HelmRunner({ helmBinary: helm, cacheDirectory: path("helm"), logger });
  const [authority, other] = await Promise.all([TestAuthority.create(), TestAuthority.create()]);
  const { cert, key } = await authority.serverCertificate();
  const files = {
    "ca.pem": authority.cert,
    "tls.crt": cert,
    "tls.key": key,
    "other.pem": other.cert,
    htpasswd: testLogin.htpasswd,
  };
  for (const [name, content] of Object.entries(files)) await writeFile(path(name), content);
  const tls = { certificateFile: path("tls.crt"), keyFile: path("tls.key"), ca: authority.cert };
  [packages, upstream, own] = await Promise.all([
    packageCharts({ runner, chartsDirectory: shippedCharts, cacheDirectory: packageCache() }),
    registry("upstream"),
    registry("own", { tls, htpasswdFile: path("htpasswd") }),
  ]);
  await publish("1.13.8");
});
afterAll(async () => {
  await supervisor?.stopAll();
  await rm(directory, { recursive: true, force: true });
});

async function registry(name: string, more: object = {}): Promise<RunningRegistry> {
  await mkdir(path(name));
  const binary = await resolveBinary("registry");
  const options = {
    supervisor,
    name,
    binary,
    directory: path(name),
    port: await freePort(),
    logFile: path(name, "log"),
  };
  return await startRegistry({ ...options, ...more });
}

function cilium(version: string): string {
  const found = packages.find((chart) => chart.name === "cilium" && chart.version === version);
  if (!found) throw new Error(`charts/applications/cilium: no version ${version}`);
  return found.path;
}

async function publish(version: string): Promise<void> {
  await runner.push(cilium(version), `oci://${upstream.host}/charts`, { access: upstream.access });
}

interface Answer {
  charts: { chart: string; version: string; state: string; digest?: string }[];
  images: string[];
}

async function mirror(args: readonly string[] = [], password = `${testLogin.password}\n`) {
  const from = ["--from", `oci://${upstream.host}/charts`, "--from-plain-http", "--catalogue", "2.22"];
  const to = [
    "--to",
    `oci://${own.host}/mirror/`,
    "--ca-file",
    path("ca.pem"),
    "--username",
    testLogin.username,
    "--password-stdin",
  ];
  const ended = await fairlead(["charts", "mirror", ...from, ...to, ...args], { cwd: directory, input: password });
  return { ...ended, answer: (): Answer => JSON.parse(ended.stdout) };
}

function states({ charts }: Answer): string[] {
  return charts.map(({ chart, version, state }) => `${chart} ${version} ${state}`);
}

test("what fails is named and stops nothing else; a second run pushes only what is missing", async () => {
  const first = await mirror(["-o", "json"]);
  expect(first.code).toBe(1);
  expect(first.stderr).toMatch(/^Error: 1 of 12 charts failed:\n {2}cilium 1\.13\.0: .*not found$/m);
  expect(states(first.answer())).toEqual(expect.arrayContaining(["canal 0.1.0 pushed", "cilium 1.13.8 pushed"]));

  await publish("1.13.0");
  const second = await mirror(["--images", "-o", "json"]);
  expect([second.code, second.stderr]).toEqual([0, expect.stringContaining("stand-ins for simulated nodes")]);
  const answer = second.answer();
  expect(states(answer).filter((row) => !row.endsWith(" present"))).toEqual(["cilium 1.13.0 pushed"]);
  expect(answer.images).toEqual(
    expect.arrayContaining([
      "quay.io/calico/node:v3.24.5",
      "quay.io/cilium/cilium:v1.12.9",
      "quay.io/cilium/cilium:v1.13.8",
      "quay.io/cilium/hubble-ui:v0.11.0",
      expect.stringMatching(/^quay\.io\/cilium\/operator-generic:v1\.13\.8/),
      "registry.k8s.io/kube-proxy:v1.36.3",
      expect.stringMatching(/\/proxy-agent:/),
      expect.stringMatching(/\/openvpn:/),
    ]),
  );
  expect(answer.images.filter((image) => image.includes("v3.31"))).toEqual([]);
});

test("wrong login, unknown authority, wrong usage", async () => {
  const wrong = await mirror([], "hunter23");
  expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringMatching(/^Error: oci:.* cannot be written to: .*401/m)]);
  expect(wrong.stdout + wrong.stderr).not.toContain("hunter23");
  const distrusted = await mirror(["--ca-file", path("other.pem")]);
  expect([distrusted.code, distrusted.stderr]).toEqual([1, expect.stringContaining(": certificate")]);
  for (const args of [[], ["--to", "registry.example.com/charts"], ["--to", "oci://registry.example.com"]]) {
    const { code, stderr } = await fairlead(["charts", "mirror", ...args], { cwd: directory });
    expect([code, stderr]).toEqual([2, expect.stringContaining("--to")]);
  }
});

test("helm's own commands copy charts just so", async () => {
  const env = { HOME: directory, SSL_CERT_FILE: path("ca.pem") };
  const command = (line: string) => run(helm, line.split(" "), { cwd: directory, env });
  await command(`registry login ${own.host} --username ${testLogin.username} --password ${testLogin.password}`);
  await command(`pull oci://${own.host}/mirror/cilium --version 1.13.8`);
  expect(await readFile(path("cilium-1.13.8.tgz"))).toEqual(await readFile(cilium("1.13.8")));
  await command(`push cilium-1.13.8.tgz oci://${own.host}/copied-by-hand`);
  const { stdout } = await command(`show chart oci://${own.host}/copied-by-hand/cilium --version 1.13.8`);
  expect(stdout).toMatch(/^version: 1\.13\.8$/m);
});
