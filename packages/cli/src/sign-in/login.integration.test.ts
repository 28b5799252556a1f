import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TestIdentityProvider } from "@fairlead/testkit/identity-provider";
import { afterAll, beforeAll, expect, test } from "vitest";
import { FairleadProcess, fairlead } from "../testing/fairlead-process.ts";
import { type ServedApi, serveApi } from "../testing/served-api.ts";

const ada = { email: "ada@example.com", name: "Ada" };

let provider: TestIdentityProvider;
let api: ServedApi;
let home: string;
let options: { cwd: string; env: NodeJS.ProcessEnv };
let file: string;

beforeAll(async () => {
  provider = await TestIdentityProvider.start({ redirectUri: "http://127.0.0.1:1/unused", people: [ada] });
  const { issuer, clientId, cliClientId } = provider;
  api = await serveApi({ oidc: { issuer, clientId, cliClientId, scopes: ["openid", "email", "profile"] } });
  home = await mkdtemp(join(tmpdir(), "fairlead-home-"));
  file = join(home, "fairlead", "credentials.json");
  options = { cwd: home, env: { XDG_CONFIG_HOME: home, FAIRLEAD_URL: api.url } };
});
afterAll(async () => {
  await api?.stop();
  await provider?.stop();
  await rm(home, { recursive: true, force: true });
});

async function signIn(): Promise<void> {
  const login = new FairleadProcess(["login"], options);
  await login.saysOnStderr(provider.issuer);
  const [address = ""] = /http:\/\/\S+/.exec(login.stderr) ?? [];
  const back = await provider.signIn(address, ada);
  expect(back).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/callback\?code=/);
  // Whoever finds the port does not get anything by asking for something else.
  expect((await fetch(new URL("/", back))).status).toBe(404);
  expect((await fetch(back)).status).toBe(200);
  expect(await login.ended).toMatchObject({ code: 0, stdout: `Signed in to ${api.url} as ${ada.email}.\n` });
}

test("whoever has not signed in is told how", async () => {
  const { code, stderr } = await fairlead(["project", "list"], options);
  expect([code, stderr]).toEqual([1, expect.stringContaining('sign in with "fairlead login"')]);
});

test("signs in with a browser, keeps that to itself, renews it, and signs out", async () => {
  await signIn();
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const kept = JSON.parse(await readFile(file, "utf8"));
  const [origin = ""] = Object.keys(kept.servers);
  const { refreshToken: used } = kept.servers[origin];
  kept.servers[origin].expiresAt = 1;
  await writeFile(file, JSON.stringify(kept));
  expect(await fairlead(["project", "list", "-o", "json"], options)).toMatchObject({ code: 0 });
  const { idToken: renewed, refreshToken, expiresAt } = JSON.parse(await readFile(file, "utf8")).servers[origin];
  // Of two ID tokens of the same second both are the same.
  expect(refreshToken).not.toBe(used);
  expect(expiresAt).toBeGreaterThan(Date.now() / 1000);
  expect(await fairlead(["logout"], options)).toMatchObject({ code: 0 });
  expect(JSON.parse(await readFile(file, "utf8")).servers).toEqual({});
  const reused = await fetch(`${api.url}/api/v1/me`, { headers: { authorization: `Bearer ${renewed}` } });
  expect(reused.status).toBe(401);
  const form = { grant_type: "refresh_token", refresh_token: refreshToken, client_id: provider.cliClientId };
  const again = await fetch(`${provider.issuer}/token`, { method: "POST", body: new URLSearchParams(form) });
  expect([again.status, await again.json()]).toEqual([400, expect.objectContaining({ error: "invalid_grant" })]);
});

test("a file that others may read is not used", async () => {
  await signIn();
  const { chmod } = await import("node:fs/promises");
  await chmod(file, 0o644);
  const { code, stderr } = await fairlead(["project", "list"], options);
  expect([code, stderr]).toEqual([1, expect.stringContaining("others may read or write it")]);
  await chmod(file, 0o600);
});
