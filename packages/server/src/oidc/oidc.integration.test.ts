import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ApiUser, userType } from "@fairlead/resources";
import { TestIdentityProvider } from "@fairlead/testkit/identity-provider";
import type { FastifyInstance, LightMyRequestResponse } from "fastify";
import { decodeProtectedHeader, exportSPKI, importJWK, type JWK, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { errorOf } from "../testing/requests.ts";
import { adminToken, TestApi } from "../testing/test-api.ts";

const externalUrl = "http://fairlead.example.com";
const ada = { email: "Ada@Example.com", name: "Ada", groups: ["dev", "ops"] };
const cooldownMs = 50;

let provider: TestIdentityProvider;
let api: TestApi;

beforeAll(async () => {
  provider = await TestIdentityProvider.start({ redirectUri: `${externalUrl}/api/v1/auth/callback`, people: [ada] });
  const { issuer, clientId, clientSecret, cliClientId } = provider;
  const oidc = { issuer, clientId, clientSecret, cliClientId, audiences: ["another"], externalUrl };
  api = await TestApi.start({ oidc, oidcKeyTimes: { maxAgeMs: 2000, cooldownMs } });
});
afterAll(async () => {
  await api?.stop();
  await provider?.stop();
});

function me(token: string): Promise<LightMyRequestResponse> {
  return api.app.inject({ url: "/api/v1/me", headers: { authorization: `Bearer ${token}` } });
}

const nowSeconds = () => Math.floor(Date.now() / 1000);

describe("an ID token", () => {
  test("says who it is: address in lower case, name, groups; and makes a User", async () => {
    const response = await me(await provider.token(ada));
    expect([response.statusCode, response.json()]).toMatchObject([
      200,
      { email: "ada@example.com", name: "Ada", groups: ["dev", "ops"] },
    ]);
    const { id = "" } = response.json<ApiUser>();
    expect(await api.management.get(userType, { name: id })).toMatchObject({
      spec: { email: "ada@example.com", groups: ["dev", "ops"], admin: false },
    });
  });

  test.each<[string, () => Promise<string>]>([
    ["for one more audience", () => provider.token(ada, { aud: "another" })],
    ["for the program's client", () => provider.token(ada, { aud: provider.cliClientId })],
    [
      "for several, made for this one",
      () => provider.token(ada, { aud: ["x", provider.clientId], azp: provider.clientId }),
    ],
    [
      "from a clock that is a little ahead",
      () => provider.token(ada, { nbf: nowSeconds() + 20, iat: nowSeconds() + 20 }),
    ],
    ["that has just expired, by a clock that may be wrong", () => provider.token(ada, { exp: nowSeconds() - 10 })],
  ])("%s is taken", async (_, token) => {
    expect((await me(await token())).statusCode).toBe(200);
  });

  test.each<[string, () => Promise<string>, string]>([
    ["that has expired", () => provider.token(ada, { exp: nowSeconds() - 60 }), "it expired at"],
    ["that is not valid yet", () => provider.token(ada, { nbf: nowSeconds() + 120 }), '"nbf"'],
    ["of another issuer", () => provider.token(ada, { iss: "https://evil.example.com" }), '"iss"'],
    ["for another audience", () => provider.token(ada, { aud: "somebody" }), '"aud"'],
    [
      "for several audiences, made for another",
      () => provider.token(ada, { aud: [provider.clientId, "x"], azp: "x" }),
      '"azp"',
    ],
    ["for several audiences, made for nobody", () => provider.token(ada, { aud: [provider.clientId, "x"] }), '"azp"'],
    ["without end", () => provider.token(ada, { exp: undefined }), '"exp"'],
    ["without subject", () => provider.token(ada, { sub: undefined }), '"sub"'],
    ["without address", () => provider.token(ada, { email: undefined }), '"email"'],
    ["whose address is not verified", () => provider.token(ada, { email_verified: false }), "not verified"],
    [
      "with a service account's address",
      () => provider.token({ email: "serviceaccount-x@example.com" }),
      "kept for Fairlead",
    ],
    [
      "with the local administrator's address",
      () => provider.token({ email: "admin@Fairlead.local" }),
      "kept for Fairlead",
    ],
    ["signed by a key that the provider does not have", () => provider.token(ada, { kid: "unknown" }), "no key"],
    ["that was tampered with", tampered, "signature is wrong"],
    ["without signature", unsigned, "not"],
    ["signed with the client's secret", byClientSecret, "algorithm is not allowed"],
    ["signed with the provider's public key, as if that were a secret", byPublicKey, "algorithm is not allowed"],
  ])("%s is refused", async (_, token, message) => {
    const { code, message: said } = errorOf(await me(await token()));
    expect([code, said]).toEqual([401, expect.stringContaining(message)]);
  });

  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

  async function tampered(): Promise<string> {
    const [header, payload = "", signature] = (await provider.token(ada)).split(".");
    const claims = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
    return `${header}.${encode({ ...claims, email: "root@example.com" })}.${signature}`;
  }

  async function unsigned(): Promise<string> {
    const [, payload] = (await provider.token(ada)).split(".");
    return `${encode({ alg: "none", typ: "JWT" })}.${payload}.`;
  }

  async function byClientSecret(): Promise<string> {
    const { issuer: iss, clientId: aud, clientSecret } = provider;
    const claims = { iss, aud, sub: "ada", exp: nowSeconds() + 60, email: ada.email };
    return new SignJWT(claims).setProtectedHeader({ alg: "HS256" }).sign(new TextEncoder().encode(clientSecret));
  }

  async function byPublicKey(): Promise<string> {
    const { kid } = decodeProtectedHeader(await provider.token(ada));
    const { jwks_uri } = (await (await fetch(`${provider.issuer}/.well-known/openid-configuration`)).json()) as {
      jwks_uri: string;
    };
    const { keys } = (await (await fetch(jwks_uri)).json()) as { keys: JWK[] };
    const key = await importJWK({ ...keys[0], alg: "RS256" }, "RS256", { extractable: true });
    const pem = key instanceof CryptoKey ? await exportSPKI(key) : "";
    const claims = {
      iss: provider.issuer,
      aud: provider.clientId,
      sub: "ada",
      exp: nowSeconds() + 60,
      email: ada.email,
    };
    const header = { alg: "HS256", kid: kid ?? "" };
    return new SignJWT(claims).setProtectedHeader(header).sign(new TextEncoder().encode(pem));
  }

  test("of a new key is taken once the provider has it, and one of the old key no longer", async () => {
    const old = await provider.token(ada);
    expect((await me(old)).statusCode).toBe(200);
    await provider.rotateKeys();
    await new Promise((resolve) => setTimeout(resolve, cooldownMs * 2));
    expect((await me(await provider.token(ada))).statusCode).toBe(200);
    expect((await me(old)).statusCode).toBe(401);
  });

  test("is refused with 503 when the provider's keys cannot be read; other ways to sign in go on", async () => {
    const token = await provider.token(ada);
    await provider.stop();
    try {
      await expect.poll(async () => (await me(token)).statusCode, { timeout: 10_000 }).toBe(503);
      expect((await me(adminToken)).statusCode).toBe(200);
    } finally {
      await provider.restart();
    }
    await expect.poll(async () => (await me(token)).statusCode, { timeout: 10_000 }).toBe(200);
  });
});

test("a provider that was never there lets nobody in; other ways to sign in go on", async () => {
  const oidc = { issuer: "http://127.0.0.1:1", clientId: provider.clientId, audiences: [], externalUrl };
  const lonely = api.serve({ oidc });
  const as = (token: string) => lonely.inject({ url: "/api/v1/me", headers: { authorization: `Bearer ${token}` } });
  for (const token of [await provider.token(ada), await provider.token(ada, { iss: oidc.issuer })]) {
    expect([401, 503]).toContain((await as(token)).statusCode);
  }
  expect((await lonely.inject({ url: "/api/v1/auth/login" })).statusCode).toBe(503);
  expect((await as(adminToken)).statusCode).toBe(200);
  await lonely.close();
});

describe("a session in the browser", () => {
  let web: FastifyInstance;
  let directory: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "fairlead-web-"));
    await mkdir(join(directory, "assets"));
    await writeFile(join(directory, "index.html"), "<!doctype html>");
    const { issuer, clientId, clientSecret } = provider;
    web = api.serve({ oidc: { issuer, clientId, clientSecret, audiences: [], externalUrl }, webDirectory: directory });
  });
  afterAll(async () => {
    await web?.close();
    await rm(directory, { recursive: true, force: true });
  });

  const begin = (token: string) => web.inject({ method: "POST", url: "/session", payload: { token } });
  const end = (cookie: string, headers = {}) =>
    web.inject({ method: "DELETE", url: "/session", headers: { cookie, ...headers } });

  test("lasts as long as its token; that of the local administrator until the browser is closed", async () => {
    const token = await provider.token(ada, { exp: nowSeconds() + 600 });
    const [, maxAge] = /^token=[^;]+; Max-Age=(\d+); Path=\/; HttpOnly; SameSite=Strict$/.exec(
      String((await begin(token)).headers["set-cookie"]),
    ) ?? [undefined, "0"];
    expect(Math.abs(Number(maxAge) - 600)).toBeLessThan(5);
    expect((await begin(adminToken)).headers["set-cookie"]).toBe(
      `token=${adminToken}; Path=/; HttpOnly; SameSite=Strict`,
    );
  });

  test("ends with its token, for whoever has a copy of it; another site ends none", async () => {
    const token = await provider.token(ada);
    const cookie = `token=${token}`;
    await begin(token);
    expect((await end(cookie, { "sec-fetch-site": "cross-site" })).statusCode).toBe(403);
    expect((await me(token)).statusCode).toBe(200);
    const ended = await end(cookie);
    expect([ended.statusCode, ended.headers["set-cookie"]]).toEqual([200, expect.stringMatching(/^token=; Max-Age=0/)]);
    expect(errorOf(await me(token)).message).toContain("signed out");
    for (const other of [cookie, "token=wrong", `token=${adminToken}`]) expect((await end(other)).statusCode).toBe(200);
    expect((await me(adminToken)).statusCode).toBe(200);
  });
});

describe("signing in by browser", () => {
  const cookiesOf = ({ headers }: LightMyRequestResponse) => [headers["set-cookie"] ?? []].flat();
  const pairOf = (cookie = "") => cookie.split(";")[0] ?? "";

  async function begin(query = "") {
    const response = await api.app.inject({ url: `/api/v1/auth/login${query}` });
    expect(response.statusCode, response.body).toBe(302);
    return { address: String(response.headers.location), cookie: cookiesOf(response)[0] ?? "" };
  }

  const finish = (url: string, cookie: string) =>
    api.app.inject({ url: url.slice(externalUrl.length), headers: { cookie: pairOf(cookie) } });

  test("is told of", async () => {
    const { issuer, cliClientId: clientId } = provider;
    expect((await api.app.inject({ url: "/api/v1/auth/config" })).json()).toEqual({
      oidc: { issuer, clientId, scopes: ["openid", "email", "profile", "groups"] },
      loginUrl: "/api/v1/auth/login",
    });
  });

  test("leads to the provider and back, and leaves a cookie that scripts cannot read", async () => {
    const { address, cookie } = await begin("?return_to=/projects/x%3Fa=b");
    expect(new URL(address).searchParams.get("code_challenge_method")).toBe("S256");
    expect(cookie).toMatch(/; HttpOnly; SameSite=Lax$/);
    const back = await provider.signIn(address, ada);
    const done = await finish(back, cookie);
    expect([done.statusCode, done.headers.location]).toEqual([302, "/projects/x?a=b"]);
    const [gone, token = ""] = cookiesOf(done);
    expect(gone).toMatch(/^fairlead-login=; Max-Age=0/);
    expect(token).toMatch(/^token=[^;]+; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Strict$/);
    const headers = { cookie: pairOf(token) };
    expect((await api.app.inject({ url: "/api/v1/me", headers })).json()).toMatchObject({ email: "ada@example.com" });
    const logout = await api.app.inject({ method: "POST", url: "/api/v1/me/logout", headers });
    expect([logout.statusCode, cookiesOf(logout)[0]]).toEqual([200, expect.stringMatching(/^token=; Max-Age=0/)]);
    expect(errorOf(await api.app.inject({ url: "/api/v1/me", headers })).message).toContain("signed out");
  });

  test("is refused in another browser, with another state, and a second time", async () => {
    const one = await begin();
    const other = await begin();
    const back = await provider.signIn(one.address, ada);
    expect((await finish(back, "")).statusCode).toBe(400);
    expect((await finish(back, other.cookie)).statusCode).toBe(400);
    expect((await finish(back, one.cookie)).statusCode).toBe(302);
    expect((await finish(back, one.cookie)).statusCode).toBe(400);
    expect((await finish(`${externalUrl}/api/v1/auth/callback?error=access_denied`, one.cookie)).statusCode).toBe(400);
  });

  test.each([["//evil.example.com"], ["https://evil.example.com/"], ["/\\evil.example.com"], ["javascript:alert(1)"]])(
    "never leads elsewhere: %s",
    async (target) => {
      const { address, cookie } = await begin(`?return_to=${encodeURIComponent(target)}`);
      const done = await finish(await provider.signIn(address, ada), cookie);
      expect(done.headers.location).toBe("/");
    },
  );
});
