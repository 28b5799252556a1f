import { readdir, readFile, writeFile } from "node:fs/promises";
import { createServer, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { type RunningRegistry, registryConfigFor } from "@fairlead/helm";
import { builtin, defineResource, type KubeObject, waitFor } from "@fairlead/kube";
import {
  applicationDefinitionType,
  applicationInstallationType,
  clusterType,
  installationNamespace,
  kubermaticConfigurationType,
  seedType,
} from "@fairlead/resources";
import {
  GitRepository,
  startChartRepository,
  startGitServer,
  startWebServer,
  TestAuthority,
  testLogin,
  type WebServer,
} from "@fairlead/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ApplicationWorld, clusterId } from "../testing/application-world.ts";

const { htpasswd, ...login } = testLogin;

/** Writes down which chart it is of, and the values it got. */
const template = `apiVersion: v1
kind: ConfigMap
metadata: { name: {{ .Release.Namespace }}, namespace: {{ .Release.Namespace }} }
data: { chart: "{{ .Chart.Version }}", values: {{ .Values | toJson | quote }} }
`;

let world: ApplicationWorld;
let registry: RunningRegistry;
let authority: TestAuthority;
let guarded: RunningRegistry;
let repository: WebServer;
let git: WebServer;
let source: GitRepository;
const packages = new Map<string, string>();

const oci = (chartVersion = "1.0.0", more: object = {}, from = registry) => ({
  helm: { url: `oci://${from.host}/charts`, chartName: "app", chartVersion, plainHTTP: true, ...more },
});
const secretKey = (name: string, key: string) => ({ name, key });

beforeAll(async () => {
  world = await ApplicationWorld.start();
  for (const version of ["1.0.0", "2.0.0"]) packages.set(version, await world.chart("app", version, template));
  registry = await world.registry("registry");
  for (const path of packages.values()) await world.push(path, registry);

  authority = await TestAuthority.create();
  const { cert, key } = await authority.serverCertificate();
  const files = { certificateFile: world.path("tls.crt"), keyFile: world.path("tls.key") };
  await writeFile(files.certificateFile, cert);
  await writeFile(files.keyFile, key);
  await writeFile(world.path("htpasswd"), htpasswd);
  guarded = await world.registry("guarded", {
    tls: { ...files, ca: authority.cert },
    htpasswdFile: world.path("htpasswd"),
  });
  const registryConfig = registryConfigFor(guarded.host, login);
  await world.push(packages.get("1.0.0") ?? "", guarded, { ...guarded.access, registryConfig });

  await world.helm(["repo", "index", world.path("packages")]);
  repository = await startChartRepository(world.path("packages"), { login });
  source = await GitRepository.create(world.path("git", "charts"));
  await commit("1.0.0");
  git = await startGitServer(world.path("git"), { login: { username: "oauth2", password: "token-1" } });
  await world.allow(repository.url, git.url);
});

afterAll(async () => {
  await Promise.all([repository, git].map((server) => server?.close()));
  await world?.[Symbol.asyncDispose]();
});

async function commit(version: string): Promise<string> {
  return await source.commit({
    "deploy/app/Chart.yaml": `apiVersion: v2\nname: app\nversion: ${version}\n`,
    "deploy/app/templates/all.yaml": template,
  });
}

/** The chart's version and the values that were seen by it. */
async function seen(name: string): Promise<[string | undefined, unknown]> {
  const data = await world.data(name);
  return [data?.chart, JSON.parse(data?.values ?? "null")];
}

describe("sources", () => {
  test("an OCI registry: status and events say what is installed", async () => {
    await world.define("plain", { "1.0.0": oci() });
    const labels = { team: "a" };
    await world.installApplication("plain", { namespace: { name: "plain", create: true, labels }, values: { a: 1 } });
    const { status } = await world.ready("plain");
    expect(await seen("plain")).toEqual(["1.0.0", { a: 1 }]);
    expect(status).toMatchObject({
      method: "helm",
      applicationVersion: { version: "1.0.0", template: { source: oci() } },
      helmRelease: { name: "default-plain", version: 1, info: { status: "deployed" } },
      failures: 0,
      conditions: {
        ManifestsRetrieved: { status: "True", reason: "DownloadSourceSuccessful" },
        Ready: { status: "True", message: "Installed version 1.0.0" },
      },
    });
    expect((await world.client.get(builtin.Namespace, { name: "plain" })).metadata.labels).toMatchObject(labels);
    await expect
      .poll(() => world.events("plain"), { timeout: 60_000 })
      .toContain("InstallationSuccessful: Installed version 1.0.0 as revision 1 of its release");
  });

  test("a classic repository, with a login", async () => {
    const credentials = { username: secretKey("repository", "user"), password: secretKey("repository", "pass") };
    await world.secret("repository", { user: login.username, pass: login.password }, "helm");
    const helm = { url: repository.url, chartName: "app", chartVersion: "2.0.0", credentials };
    await world.define("classic", { "1.0.0": { helm } });
    await world.installApplication("classic", { valuesBlock: "b: 2 # two\n" });
    await world.ready("classic");
    expect(await seen("classic")).toEqual(["2.0.0", { b: 2 }]);
  });

  test("git: a branch, with a token; what is pushed to it is installed at the next interval", async () => {
    await world.secret("git", { token: "token-1" }, "git");
    const credentials = { method: "token", token: secretKey("git", "token") };
    const from = { remote: `${git.url}/charts`, ref: { branch: "main" }, path: "deploy/app", credentials };
    await world.define("git", { "1.0.0": { git: from } });
    await world.installApplication("git", { reconciliationInterval: "1s" });
    await world.ready("git");
    expect(await seen("git")).toEqual(["1.0.0", {}]);
    await commit("1.1.0");
    await expect.poll(async () => (await seen("git"))[0], { timeout: 120_000 }).toBe("1.1.0");
    await world.edit("git", { reconciliationInterval: "0s" });
  });

  test("a private registry: login from a Secret that says what it is for, authority from the bundle", async () => {
    const from = (name: string) => ({
      helm: {
        ...oci("1.0.0", {}, guarded).helm,
        plainHTTP: false,
        credentials: { registryConfigFile: secretKey(name, "config") },
      },
    });
    await world.define("private", { "1.0.0": from("registry-login") });
    await world.installApplication("private");
    const failed = (text: string) =>
      expect
        .poll(async () => (await world.installed("private"))?.status?.conditions?.ManifestsRetrieved?.message, {
          timeout: 120_000,
        })
        .toContain(text);
    await failed("Secret kubermatic/registry-login is not there");
    await world.secret("registry-login", { config: registryConfigFor(guarded.host, login) });
    await failed("expected annotation apps.kubermatic.k8c.io/secret-type: helm");
    const annotations = { "apps.kubermatic.k8c.io/secret-type": "helm" };
    const ref = { name: "registry-login", namespace: installationNamespace };
    await world.client.mergePatch(builtin.Secret, ref, { metadata: { annotations } });
    await failed("certificate");
    const bundle = { name: "ca-bundle", namespace: installationNamespace };
    await world.client.create(builtin.ConfigMap, { metadata: bundle, data: { "ca-bundle.pem": authority.cert } });
    const configuration = { name: "fairlead", namespace: installationNamespace };
    const spec = { caBundle: { kind: "ConfigMap", name: "ca-bundle" } };
    await world.client.mergePatch(kubermaticConfigurationType, configuration, { spec });
    await world.ready("private");
    expect((await seen("private"))[0]).toBe("1.0.0");
    await world.client.mergePatch(kubermaticConfigurationType, configuration, { spec: { caBundle: null } });
  });

  test("the machine's proxy is asked", async () => {
    const asked: string[] = [];
    const proxy = createServer((request, response) => {
      asked.push(request.url ?? "");
      const target = new URL(request.url ?? "");
      const { host, ...headers } = request.headers;
      const onward = httpRequest(
        {
          host: "127.0.0.1",
          port: registry.host.split(":")[1],
          path: target.pathname + target.search,
          method: request.method,
          headers: { ...headers, host },
        },
        (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(response);
        },
      );
      request.pipe(onward);
    }).listen(0, "127.0.0.1");
    await waitFor(async () => proxy.listening, { what: "the proxy to listen" });
    const before = process.env.HTTP_PROXY;
    process.env.HTTP_PROXY = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    try {
      const helm = {
        url: "oci://registry.example.test/charts",
        chartName: "app",
        chartVersion: "1.0.0",
        plainHTTP: true,
      };
      await world.define("proxied", { "1.0.0": { helm } });
      await world.installApplication("proxied");
      await world.ready("proxied");
    } finally {
      if (before === undefined) delete process.env.HTTP_PROXY;
      else process.env.HTTP_PROXY = before;
      proxy.closeAllConnections();
      proxy.close();
    }
    expect(asked.some((url) => url.startsWith("http://registry.example.test/v2/charts/app/"))).toBe(true);
  });
});

describe("values", () => {
  test("refer to the cluster, and follow it", async () => {
    const values = {
      host: "{{ .Cluster.Address.ExternalName }}",
      pods: "{{ .Cluster.Network.PodCIDRBlocks }}",
      dns: "{{ .Cluster.Network.DNSClusterIP }}",
    };
    await world.define("referring", { "1.0.0": oci() });
    await world.installApplication("referring", { values });
    await world.ready("referring");
    const pods = ["172.25.0.0/16"];
    expect((await seen("referring"))[1]).toEqual({ host: "api.example.test", pods, dns: "10.240.16.10" });
    const ref = { name: clusterId };
    await world.client.mergePatchStatus(clusterType, ref, {
      status: { address: { externalName: "new.example.test" } },
    });
    await expect
      .poll(async () => (await seen("referring"))[1], { timeout: 120_000 })
      .toEqual({ host: "new.example.test", pods, dns: "10.240.16.10" });
    await world.edit("referring", { values: { host: "{{ .Cluster.Network.PodCIDRIPv6 }}", pods: null, dns: null } });
    const { status } = await world.untilCondition("referring", "Ready", "InstallationFailed");
    expect(status?.conditions?.Ready?.message).toContain(
      "{{ .Cluster.Network.PodCIDRIPv6 }}: the cluster has no such value",
    );
    expect((await seen("referring"))[0]).toBe("1.0.0");
  });

  test("of a CNI that contradict the cluster are told by an event; the Cluster knows its CNI while it is there", async () => {
    const known = async () => (await world.client.get(clusterType, { name: clusterId })).status?.cniApplications;
    await world.define("cni", { "1.0.0": oci() }, { "apps.kubermatic.k8c.io/type": "cni" });
    await world.installApplication("cni", { values: { podCidr: "10.244.0.0/16" } });
    await world.ready("cni");
    await expect
      .poll(async () => (await world.events("cni")).join(), { timeout: 60_000 })
      .toContain("CNIValuesContradictCluster: spec.values.podCidr: 10.244.0.0/16 is not within");
    expect(await known()).toEqual({ "default/cni": { application: "cni", version: "1.0.0" } });
    await world.client.delete(applicationInstallationType, { name: "cni", namespace: "default" });
    await expect.poll(known, { timeout: 60_000 }).not.toHaveProperty(["default/cni"]);
  });

  test("that are as installed spawn no helm and write nothing", async () => {
    const before = await world.installed("plain");
    const spawned = world.runner.spawned;
    for (let round = 1; round <= 3; round++) {
      await world.client.mergePatch(
        applicationInstallationType,
        { name: "plain", namespace: "default" },
        { metadata: { annotations: { round: `${round}` } } },
      );
    }
    await world.define("another", { "1.0.0": oci() });
    await world.installApplication("another");
    await world.ready("another"); // Whatever was to be done for the first is done by now, too.
    const after = await world.installed("plain");
    expect(after?.status).toEqual(before?.status);
    expect(world.runner.spawned).toBe(spawned + 1);
  });
});

describe("a hostile administrator of the user cluster", () => {
  const failed = async (name: string, spec: object) => {
    await world.define(name, { "1.0.0": oci() });
    await world.installApplication(name, spec);
    return (await world.untilCondition(name, "Ready", "InstallationFailed")).status?.conditions?.Ready?.message;
  };

  test("namespaces that are paths or options: refused, and gone when they are deleted", async () => {
    for (const [index, namespace] of ["../../kube-system", "..", "--kubeconfig=/etc/x", "a b", "A"].entries()) {
      const name = `namespace-${index}`;
      expect(await failed(name, { namespace: { name: namespace, create: true } })).toContain(
        "spec.namespace.name: Invalid",
      );
      await world.client.delete(applicationInstallationType, { name, namespace: "default" });
      await expect.poll(() => world.installed(name), { timeout: 60_000 }).toBeUndefined();
    }
  });

  test("templates in values reach the chart as text, and functions there find only this cluster", async () => {
    const values = {
      a: '{{ lookup "v1" "Secret" "kubermatic" "" }}',
      b: '{{ .Cluster.Name }}-{{ .Files.Get "/etc/passwd" }}',
    };
    await world.define("templating", { "1.0.0": oci() });
    await world.installApplication("templating", { values });
    await world.ready("templating");
    expect((await seen("templating"))[1]).toEqual({ ...values, b: `${clusterId}-{{ .Files.Get "/etc/passwd" }}` });
    expect(await failed("functions", { values: { a: "{{ .Cluster.Name | env }}" } })).toContain("no functions");
    expect(await failed("foreign", { values: { a: "{{ .Cluster.Address.AdminToken }}" } })).toContain(
      "expected one of",
    );
  });

  test("values nested without end, YAML that takes minutes: that installation fails, others go on", async () => {
    const nested = JSON.parse(`${'{"a":'.repeat(5000)}1${"}".repeat(5000)}`) as Record<string, unknown>;
    expect(await failed("brackets", { valuesBlock: "{".repeat(100_000) })).toContain("levels of brackets");
    await world.define("nested", { "1.0.0": oci() });
    await world.installApplication("nested", { values: nested }).catch(() => undefined); // The API server may refuse it.
    await world.define("neighbour", { "1.0.0": oci() });
    await world.installApplication("neighbour");
    await world.ready("neighbour");
  });

  test("a stored revision that unpacks to gigabytes: only this installation fails", async () => {
    await world.define("bomb", { "1.0.0": oci(), "2.0.0": oci("2.0.0") });
    await world.installApplication("bomb");
    await world.ready("bomb");
    const payload = gzipSync(Buffer.alloc(200 * 1024 * 1024, 0x20)).toString("base64");
    const release = Buffer.from(payload).toString("base64");
    const { items } = await world.client.list(builtin.Secret, { namespace: "bomb", labelSelector: "owner=helm" });
    for (const { metadata } of items) {
      const ref = { name: metadata.name ?? "", namespace: "bomb" };
      await world.client.mergePatch(builtin.Secret, ref, { data: { release } });
    }
    await world.edit("bomb", { applicationRef: { version: "2.0.0" } });
    const { status } = await world.untilCondition("bomb", "Ready", "InstallationFailed");
    expect(status?.conditions?.Ready?.message).not.toBe("");
  });

  test("objects of others that carry a release's marks are not taken for its own, nor removed with it", async () => {
    const ref = { name: "hostage", namespace: "kube-system" };
    const annotations = { "meta.helm.sh/release-name": "default-owned", "meta.helm.sh/release-namespace": "owned" };
    await world.client.create(builtin.ConfigMap, { metadata: { ...ref, annotations }, data: { kept: "yes" } });
    await world.define("owned", { "1.0.0": oci() });
    await world.installApplication("owned");
    await world.ready("owned");
    await world.client.delete(applicationInstallationType, { name: "owned", namespace: "default" });
    await expect.poll(() => world.installed("owned"), { timeout: 120_000 }).toBeUndefined();
    expect((await world.client.get(builtin.ConfigMap, ref)).data).toEqual({ kept: "yes" });
  });
});

describe("a source that fails", () => {
  test("one that leads to this machine, unless that address is allowed", async () => {
    await using closed = await startWebServer((_request, response) => response.end("secret"));
    const helm = { url: closed.url, chartName: "app", chartVersion: "1.0.0" };
    await world.define("inward", { "1.0.0": { helm } });
    await world.installApplication("inward");
    const { status } = await world.untilCondition("inward", "ManifestsRetrieved", "DownloadSourceFailed");
    expect(status?.conditions?.ManifestsRetrieved?.message).toMatch(
      /127\.0\.0\.1:\d+ \(loopback\).*spec\.chartSources\.allowedAddresses of the KubermaticConfiguration/,
    );
    expect(closed.requests).toEqual([]);
  });

  test("a registry that is down, or lacks the version: what runs stays, and it goes on by itself", async () => {
    let own = await world.registry("own");
    const port = Number(own.host.split(":")[1]);
    for (const path of packages.values()) await world.push(path, own);
    await world.define("steady", {
      "1.0.0": oci("1.0.0", {}, own),
      "2.0.0": oci("2.0.0", {}, own),
      "9.9.9": oci("9.9.9", {}, own),
    });
    await world.installApplication("steady");
    await world.ready("steady");
    await own.stop();
    await world.edit("steady", { applicationRef: { version: "2.0.0" } });
    const down = await world.untilCondition("steady", "ManifestsRetrieved", "DownloadSourceFailed");
    expect(down.status?.conditions?.ManifestsRetrieved?.message).toContain("connection refused");
    expect(down.status?.applicationVersion?.version).toBe("1.0.0");
    expect((await seen("steady"))[0]).toBe("1.0.0");
    own = await world.registry("own", { port });
    await world.ready("steady");
    expect((await seen("steady"))[0]).toBe("2.0.0");
    await world.edit("steady", { applicationRef: { version: "9.9.9" } });
    const missing = await world.untilCondition("steady", "ManifestsRetrieved", "DownloadSourceFailed");
    expect(missing.status?.conditions?.ManifestsRetrieved?.message).toContain("not found");
    expect((await seen("steady"))[0]).toBe("2.0.0");
    expect((await world.events("steady")).join()).toContain("ApplicationInstallationReconcileFailed");
  });

  test("another digest than the definition's, or a content that is not its digest's", async () => {
    const chartDigest = `sha256:${"0".repeat(64)}`;
    await world.define("pinned", { "1.0.0": oci("1.0.0", { chartDigest }) });
    await world.installApplication("pinned");
    const pinned = await world.untilCondition("pinned", "ManifestsRetrieved", "DownloadSourceFailed");
    expect(pinned.status?.conditions?.ManifestsRetrieved?.message).toMatch(/digest/);
    const tampered = await world.registry("tampered");
    await world.push(await world.chart("app", "3.0.0", template), tampered);
    await replaceLargestBlob(world.path("tampered"));
    await world.define("tampered", { "1.0.0": oci("3.0.0", {}, tampered) });
    await world.installApplication("tampered");
    const refused = await world.untilCondition("tampered", "ManifestsRetrieved", "DownloadSourceFailed");
    expect(refused.status?.conditions?.ManifestsRetrieved?.message).toMatch(/digest|mismatch/);
    expect(await world.data("tampered")).toBeUndefined();
  });

  test("a chart that the cluster refuses counts its failures", async () => {
    await world.push(
      await world.chart("broken", "1.0.0", "apiVersion: v1\nkind: Pod\nmetadata: { name: a }\n"),
      registry,
    );
    await world.define("broken", { "1.0.0": oci("1.0.0", { chartName: "broken" }) });
    await world.installApplication("broken");
    await world.untilCondition("broken", "Ready", "InstallationFailed");
    await expect
      .poll(async () => (await world.installed("broken"))?.status?.failures ?? 0, { timeout: 120_000 })
      .toBeGreaterThan(1);
  });
});

/** Changes bytes in the middle of the package, which the registry does not notice. */
async function replaceLargestBlob(directory: string): Promise<void> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const blobs = entries.filter(({ name, parentPath }) => name === "data" && parentPath.includes("/blobs/sha256/"));
  const contents = await Promise.all(
    blobs.map(async ({ parentPath, name }) => ({
      path: join(parentPath, name),
      content: await readFile(join(parentPath, name)),
    })),
  );
  const found = contents.find(({ content }) => content[0] === 0x1f && content[1] === 0x8b);
  if (!found) throw new Error("there is no package in the registry");
  found.content[found.content.length - 20] = (found.content.at(-20) ?? 0) ^ 0xff;
  await writeFile(found.path, found.content);
}

describe("what goes away", () => {
  test("a removed version, then a removed definition: nothing is uninstalled, edits still work", async () => {
    await world.define("kept", { "1.0.0": oci(), "2.0.0": oci("2.0.0") });
    await world.installApplication("kept");
    await world.ready("kept");
    const ref = { name: "kept" };
    const versions = [{ version: "2.0.0", template: { source: oci("2.0.0") } }];
    await world.client.mergePatch(applicationDefinitionType, ref, { spec: { versions } });
    await expect
      .poll(async () => (await world.events("kept")).join(), { timeout: 60_000 })
      .toContain("ApplicationVersionRemoved");
    await world.client.delete(applicationDefinitionType, ref);
    await expect
      .poll(async () => (await world.events("kept")).join(), { timeout: 60_000 })
      .toContain("ApplicationDefinitionRemoved");
    await world.edit("kept", { values: { edited: true } });
    await world.ready("kept");
    expect(await seen("kept")).toEqual(["1.0.0", { edited: true }]);
    await world.edit("kept", { applicationRef: { version: "2.0.0" } });
    await world.untilCondition("kept", "Ready", "ApplicationDefinitionNotFound");
    expect((await seen("kept"))[0]).toBe("1.0.0");
  });

  test("a status that the user wrote fetches nothing and gives no login away", async () => {
    const asked: (string | undefined)[] = [];
    await using thief = await startWebServer((request, response) => {
      asked.push(request.headers.authorization);
      response.writeHead(404).end();
    });
    await world.allow(thief.url); // Even there nothing may be asked for.
    await world.secret("platform", { user: "platform", pass: "hunter22" }, "helm");
    const credentials = { username: secretKey("platform", "user"), password: secretKey("platform", "pass") };
    const helm = { url: thief.url, chartName: "app", chartVersion: "1.0.0", credentials };
    const version = { version: "1.0.0", template: { source: { helm } } };
    // The seal of another application's version is none of this one's.
    const seal = (await world.installed("plain"))?.status?.applicationVersionSeal;
    expect(seal).toMatch(/^[0-9a-f]{64}$/);
    await world.installApplication("forged");
    await world.untilCondition("forged", "Ready", "ApplicationDefinitionNotFound");
    const ref = { name: "forged", namespace: "default" };
    const status = { method: "helm", applicationVersion: version, applicationVersionSeal: seal };
    await world.client.mergePatchStatus(applicationInstallationType, ref, { status });
    await world.edit("forged", { values: { again: true } });
    await world.untilCondition("forged", "Ready", "ApplicationDefinitionNotFound");
    expect(asked).toEqual([]);
  });

  test("a deleted installation takes its release with it; while it cannot, it stays and says why", async () => {
    await world.define("deleted", { "1.0.0": oci() });
    await world.installApplication("deleted");
    await world.ready("deleted");
    await denyDeletion("deleted");
    const ref = { name: "deleted", namespace: "default" };
    await world.client.delete(applicationInstallationType, ref);
    await expect
      .poll(async () => (await world.installed("deleted"))?.status?.conditions?.Ready, { timeout: 120_000 })
      .toMatchObject({ status: "False", reason: "UninstallFailed" });
    expect(await world.data("deleted")).toBeDefined();
    await allowDeletion("deleted");
    await expect.poll(() => world.installed("deleted"), { timeout: 120_000 }).toBeUndefined();
    expect(await world.data("deleted")).toBeUndefined();
    const secrets = await world.client.list(builtin.Secret, { namespace: "deleted", labelSelector: "owner=helm" });
    expect(secrets.items).toEqual([]);
    expect(await world.client.find(builtin.Namespace, { name: "deleted" })).toBeDefined();
  });
});

const admission = { group: "admissionregistration.k8s.io", version: "v1", namespaced: false } as const;
const policyType = defineResource<KubeObject>({
  ...admission,
  kind: "ValidatingAdmissionPolicy",
  plural: "validatingadmissionpolicies",
});
const bindingType = defineResource<KubeObject>({
  ...admission,
  kind: "ValidatingAdmissionPolicyBinding",
  plural: "validatingadmissionpolicybindings",
});

/** An administrator of the cluster forbids that the ConfigMap goes. */
async function denyDeletion(name: string): Promise<void> {
  const rule = { apiGroups: [""], apiVersions: ["v1"], operations: ["DELETE"], resources: ["configmaps"] };
  const spec = {
    failurePolicy: "Fail",
    matchConstraints: { resourceRules: [rule] },
    validations: [{ expression: `oldObject.metadata.name != "${name}"`, message: "kept by a policy" }],
  };
  await world.client.create(policyType, { metadata: { name }, spec } as KubeObject);
  await world.client.create(bindingType, {
    metadata: { name },
    spec: { policyName: name, validationActions: ["Deny"] },
  } as KubeObject);
  await waitFor(
    async () => {
      try {
        await world.client.delete(builtin.ConfigMap, { name, namespace: name }, { dryRun: true });
        return false;
      } catch {
        return true;
      }
    },
    { what: "the policy to be in force", timeoutMs: 60_000, intervalMs: 200 },
  );
}

async function allowDeletion(name: string): Promise<void> {
  await world.client.delete(bindingType, { name });
  await world.client.delete(policyType, { name });
}

describe("system applications", () => {
  const configuration = { name: "fairlead", namespace: installationNamespace };
  const seedCondition = async () => {
    const seed = await world.client.get(seedType, { name: "seed", namespace: installationNamespace });
    return seed.status?.conditions?.SystemApplicationChartsAvailable;
  };
  const untilSeedSays = (expected: object) => expect.poll(seedCondition, { timeout: 120_000 }).toMatchObject(expected);
  const configure = (spec: object) => world.client.mergePatch(kubermaticConfigurationType, configuration, { spec });

  test("Cilium's definition follows the configuration, and the Seed says whether its charts can be fetched", async () => {
    await untilSeedSays({ status: "False", reason: "RegistryUnreachable" }); // Nobody listens where it looks at first.
    const served = ["1.13.8", "1.17.16", "1.18.10"];
    for (const version of served) await world.push(await world.chart("cilium", version, template), registry);
    await configure({ systemApplications: { helmRepository: `${registry.host}/charts`, plainHTTP: true } });
    await untilSeedSays({ status: "False", reason: "ChartNotFound", message: expect.stringContaining("1.19.4: ") });
    const latest = await world.chart("cilium", "1.19.4", template);
    await world.push(latest, registry);
    await untilSeedSays({ status: "True", reason: "ChartsAvailable" });
    const definition = await world.client.get(applicationDefinitionType, { name: "cilium" });
    expect(definition.metadata.labels).toMatchObject({ "apps.kubermatic.k8c.io/managed-by": "kkp" });
    expect(definition.spec.versions.map(({ version }) => version)).toEqual(
      expect.arrayContaining([...served, "1.13.0", "1.19.4"]),
    );
    expect(definition.spec.versions[0]?.template.source.helm).toMatchObject({
      url: `oci://${registry.host}/charts`,
      plainHTTP: true,
    });
  });

  test("a digest that is not the chart's, a login that is missing: each has its reason", async () => {
    const chartDigests = { "1.19.4": `sha256:${"0".repeat(64)}` };
    await configure({ userCluster: { systemApplications: { chartDigests } } });
    await untilSeedSays({ status: "False", reason: "ChartDigestMismatch" });
    await configure({
      userCluster: {
        systemApplications: { chartDigests: null, helmRegistryConfigFile: secretKey("cilium-login", "config") },
      },
    });
    await untilSeedSays({ status: "False", reason: "CredentialsMissing" });
    await configure({ userCluster: null });
    await untilSeedSays({ status: "True" });
  });

  test("a private registry: its authority is not known, then the login is wrong", async () => {
    await world.secret(
      "wrong-login",
      { config: registryConfigFor(guarded.host, { ...login, password: "wrong" }) },
      "helm",
    );
    const helmRegistryConfigFile = secretKey("wrong-login", "config");
    const systemApplications = { helmRepository: `${guarded.host}/charts`, plainHTTP: false, helmRegistryConfigFile };
    await configure({ userCluster: { systemApplications } });
    await untilSeedSays({ reason: "RegistryUnreachable", message: expect.stringContaining("certificate") });
    const bundle = { metadata: { name: "guarded-ca", namespace: installationNamespace } };
    await world.client.create(builtin.ConfigMap, { ...bundle, data: { "ca-bundle.pem": authority.cert } });
    await configure({ caBundle: { kind: "ConfigMap", name: "guarded-ca" } });
    await untilSeedSays({ status: "False", reason: "RegistryLoginFailed" });
    await configure({ caBundle: null, userCluster: null });
    await untilSeedSays({ status: "True" });
  });

  test("a version that is a cluster's CNI stays in the definition", async () => {
    await world.client.mergePatch(
      clusterType,
      { name: clusterId },
      { spec: { cniPlugin: { type: "cilium", version: "1.18.10" } } },
    );
    await configure({ userCluster: { cni: { overlay: { cilium: { removedVersions: ["1.18.10", "1.15.16"] } } } } });
    await expect
      .poll(
        async () => {
          const { spec } = await world.client.get(applicationDefinitionType, { name: "cilium" });
          return spec.versions.map(({ version }) => version).filter((version) => /^1\.1[58]\./.test(version));
        },
        { timeout: 60_000 },
      )
      .toEqual(["1.18.10"]);
  });
});
