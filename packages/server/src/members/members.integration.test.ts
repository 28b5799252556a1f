import { builtin } from "@fairlead/kube";
import {
  type ApiProject,
  type ApiServiceAccount,
  type ApiServiceAccountToken,
  type ApiUser,
  groupProjectBindingType,
  installationNamespace,
  projectType,
  userProjectBindingType,
  userType,
} from "@fairlead/resources";
import type { InjectOptions, LightMyRequestResponse } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { errorOf, minimal } from "../testing/requests.ts";
import { TestApi, userToken } from "../testing/test-api.ts";

const ada = "ada@example.com";
const eve = "eve@example.com";

let api: TestApi;
/** Ada's. */
let project: string;

beforeAll(async () => {
  api = await TestApi.start();
  const created = await as(ada, { method: "POST", url: "/api/v1/projects", payload: { name: "adas" } });
  expect(created.statusCode, created.body).toBe(201);
  project = created.json<ApiProject>().id;
  await api.management.mergePatchStatus(projectType, { name: project }, { status: { phase: "Active" } });
});
afterAll(() => api?.stop());

/** In tests an e-mail address is its owner's token. */
function as(token: string, request: InjectOptions): Promise<LightMyRequestResponse> {
  return api.app.inject({ ...request, headers: { authorization: `Bearer ${token}`, ...request.headers } });
}

const users = () => `/api/v1/projects/${project}/users`;
const clusters = () => `/api/v2/projects/${project}/clusters`;
const member = (email: string, group: string) => ({ email, projects: [{ id: project, group }] });
const idOf = (response: LightMyRequestResponse) => {
  expect(response.statusCode, response.body).toBeLessThan(300);
  return response.json<{ id: string }>().id;
};

test("whoever creates a project owns it, and sees no other", async () => {
  await api.project("not-adas");
  expect((await as(ada, { url: "/api/v1/projects" })).json<ApiProject[]>().map(({ id }) => id)).toEqual([project]);
  expect((await as(ada, { url: "/api/v1/me" })).json()).toMatchObject({ projects: [{ id: project, group: "owners" }] });
  expect((await as(eve, { url: "/api/v1/projects" })).json()).toEqual([]);
});

test("the first request makes a User object, and those after it leave it alone", async () => {
  const id = idOf(await as("first@example.com", { url: "/api/v1/me" }));
  const before = await api.management.get(userType, { name: id });
  expect(before).toMatchObject({
    spec: { email: "first@example.com", admin: false },
    status: { lastSeen: expect.any(String) },
  });
  await as("first@example.com", { url: "/api/v1/me" });
  expect((await api.management.get(userType, { name: id })).metadata.resourceVersion).toBe(
    before.metadata.resourceVersion,
  );
});

describe("members", () => {
  test("are invited by address before their first sign-in, changed, and taken out with immediate effect", async () => {
    const invited = await as(ada, { method: "POST", url: users(), payload: member("Grace@Example.com", "viewers") });
    expect([invited.statusCode, invited.json()]).toMatchObject([
      201,
      {
        email: "grace@example.com",
        creationTimestamp: "0001-01-01T00:00:00Z",
        projects: [{ id: project, group: "viewers" }],
      },
    ]);
    const { id } = invited.json<ApiUser>();
    const create = { method: "POST", url: clusters(), payload: minimal("graces") } as const;
    expect((await as("grace@example.com", { url: clusters() })).statusCode).toBe(200);
    expect((await as("grace@example.com", create)).statusCode).toBe(403);
    const listed = (await as(ada, { url: users() })).json<ApiUser[]>();
    expect(listed.map(({ email, lastSeen }) => [email, typeof lastSeen])).toEqual([
      [ada, "string"],
      ["grace@example.com", "string"],
    ]);
    const change = {
      method: "PUT",
      url: `${users()}/${id}`,
      payload: member("grace@example.com", `editors-${project}`),
    } as const;
    expect((await as(ada, change)).json()).toMatchObject({ id, projects: [{ id: project, group: "editors" }] });
    expect((await as("grace@example.com", create)).statusCode).toBe(201);
    expect((await as(ada, { method: "DELETE", url: `${users()}/${id}` })).json()).toEqual({});
    expect((await as("grace@example.com", { url: clusters() })).statusCode).toBe(403);
    expect((await as(ada, { method: "DELETE", url: `${users()}/${id}` })).statusCode).toBe(404);
  });

  test.each<[string, object, number, string]>([
    ["of an unknown role", { email: eve, projects: [{ id: "P", group: "kings" }] }, 400, "projects[0].group"],
    ["of another project", { email: eve, projects: [{ id: "other", group: "owners" }] }, 400, "projects"],
    ["without an address", { projects: [{ id: "P", group: "viewers" }] }, 400, "email"],
    [
      "with the address of a service account",
      { email: "serviceaccount-x@example.com", projects: [{ id: "P", group: "viewers" }] },
      400,
      "email",
    ],
    [
      "with the local administrator's address",
      { email: "admin@fairlead.local", projects: [{ id: "P", group: "viewers" }] },
      400,
      "email",
    ],
  ])("%s are refused", async (_, body, code, field) => {
    const payload = JSON.parse(JSON.stringify(body).replaceAll('"P"', JSON.stringify(project)));
    const error = errorOf(await as(ada, { method: "POST", url: users(), payload }));
    expect([error.code, error.fieldErrors?.map((problem) => problem.field)]).toEqual([code, [field]]);
  });

  test("nobody changes themselves, and nobody is a member twice", async () => {
    const me = (await as(ada, { url: "/api/v1/me" })).json<ApiUser>().id;
    expect((await as(ada, { method: "DELETE", url: `${users()}/${me}` })).statusCode).toBe(403);
    expect(
      (await as(ada, { method: "PUT", url: `${users()}/${me}`, payload: member(ada, "viewers") })).statusCode,
    ).toBe(403);
    expect((await as(ada, { method: "POST", url: users(), payload: member(ada, "viewers") })).statusCode).toBe(403);
    const again = member("bob@example.com", "viewers");
    expect((await as(ada, { method: "POST", url: users(), payload: again })).statusCode).toBe(201);
    expect(errorOf(await as(ada, { method: "POST", url: users(), payload: again })).message).toContain("already");
    await as(ada, { method: "DELETE", url: `${users()}/${idOf(await as(userToken, { url: "/api/v1/me" }))}` });
  });

  test("of a group of the identity provider are members by it", async () => {
    expect((await as(userToken, { url: clusters() })).statusCode).toBe(403); // Bob, of group "dev"
    const spec = { group: "dev", projectID: project, role: "viewers" as const };
    await api.management.create(groupProjectBindingType, { metadata: { name: "dev" }, spec });
    expect((await as(userToken, { url: clusters() })).statusCode).toBe(200);
    expect((await as(userToken, { url: "/api/v1/projects" })).json<ApiProject[]>().map(({ id }) => id)).toEqual([
      project,
    ]);
    await api.management.delete(groupProjectBindingType, { name: "dev" });
    expect((await as(userToken, { url: clusters() })).statusCode).toBe(403);
  });

  test("an owner says what a group is, a project manager not of a group of their own", async () => {
    const url = `/api/v2/projects/${project}/groupbindings`;
    const bob = await as(ada, { method: "POST", url: users(), payload: member("bob@example.com", "projectmanagers") });
    const raise = await as(userToken, { method: "POST", url, payload: { group: "dev", role: "owners" } });
    expect([raise.statusCode, errorOf(raise).message]).toEqual([403, expect.stringContaining("for an owner to say")]);
    const bound = await as(userToken, {
      method: "POST",
      url,
      payload: { group: "ops", role: "viewers", projectID: project },
    });
    expect(bound.json()).toEqual({ name: expect.any(String), group: "ops", role: "viewers", projectID: project });
    const own = await as(ada, { method: "POST", url, payload: { group: "dev", role: "viewers" } });
    const { name } = own.json<{ name: string }>();
    for (const request of [{ method: "PATCH", payload: { role: "owners" } }, { method: "DELETE" }] as const) {
      expect((await as(userToken, { ...request, url: `${url}/${name}` })).statusCode).toBe(403);
    }
    expect((await as(userToken, { url: clusters() })).statusCode).toBe(200);
    for (const [payload, said] of [
      [{ group: "dev", role: "viewers" }, "already"],
      [{ group: "system:authenticated", role: "viewers" }, "group: Invalid value"],
      [{ role: "viewers" }, "group: Invalid value"],
      [{ group: "x", role: "kings" }, "role"],
      [{ group: "x", role: "viewers", projectID: "other" }, "projectID"],
    ] as const) {
      expect(errorOf(await as(ada, { method: "POST", url, payload })).message).toContain(said);
    }
    const moved = { role: "viewers", group: "ops" };
    expect((await as(ada, { method: "PATCH", url: `${url}/${name}`, payload: moved })).statusCode).toBe(400);
    expect((await as(ada, { method: "DELETE", url: `${url}/${name}` })).json()).toEqual({});
    await as(ada, { method: "DELETE", url: `${users()}/${idOf(bob)}` });
    expect((await as(userToken, { url: clusters() })).statusCode).toBe(403);
    expect((await as(ada, { url })).json()).toEqual([bound.json()]);
  });

  test("a binding whose group names another project gives nothing", async () => {
    const spec = { userEmail: eve, projectID: project, group: "owners-other" };
    await api.management.create(userProjectBindingType, { metadata: { name: "forged" }, spec });
    expect((await as(eve, { url: clusters() })).statusCode).toBe(403);
    await api.management.delete(userProjectBindingType, { name: "forged" });
  });
});

describe("administrators", () => {
  test("are made and unmade by administrators, by User object", async () => {
    await as(eve, { url: "/api/v1/me" });
    expect((await as(eve, { url: "/api/v1/admin" })).statusCode).toBe(403);
    expect(
      (await as(eve, { method: "PUT", url: "/api/v1/admin", payload: { email: eve, isAdmin: true } })).statusCode,
    ).toBe(403);
    expect((await api.put("/api/v1/admin", { email: eve, isAdmin: true })).json()).toEqual({
      name: "eve",
      email: eve,
      isAdmin: true,
    });
    expect((await as(eve, { url: clusters() })).statusCode).toBe(200);
    expect((await as(eve, { url: "/api/v1/me" })).json()).toMatchObject({ isAdmin: true });
    expect((await api.put("/api/v1/admin", { email: eve, isAdmin: false })).statusCode).toBe(200);
    expect((await as(eve, { url: clusters() })).statusCode).toBe(403);
  });
});

describe("service accounts", () => {
  const accounts = () => `/api/v1/projects/${project}/serviceaccounts`;
  let id: string;
  let token: ApiServiceAccountToken;

  const call = (request: InjectOptions, secret = token.token ?? "") => as(secret, request);
  /** What follows the id. It is base64url, where "_" is a digit like others. */
  const secretPart = (text = "") => text.slice(`fairlead_${token.id}_`.length);

  test("are created with a role, which is not that of owners", async () => {
    const created = await as(ada, { method: "POST", url: accounts(), payload: { name: "ci", group: "editors" } });
    expect([created.statusCode, created.json()]).toMatchObject([
      201,
      { name: "ci", status: "Active", group: `editors-${project}` },
    ]);
    id = created.json<ApiServiceAccount>().id;
    expect(
      (await as(ada, { method: "POST", url: accounts(), payload: { name: "ci", group: "editors" } })).statusCode,
    ).toBe(409);
    expect(
      (await as(ada, { method: "POST", url: accounts(), payload: { name: "x", group: "owners" } })).statusCode,
    ).toBe(400);
    expect((await as(ada, { url: users() })).json<ApiUser[]>().map(({ email }) => email)).toEqual([ada]);
  });

  test("have tokens that are shown once and kept as a digest", async () => {
    const url = `${accounts()}/${id}/tokens`;
    const created = await as(ada, { method: "POST", url, payload: { name: "deploy" } });
    expect([created.statusCode, created.headers["cache-control"]]).toEqual([201, "no-store"]);
    token = created.json<ApiServiceAccountToken>();
    expect(Date.parse(token.expiry)).toBeGreaterThan(Date.now() + 2.9 * 365 * 24 * 3600 * 1000);
    const { token: secret = "", ...shown } = token;
    expect((await as(ada, { url })).json()).toEqual([shown]);
    const stored = await api.management.get(builtin.Secret, {
      name: `sa-token-${token.id}`,
      namespace: installationNamespace,
    });
    const everything =
      JSON.stringify(stored) + Object.values(stored.data ?? {}).map((value) => Buffer.from(value, "base64").toString());
    expect(everything).not.toContain(secretPart(secret));
  });

  test("act with their role, and note when", async () => {
    expect((await call({ url: "/api/v1/me" })).json()).toMatchObject({
      name: "ci",
      projects: [{ id: project, group: "editors" }],
    });
    expect((await call({ method: "POST", url: clusters(), payload: minimal("by-ci") })).statusCode).toBe(201);
    expect((await call({ url: users() })).statusCode).toBe(403);
    const [shown] = (await as(ada, { url: `${accounts()}/${id}/tokens` })).json<ApiServiceAccountToken[]>();
    expect(Date.now() - Date.parse(shown?.lastUsed ?? "")).toBeLessThan(60_000);
  });

  test.each([
    ["a token with another secret", () => `${token.token?.slice(0, -4)}AAAA`],
    ["a token with another id", () => `fairlead_aaaaaaaaaa_${secretPart(token.token)}`],
    ["half of a token", () => token.token?.slice(0, 30) ?? ""],
  ])("%s is 401", async (_, secret) => {
    expect((await call({ url: "/api/v1/me" }, secret())).statusCode).toBe(401);
  });

  test("the token counts in the header alone", async () => {
    expect((await api.app.inject({ url: `/api/v1/me?token=${token.token}` })).statusCode).toBe(401);
    expect((await api.app.inject({ url: "/api/v1/me", headers: { cookie: `token=${token.token}` } })).statusCode).toBe(
      401,
    );
  });

  test("a regenerated token ends the one before, an expired and a revoked one are refused", async () => {
    const url = `${accounts()}/${id}/tokens/${token.id}`;
    const before = token;
    token = (await as(ada, { method: "PUT", url, payload: { name: "deploy" } })).json();
    expect((await call({ url: "/api/v1/me" }, before.token)).statusCode).toBe(401);
    expect((await call({ url: "/api/v1/me" })).statusCode).toBe(200);
    const ref = { name: `sa-token-${token.id}`, namespace: installationNamespace };
    const expiry = Buffer.from(new Date(Date.now() - 1000).toISOString()).toString("base64");
    await api.management.mergePatch(builtin.Secret, ref, { data: { expiry } });
    expect(errorOf(await call({ url: "/api/v1/me" })).message).toContain("expired");
    token = (await as(ada, { method: "PUT", url, payload: { name: "deploy" } })).json();
    expect((await as(ada, { method: "DELETE", url })).statusCode).toBe(200);
    expect(errorOf(await call({ url: "/api/v1/me" })).message).toContain("revoked");
  });

  test("an account that is deleted takes its rights and tokens with it", async () => {
    const url = `${accounts()}/${id}`;
    token = (await as(ada, { method: "POST", url: `${url}/tokens`, payload: { name: "last" } })).json();
    expect((await call({ url: clusters() })).statusCode).toBe(200);
    expect((await as(ada, { method: "DELETE", url })).statusCode).toBe(200);
    expect((await call({ url: clusters() })).statusCode).toBe(401);
    expect((await as(ada, { url: accounts() })).json()).toEqual([]);
  });
});

describe("unsafe labels", () => {
  const editor = "editor@example.com";
  const unsafe = { "unsafe-cni-migration": "true" };
  const create = (labels: object) => ({ cluster: { ...minimal("labelled").cluster, labels } });

  beforeAll(async () => {
    await as(ada, { method: "POST", url: users(), payload: member(editor, "editors") });
  });

  test("are set by owners, and taken away by whoever may change the cluster", async () => {
    expect((await as(editor, { method: "POST", url: clusters(), payload: create(unsafe) })).statusCode).toBe(403);
    const id = idOf(await as(editor, { method: "POST", url: clusters(), payload: create({ team: "a" }) }));
    const patch = (token: string, payload: object) =>
      as(token, { method: "PATCH", url: `${clusters()}/${id}`, payload });
    expect(errorOf(await patch(editor, { labels: unsafe }))).toMatchObject({
      code: 403,
      message: expect.stringContaining("unsafe-cni-migration"),
    });
    expect((await patch(ada, { labels: unsafe })).statusCode).toBe(200);
    expect((await patch(editor, { labels: { team: "b" } })).statusCode).toBe(200);
    expect((await patch(editor, { labels: { "unsafe-cni-migration": null } })).statusCode).toBe(200);
    expect((await patch(editor, { labels: unsafe })).statusCode).toBe(403);
  });

  test("do not get in by a template", async () => {
    const url = `/api/v2/projects/${project}/clustertemplates`;
    const template = (scope: string) => ({ name: "t", scope, nodeDeployment: { spec: {} }, ...create(unsafe) });
    expect((await as(editor, { method: "POST", url, payload: template("user") })).statusCode).toBe(403);
    // Made by its author where they are an owner, and used where they are not.
    const mine = idOf(await as(editor, { method: "POST", url: "/api/v1/projects", payload: { name: "editors" } }));
    await api.management.mergePatchStatus(projectType, { name: mine }, { status: { phase: "Active" } });
    const elsewhere = `/api/v2/projects/${mine}/clustertemplates`;
    const id = idOf(await as(editor, { method: "POST", url: elsewhere, payload: template("user") }));
    const use = { method: "POST", url: `${url}/${id}/instances`, payload: { replicas: 1 } } as const;
    expect((await as(editor, use)).statusCode).toBe(403);
  });

  test("of a project are not those of its clusters", async () => {
    const labels = { "unsafe-cni-migration": "true" };
    await as(ada, { method: "PUT", url: `/api/v1/projects/${project}`, payload: { name: "adas", labels } });
    const id = idOf(await as(editor, { method: "POST", url: clusters(), payload: minimal("plain") }));
    const patch = { spec: { cniPlugin: { type: "none", version: "" } } };
    const refused = errorOf(await as(editor, { method: "PATCH", url: `${clusters()}/${id}`, payload: patch }));
    expect([refused.code, refused.fieldErrors?.map(({ field }) => field)]).toEqual([400, ["spec.cniPlugin.type"]]);
  });
});

test.each<[string, Record<string, string>, number]>([
  ["another site's page", { "sec-fetch-site": "cross-site" }, 403],
  ["a neighbour's page", { "sec-fetch-site": "same-site" }, 403],
  ["another site's page in an older browser", { origin: "https://evil.example.com" }, 403],
  ["an own page", { "sec-fetch-site": "same-origin", origin: "http://localhost:80" }, 201],
  ["what is no browser", {}, 201],
])("a write by cookie from %s is %o", async (_, headers, status) => {
  const request = { method: "POST", url: "/api/v1/projects?dryRun=All", payload: { name: "x" } } as const;
  const byCookie = await api.app.inject({ ...request, headers: { cookie: `token=${ada}`, ...headers } });
  expect(byCookie.statusCode).toBe(status);
  expect((await as(ada, { ...request, headers })).statusCode).toBe(201); // The header is sent by nobody's browser.
});
