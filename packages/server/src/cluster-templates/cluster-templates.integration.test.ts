import { waitFor } from "@fairlead/kube";
import {
  type ApiCluster,
  type ApiClusterExplanation,
  type ApiClusterTemplate,
  type ApiNetworkDefaults,
  clusterOwnerAnnotation,
  clusterTemplateInstanceType,
  clusterTemplateType,
  clusterType,
  installationNamespace,
  seedType,
} from "@fairlead/resources";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { expectGuarded } from "../testing/expect-guarded.ts";
import { errorOf, minimal } from "../testing/requests.ts";
import { TestApi, userToken } from "../testing/test-api.ts";

const values = "kubermatic.io/initial-cni-values-request";
const nodes = "kubermatic.io/initial-machinedeployment-request";
const from = "fairlead.dev/cluster-template";

let api: TestApi;
let project: string;
let url: string;

beforeAll(async () => {
  api = await TestApi.start();
  project = await api.project("templates");
  url = `/api/v2/projects/${project}/clustertemplates`;
});
afterAll(() => api?.stop());

const network = {
  cniPlugin: { type: "cilium", version: "1.18.10" },
  clusterNetwork: {
    pods: { cidrBlocks: ["10.4.0.0/16"] },
    nodeCidrMaskSizeIPv4: 25,
    konnectivityEnabled: true,
    nodeLocalDNSCacheEnabled: false,
    dnsDomain: "team.example",
  },
};

function body(name: string, more: object = {}, spec: object = network) {
  return { name, scope: "project", ...minimal(name, spec), ...more };
}

async function create(name: string, more: object = {}, spec: object = network): Promise<ApiClusterTemplate> {
  const response = await api.post(url, body(name, more, spec));
  expect([response.statusCode, response.body]).toEqual([201, expect.any(String)]);
  return response.json<ApiClusterTemplate>();
}

function createCluster(name: string, annotations: Record<string, string>, spec: object = {}) {
  return api.post(`/api/v2/projects/${project}/clusters`, { cluster: { name, annotations, spec } });
}

describe("a template", () => {
  test("is kept as it was sent, with nothing filled in, and shown", async () => {
    const template = await create("whole", {
      annotations: { [values]: '{"hubble":{"enabled":false}}' },
      nodeDeployment: { spec: { replicas: 3, template: { cloud: {}, operatingSystem: { ubuntu: {} } } } },
      userSshKeys: [{ id: "key-1", name: "mine" }],
    });
    expect(template).toMatchObject({
      id: expect.stringMatching(/^[a-z][a-z0-9]{9}$/),
      name: "whole",
      scope: "project",
      projectID: project,
      user: "admin@fairlead.local",
      annotations: { [values]: '{"hubble":{"enabled":false}}' },
      userSshKeys: [{ id: "key-1", name: "mine" }],
      cluster: { spec: { version: "1.36.3", cloud: { dc: "local", bringyourown: {} }, ...network } },
      nodeDeployment: { spec: { replicas: 3 } },
    });
    expect(template.cluster.spec.clusterNetwork).toEqual(network.clusterNetwork);
    expect((await api.get(`${url}/${template.id}`)).json()).toEqual(template);
    const stored = await api.management.get(clusterTemplateType, { name: template.id });
    expect(stored.metadata.labels).toEqual({ scope: "project", "project-id": project });
    expect(stored.spec).toMatchObject({ humanReadableName: "whole", ...network });
  });

  test("that makes no good cluster is refused with every error", async () => {
    const spec = {
      ...network,
      clusterNetwork: { pods: { cidrBlocks: ["10.0.0.0/33"] }, proxyMode: "nft" },
      version: "1.2.3",
    };
    const response = await api.post(url, body("bad", {}, spec));
    expect(response.statusCode).toBe(400);
    const fields = errorOf(response).fieldErrors?.map(({ field }) => field);
    expect(fields).toEqual(
      expect.arrayContaining([
        "spec.version",
        "spec.clusterNetwork.pods.cidrBlocks[0]",
        "spec.clusterNetwork.proxyMode",
      ]),
    );
    expect((await api.get(url)).json<ApiClusterTemplate[]>().map(({ name }) => name)).not.toContain("bad");
  });

  test.each<[string, object]>([
    ["scope", { scope: "weird" }],
    ["spec.humanReadableName", { name: " " }],
    ["userSSHKeys[0].id", { userSshKeys: [{ id: "", name: "x" }] }],
    [`annotations["${values}"]`, { annotations: { [values]: "[]" } }],
    ["credential", { cluster: { ...minimal("x").cluster, credential: "preset" } }],
  ])("is refused for its %s", async (field, more) => {
    const response = await api.post(url, body("refused", more));
    expect(errorOf(response)).toMatchObject({ code: 400, fieldErrors: [{ field }] });
  });

  test("loses its SSH keys in another scope", async () => {
    expect(
      (await create("keyless", { scope: "user", userSshKeys: [{ id: "k", name: "k" }] })).userSshKeys,
    ).toBeUndefined();
  });

  test("is replaced whole by PUT, which keeps what is not shown", async () => {
    const { id, creationTimestamp } = await create(
      "old",
      { annotations: { [values]: "{}" } },
      { ...network, cloud: { dc: "aws-eu", aws: {} } },
    );
    const secret = {
      spec: { cloud: { aws: { secretAccessKey: "s3cret" } }, features: { apiserverNetworkPolicy: true } },
    };
    await api.management.mergePatch(clusterTemplateType, { name: id }, secret);
    const shown = (await api.get(`${url}/${id}`)).json<ApiClusterTemplate>();
    expect(JSON.stringify(shown)).not.toContain("s3cret");
    const { annotations: _, ...changed } = {
      ...shown,
      name: "new",
      cluster: { ...shown.cluster, labels: { team: "a" } },
    };
    const response = await api.call({ method: "PUT", url: `${url}/${id}`, payload: changed });
    expect([response.statusCode, response.body]).toEqual([201, expect.any(String)]);
    expect(response.json()).toMatchObject({ id, name: "new", creationTimestamp, cluster: { labels: { team: "a" } } });
    expect(response.json<ApiClusterTemplate>().annotations).toBeUndefined();
    const stored = await api.management.get(clusterTemplateType, { name: id });
    expect(stored.spec.cloud.aws).toMatchObject({ secretAccessKey: "s3cret" });
    expect(stored.spec.features).toEqual({ apiserverNetworkPolicy: true });
  });

  test("that somebody else has changed since it was read is not replaced", async () => {
    const { id } = await create("shared");
    const edits = [body("shared", {}, { ...network, version: "1.35.4" }), body("renamed")] as const;
    await expectGuarded(api, { method: "PUT", url: `${url}/${id}`, edits });
    expect((await api.management.get(clusterTemplateType, { name: id })).spec.humanReadableName).toBe("renamed");
  });

  test("that is deleted is gone", async () => {
    const { id } = await create("short");
    expect((await api.delete(`${url}/${id}`)).json()).toEqual({});
    expect((await api.get(`${url}/${id}`)).statusCode).toBe(404);
    expect((await api.delete(`${url}/${id}`)).statusCode).toBe(404);
  });

  test("of a dry run is not kept", async () => {
    expect((await api.post(`${url}?dryRun=All`, body("dry"))).statusCode).toBe(201);
    expect((await api.get(url)).json<ApiClusterTemplate[]>().map(({ name }) => name)).not.toContain("dry");
  });
});

describe("scopes", () => {
  test("a project sees its own, one's own and global ones, by name; not other projects', users' and seeds'", async () => {
    const other = await api.project("other");
    const otherUrl = `/api/v2/projects/${other}/clustertemplates`;
    const ids = [
      (await create("z-global", { scope: "global" })).id,
      (await create("y-user", { scope: "user" })).id,
      (await create("x-project")).id,
    ];
    const foreign = {
      metadata: { name: "foreign", labels: { scope: "user" }, annotations: { user: "eve@example.com" } },
    };
    const spec = { humanReadableName: "f", version: "1.36.3", cloud: { dc: "local" } };
    await api.management.create(clusterTemplateType, { ...foreign, spec });
    await api.management.create(clusterTemplateType, {
      metadata: { name: "of-seeds", labels: { scope: "seed" } },
      spec,
    });
    const here = (await api.get(url)).json<ApiClusterTemplate[]>();
    expect(here.map(({ name }) => name)).toEqual(here.map(({ name }) => name).toSorted());
    expect(here.map(({ id }) => id)).toEqual(expect.arrayContaining(ids));
    expect(here.map(({ id }) => id)).not.toContain("of-seeds");
    const there = (await api.get(otherUrl)).json<ApiClusterTemplate[]>().map(({ id }) => id);
    expect(there).toEqual(expect.arrayContaining(ids.slice(0, 2)));
    expect(there).not.toContain(ids[2]);
    expect((await api.get(`${otherUrl}/${ids[2]}`)).statusCode).toBe(404);
    expect((await api.get(`${url}/foreign`)).statusCode).toBe(404);
    expect((await api.get(`${url}/of-seeds`)).statusCode).toBe(404);
  });

  test("strangers to the project get 403", async () => {
    const headers = { authorization: `Bearer ${userToken}` };
    for (const [method, path] of [
      ["GET", ""],
      ["POST", ""],
      ["GET", "/x"],
      ["POST", "/x/instances"],
    ] as const) {
      const payload = method === "POST" ? (path === "" ? body("s") : { replicas: 1 }) : undefined;
      const response = await api.call({ method, url: url + path, payload, headers });
      expect([method, path, response.statusCode]).toEqual([method, path, 403]);
    }
  });
});

describe("export and import", () => {
  test.each(["json", "yaml"] as const)("%s goes round", async (format) => {
    const template = await create(`export-${format}`, {
      annotations: { [values]: '{"a":"b"}' },
      nodeDeployment: { spec: { replicas: 2 } },
    });
    const exported = await api.get(`${url}/${template.id}/export?format=${format}`);
    expect(exported.headers).toMatchObject({
      "content-type": "application/octet-stream",
      "content-disposition": `attachment; filename=template-${template.id}.${format}`,
    });
    const document = parse(exported.body) as Record<string, unknown>;
    expect(document).toEqual({
      name: template.name,
      scope: "project",
      annotations: { [values]: '{"a":"b"}' },
      cluster: template.cluster,
      nodeDeployment: { spec: { replicas: 2 } },
    });
    const imported = await api.call({
      method: "POST",
      url: `${url}/import`,
      headers: { "content-type": `application/${format}` },
      payload: exported.body,
    });
    expect(imported.statusCode).toBe(201);
    const { id: _a, creationTimestamp: _b, ...before } = template;
    const { id, creationTimestamp: _c, ...after } = imported.json<ApiClusterTemplate>();
    expect(after).toEqual(before);
    expect(id).not.toBe(template.id);
  });

  test("of another format, or broken, are refused", async () => {
    const { id } = await create("export-xml");
    expect(errorOf(await api.get(`${url}/${id}/export?format=xml`)).message).toContain("json");
    const yaml = { "content-type": "application/yaml" };
    const broken = await api.call({ method: "POST", url: `${url}/import`, headers: yaml, payload: "a: [" });
    expect(errorOf(broken)).toMatchObject({ code: 400, message: expect.stringContaining("malformed YAML") });
    const elsewhere = await api.call({ method: "POST", url, headers: yaml, payload: "a: 1" });
    expect(elsewhere.statusCode).toBe(415);
  });
});

describe("instances", () => {
  test("are asked for, and tell how far they are", async () => {
    const { id } = await create("many");
    const response = await api.post(`${url}/${id}/instances`, { replicas: 4 });
    expect(response.statusCode).toBe(201);
    const { name } = response.json<{ name: string }>();
    const spec = { projectID: project, clusterTemplateID: id, clusterTemplateName: "many", replicas: 4 };
    expect(name).toMatch(new RegExp(`^${project}-${id}-`));
    expect(response.json()).toEqual({ name, spec, status: { complete: false, created: 0, refused: 0, clusters: [] } });
    const clusters = [{ name: "many-1", state: "Refused", message: "no" }];
    const status = {
      created: 0,
      refused: 1,
      clusters,
      conditions: { Complete: { status: "False", message: "1 is refused" } },
    };
    await api.management.mergePatchStatus(clusterTemplateInstanceType, { name }, { status });
    const told = { name, spec, status: { complete: false, message: "1 is refused", created: 0, refused: 1, clusters } };
    expect((await api.get(`${url}/${id}/instances/${name}`)).json()).toEqual(told);
    expect((await api.get(`${url}/${id}/instances`)).json()).toEqual([told]);
  });

  test.each([0, 501, "3", undefined])("cannot be %j", async (replicas) => {
    const { id } = await create("few");
    const response = await api.post(`${url}/${id}/instances`, { replicas });
    expect(errorOf(response)).toMatchObject({ code: 400, fieldErrors: [{ field: "replicas" }] });
  });

  test("of an unknown template are 404", async () => {
    expect((await api.post(`${url}/nothing/instances`, { replicas: 1 })).statusCode).toBe(404);
  });
});

describe("a cluster from a template", () => {
  test("says a name and gets the rest, which is explained as coming from the template", async () => {
    const template = await create("source", {
      annotations: { [values]: '{"a":1}' },
      nodeDeployment: { spec: { replicas: 5 } },
    });
    const created = await createCluster(
      "from-source",
      { [from]: template.id },
      { clusterNetwork: { dnsDomain: "my.example" } },
    );
    expect([created.statusCode, created.body]).toEqual([201, expect.any(String)]);
    const cluster = created.json<ApiCluster>();
    expect(cluster).toMatchObject({
      annotations: { [from]: template.id, [values]: '{"a":1}' },
      spec: { version: "1.36.3", cniPlugin: network.cniPlugin },
    });
    expect(cluster.spec.clusterNetwork).toMatchObject({
      ...network.clusterNetwork,
      dnsDomain: "my.example",
      proxyMode: "ebpf",
    });
    const stored = await api.management.get(clusterType, { name: cluster.id });
    expect(stored.metadata.annotations?.[nodes]).toBe('{"spec":{"replicas":5}}');
    const { fields } = (
      await api.get(`/api/v2/projects/${project}/clusters/${cluster.id}/explain`)
    ).json<ApiClusterExplanation>();
    const sources = Object.fromEntries(fields.map(({ field, source }) => [field, source]));
    expect(sources).toMatchObject({
      "spec.cniPlugin.version": "template",
      "spec.clusterNetwork.pods.cidrBlocks": "template",
      "spec.clusterNetwork.nodeLocalDNSCacheEnabled": "template",
      "spec.clusterNetwork.dnsDomain": "request",
      "spec.clusterNetwork.proxyMode": "rule",
      "spec.clusterNetwork.services.cidrBlocks": "rule",
    });
  });

  test("wins over it with false, 0 nodes and another CNI", async () => {
    const template = await create("strong", {
      annotations: { [values]: '{"a":1}' },
      nodeDeployment: { spec: { replicas: 5 } },
    });
    const response = await api.post(`/api/v2/projects/${project}/clusters`, {
      cluster: {
        name: "explicit",
        annotations: { [from]: template.id },
        spec: { cniPlugin: { type: "canal" }, clusterNetwork: { konnectivityEnabled: false } },
      },
      nodeDeployment: { spec: { replicas: 0 } },
    });
    expect([response.statusCode, response.body]).toEqual([201, expect.any(String)]);
    const { metadata, spec } = await api.management.get(clusterType, { name: response.json<ApiCluster>().id });
    expect(spec).toMatchObject({
      cniPlugin: { type: "canal" },
      clusterNetwork: { konnectivityEnabled: false, proxyMode: "ipvs" },
    });
    const { [clusterOwnerAnnotation]: _owner, ...annotations } = metadata.annotations ?? {};
    expect(annotations).toEqual({ [from]: template.id, [nodes]: '{"spec":{"replicas":0}}' });
  });

  test.each(["nothing", "foreign", "of-seeds"])("cannot be made from %s", async (name) => {
    const response = await createCluster(`from-${name}`, { [from]: name }, minimal("x").cluster.spec);
    expect(errorOf(response)).toMatchObject({ code: 400, fieldErrors: [{ field: `annotations["${from}"]` }] });
  });
});

describe("the template of a seed", () => {
  const ref = { name: "embedded", namespace: installationNamespace };

  async function setDefault(template: string | null): Promise<void> {
    await api.management.mergePatch(seedType, ref, { spec: { defaultClusterTemplate: template } });
  }

  test("holds for every new cluster that does not say otherwise, and for what clients prefill", async () => {
    const spec = { humanReadableName: "house", version: "1.36.3", cloud: { dc: "local" }, ...network };
    await api.management.create(clusterTemplateType, {
      metadata: { name: "house", labels: { scope: "seed" }, annotations: { [values]: '{"house":1}' } },
      spec: spec as never,
    });
    await setDefault("house");
    const defaults = "/api/v2/providers/bringyourown/dc/local/networkdefaults";
    await waitFor(async () => (await api.get(defaults)).json<ApiNetworkDefaults>().ipv4.podsCidr === "10.4.0.0/16", {
      what: "the template to be known",
    });
    expect((await api.get(defaults)).json()).toMatchObject({
      ipv4: { podsCidr: "10.4.0.0/16", nodeCidrMaskSize: 25 },
      ipv6: { podsCidr: "fd01::/48", nodeCidrMaskSize: 64 },
      proxyMode: "ebpf",
      nodeLocalDNSCacheEnabled: false,
    });
    expect((await api.get("/api/v2/providers/bringyourown/dc/local/defaultcluster")).json()).toMatchObject({
      spec: { cniPlugin: network.cniPlugin, clusterNetwork: { dnsDomain: "team.example" } },
    });
    const created = await api.post(`/api/v2/projects/${project}/clusters`, minimal("house-rules"));
    expect(created.json()).toMatchObject({
      annotations: { [values]: '{"house":1}' },
      spec: { cniPlugin: network.cniPlugin, clusterNetwork: { konnectivityEnabled: true, dnsDomain: "team.example" } },
    });
    const { id } = created.json<ApiCluster>();
    const { fields } = (
      await api.get(`/api/v2/projects/${project}/clusters/${id}/explain`)
    ).json<ApiClusterExplanation>();
    expect(fields.find(({ field }) => field === "spec.clusterNetwork.dnsDomain")?.source).toBe("template");
  });

  test("that is missing stops new clusters, and says what is wrong", async () => {
    await setDefault("gone");
    await waitFor(
      async () =>
        (await api.post(`/api/v2/projects/${project}/clusters?dryRun=All`, minimal("stopped"))).statusCode === 400,
      { what: "the change to be known" },
    );
    const refused = await api.post(`/api/v2/projects/${project}/clusters`, minimal("stopped"));
    expect(errorOf(refused).fieldErrors).toMatchObject([
      { field: "spec.cloud.dc", code: "seed-template-unusable", message: expect.stringContaining('"gone"') },
    ]);
    await setDefault(null);
  });
});
