import { mkdir, readFile, rename, rmdir, stat } from "node:fs/promises";
import type { ApiAuditEntry, ApiCluster } from "@fairlead/resources";
import { afterAll, beforeAll, expect, test } from "vitest";
import { minimal } from "../testing/requests.ts";
import { adminToken, TestApi } from "../testing/test-api.ts";

const viewer = "viewer@example.com";

let api: TestApi;
let url: string;
let id: string;
let project: string;

beforeAll(async () => {
  api = await TestApi.start();
  project = await api.project("audited");
  await api.post(`/api/v1/projects/${project}/users`, { email: viewer, projects: [{ id: project, group: "viewers" }] });
  const clusters = `/api/v2/projects/${project}/clusters`;
  id = (await api.post(clusters, minimal("audited"))).json<ApiCluster>().id;
  url = `${clusters}/${id}`;
});
afterAll(() => api?.stop());

async function entries(): Promise<ApiAuditEntry[]> {
  return (await api.get(`${url}/audit`)).json<ApiAuditEntry[]>();
}

test("tells who created and changed a cluster, from where, and its network before and after", async () => {
  await api.patch(url, { spec: { clusterNetwork: { konnectivityEnabled: true } } });
  await api.patch(`${url}?dryRun=All`, { name: "renamed" });
  const [dryRun, changed, created] = await entries();
  expect(created).toEqual({
    time: expect.stringMatching(/^\d{4}-/),
    user: "admin@fairlead.local",
    from: "127.0.0.1",
    action: "POST /api/v2/projects/:project_id/clusters",
    path: `/api/v2/projects/${project}/clusters`,
    project,
    cluster: id,
    status: 201,
    after: expect.objectContaining({ version: "1.36.3", cniPlugin: expect.objectContaining({ type: "canal" }) }),
  });
  expect(changed).toMatchObject({
    status: 200,
    before: { clusterNetwork: { konnectivityEnabled: false } },
    after: { clusterNetwork: { konnectivityEnabled: true } },
  });
  expect(Object.keys(changed?.after ?? {})).toEqual(["clusterNetwork"]);
  expect([dryRun?.dryRun, dryRun?.before]).toEqual([true, undefined]);
});

test("tells of what was refused, and to whom; looking is not told of", async () => {
  const asViewer = { headers: { authorization: `Bearer ${viewer}` } };
  await api.app.inject({ ...asViewer, url });
  await api.app.inject({ ...asViewer, method: "DELETE", url });
  await api.app.inject({ method: "DELETE", url: `${url}?token=wrong` });
  const [unknown, refused] = await entries();
  expect([unknown?.status, unknown?.user]).toEqual([401, undefined]);
  expect(refused).toMatchObject({ status: 403, user: viewer, action: expect.stringMatching(/^DELETE /) });
  expect((await api.app.inject({ ...asViewer, url: `${url}/audit` })).statusCode).toBe(403);
});

test("holds no secret, of whatever kind it was sent", async () => {
  const secret = "planted-s3cret";
  const spec = { cloud: { dc: "aws-eu", aws: { accessKeyID: secret, secretAccessKey: secret } } };
  await api.post(`/api/v2/projects/${project}/clusters`, minimal(secret, spec));
  await api.patch(url, { annotations: { "kubermatic.io/initial-cni-values-request": `{"password":"${secret}"}` } });
  await api.app.inject({
    method: "DELETE",
    url: `${url}/addons/x?token=${secret}`,
    headers: { cookie: `token=${secret}` },
  });
  const text = await readFile(api.auditFile, "utf8");
  expect(text).toContain(id);
  for (const hidden of [secret, adminToken]) expect(text).not.toContain(hidden);
  expect((await stat(api.auditFile)).mode & 0o777).toBe(0o600);
});

test("while it cannot be written nothing is changed and no kubeconfig given out, and looking goes on", async () => {
  const away = `${api.auditFile}.away`;
  await rename(api.auditFile, away);
  await mkdir(api.auditFile); // No line gets into a folder.
  await api.patch(url, { name: "unnoted" });
  const refused = await api.patch(url, { name: "never" });
  expect([refused.statusCode, refused.json()]).toEqual([
    503,
    { error: { code: 503, message: "the audit log cannot be written: nothing is changed meanwhile" } },
  ]);
  expect((await api.get(`${url}/kubeconfig`)).body).toContain("the audit log cannot be written");
  expect((await api.get(url)).json<ApiCluster>().name).toBe("unnoted");
  await rmdir(api.auditFile);
  await rename(away, api.auditFile);
  expect((await api.patch(url, { name: "again" })).statusCode).toBe(200);
  expect((await entries()).at(0)?.path).toBe(url);
});

test.each(["0", "1001", "x"])("at most %s entries is no number of them", async (limit) => {
  expect((await api.get(`${url}/audit?limit=${limit}`)).statusCode).toBe(400);
});
