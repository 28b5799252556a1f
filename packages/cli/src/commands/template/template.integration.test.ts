import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { waitFor } from "@fairlead/kube";
import {
  type ApiCluster,
  type ApiClusterTemplate,
  clusterTemplateInstanceType,
  clusterType,
  type InstantiatedCluster,
  projectType,
} from "@fairlead/resources";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { type Ended, FairleadProcess, fairlead as runFairlead } from "../../testing/fairlead-process.ts";
import { type ServedApi, serveApi } from "../../testing/served-api.ts";

let api: ServedApi;

beforeAll(async () => {
  api = await serveApi();
  const name = "abcdefghij";
  await api.management.create(projectType, { metadata: { name }, spec: { name: "team" } });
  await api.management.mergePatchStatus(projectType, { name }, { status: { phase: "Active" } });
});
afterAll(() => api?.stop());

function fairlead(...args: string[]): Promise<Ended> {
  return runFairlead(args, { cwd: api.cwd });
}

async function json<T>(...args: string[]): Promise<T> {
  const { code, stdout, stderr } = await fairlead(...args, "-o", "json");
  expect([code, stderr]).toEqual([0, expect.any(String)]);
  return JSON.parse(stdout) as T;
}

test("before there is one, the list says how to make one", async () => {
  expect(await fairlead("template", "list")).toMatchObject({
    code: 0,
    stdout: "",
    stderr: expect.stringContaining("--from-cluster"),
  });
});

describe("a template", () => {
  test("is made of a cluster, listed, and shown", async () => {
    await json<ApiCluster>(
      ..."cluster create model --cni cilium --cni-version 1.18.10 --konnectivity --pods-cidr 10.9.0.0/16".split(" "),
    );
    const template = await json<ApiClusterTemplate>(
      "template",
      "create",
      "web",
      "--from-cluster",
      "model",
      "--nodes",
      "4",
    );
    expect(template).toMatchObject({
      name: "web",
      scope: "project",
      cluster: {
        spec: {
          cniPlugin: { type: "cilium", version: "1.18.10" },
          clusterNetwork: { proxyMode: "ebpf", pods: { cidrBlocks: ["10.9.0.0/16"] } },
        },
      },
      nodeDeployment: { spec: { replicas: 4 } },
    });
    expect((await fairlead("template", "list")).stdout).toMatch(
      /^web +\w{10} +project +1\.36\.3 +cilium 1\.18\.10 +local +4 +admin@fairlead\.local /m,
    );
    expect((await fairlead("template", "get", "web")).stdout).toContain("proxyMode: ebpf");
    expect(parse((await fairlead("template", "get", "web", "-o", "yaml")).stdout)).toEqual(template);
  });

  test("goes into a file and out of it", async () => {
    const file = join(api.cwd, "web.yaml");
    await writeFile(file, (await fairlead("template", "get", "web", "-o", "yaml")).stdout);
    const copy = await json<ApiClusterTemplate>("template", "create", "copy", "--file", file, "--scope", "global");
    const original = await json<ApiClusterTemplate>("template", "get", "web");
    expect(copy).toMatchObject({ name: "copy", scope: "global", cluster: original.cluster });
    expect((await fairlead("template", "delete", "copy", "--yes")).code).toBe(0);
    expect((await fairlead("template", "get", "copy")).code).toBe(3);
  });

  test.each<[string, string[], number, string]>([
    ["neither model nor file", ["web2"], 2, "either --from-cluster"],
    ["an unknown cluster", ["web2", "--from-cluster", "nobody"], 3, 'cluster "nobody" not found'],
    ["a file that is not there", ["web2", "--file", "nothing.yaml"], 2, "cannot read a template from nothing.yaml"],
  ])("of %s is none", async (_, args, code, message) => {
    expect(await fairlead("template", "create", ...args)).toMatchObject({
      code,
      stderr: expect.stringContaining(message),
    });
  });

  test("that the server refuses shows every field", async () => {
    const file = join(api.cwd, "bad.json");
    const spec = { version: "1.2.3", cloud: { dc: "local", bringyourown: {} }, clusterNetwork: { proxyMode: "nft" } };
    await writeFile(file, JSON.stringify({ name: "bad", cluster: { spec } }));
    const { code, stderr } = await fairlead("template", "create", "--file", file);
    expect(code).toBe(4);
    expect(stderr).toMatch(/^ {2}spec\.version: /m);
    expect(stderr).toMatch(/^ {2}spec\.clusterNetwork\.proxyMode: /m);
  });

  test("is asked about before it is deleted", async () => {
    expect(await fairlead("template", "delete", "web")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--yes"),
    });
  });
});

describe("clusters of a template", () => {
  const nodes = "kubermatic.io/initial-machinedeployment-request";

  test("take what the command does not say", async () => {
    const { id } = await json<ApiCluster>(
      "cluster",
      "create",
      "shop",
      "--template",
      "web",
      "--no-konnectivity",
      "--proxy-mode",
      "iptables",
    );
    const { metadata, spec } = await api.management.get(clusterType, { name: id });
    expect(spec).toMatchObject({
      cniPlugin: { type: "cilium", version: "1.18.10" },
      clusterNetwork: { konnectivityEnabled: false, proxyMode: "iptables", pods: { cidrBlocks: ["10.9.0.0/16"] } },
    });
    expect(metadata.annotations?.[nodes]).toBe('{"spec":{"replicas":4}}');
    const small = await json<ApiCluster>("cluster", "create", "small", "--template", "web", "--nodes", "0");
    const stored = await api.management.get(clusterType, { name: small.id });
    expect(stored.metadata.annotations?.[nodes]).toBe('{"spec":{"replicas":0}}');
    const explained = await fairlead("explain", "cluster", "shop");
    expect(explained.stdout).toMatch(/pods\.cidrBlocks .*template/);
  });

  test("of one that is not there are not made", async () => {
    const { code, stderr } = await fairlead("cluster", "create", "x", "--template", "nothing");
    expect({ code, stderr }).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('template "nothing" not found'),
    });
  });

  test("are waited for until each is created or refused", async () => {
    const applying = new FairleadProcess(["template", "apply", "web", "--count", "2", "--wait"], { cwd: api.cwd });
    const instance = await waitFor(async () => (await api.management.list(clusterTemplateInstanceType)).items.at(0), {
      what: "the request",
    });
    expect(instance.spec).toMatchObject({ projectID: "abcdefghij", clusterTemplateName: "web", replicas: 2 });
    const name = instance.metadata.name ?? "";
    const report = (clusters: InstantiatedCluster[], refused: number) =>
      api.management.mergePatchStatus(
        clusterTemplateInstanceType,
        { name },
        { status: { clusters, refused, created: 1 } },
      );
    const first: InstantiatedCluster = { name: "web-1", state: "Created", id: "qwertyuiop" };
    await report([first], 0);
    await applying.saysOnStderr("web-1: created");
    await report([first, { name: "web-2", state: "Refused", message: "over the limit" }], 1);
    expect(await applying.ended).toMatchObject({
      code: 4,
      stdout: "Cluster web-1 (qwertyuiop) is created.\n",
      stderr: expect.stringMatching(/1 of 2 clusters are refused.*\n {2}web-2: over the limit\n$/),
    });
  });

  test("are not waited for unless it is asked for", async () => {
    expect(await fairlead("template", "apply", "web", "--count", "3")).toMatchObject({
      code: 0,
      stdout: "3 clusters of template web are being created.\n",
    });
  });
});
