import { type User, userType } from "@fairlead/resources";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BrowserSession, kubectlGet } from "./session.ts";

let session: BrowserSession;

beforeAll(async () => {
  session = await BrowserSession.start({ signIn: false });
});
afterAll(async () => {
  await session?.[Symbol.asyncDispose]();
});

test("with an account of the identity provider one comes to the page that was asked for", async () => {
  const { page } = session;
  await page.goto("/projects?from=a-bookmark");
  await page.getByRole("link", { name: "Sign in with your organisation's account" }).waitFor();
  await session.expectAccessible();
  await session.screenshot("sign-in");
  await page.getByRole("link", { name: "Sign in with your organisation's account" }).click();
  await page.locator("[name=login]").fill("ada@example.com"); // the provider's own pages
  await page.locator("[name=password]").fill("x");
  await page.getByRole("button", { name: "Sign-in" }).click();
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("heading", { name: "Projects", level: 1 }).waitFor();
  expect(page.url()).toContain("/projects?from=a-bookmark");
  await page.getByText("ada@example.com").waitFor();
  const { items } = await kubectlGet<{ items: User[] }>(userType.plural);
  expect(items.map(({ spec }) => spec.email)).toContain("ada@example.com");
});

test("signing out says what it ends: the token counts no longer for anybody", async () => {
  const { page } = session;
  const cookie = (await session.context.cookies(page.url())).find(({ name }) => name === "token");
  const me = () => fetch(new URL("/api/v1/me", page.url()), { headers: { authorization: `Bearer ${cookie?.value}` } });
  expect((await me()).status).toBe(200);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("dialog").getByText("the token counts no longer").waitFor();
  await session.expectAccessible();
  await page.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
  await page.getByLabel("Token").waitFor();
  expect((await me()).status).toBe(401);
  expect(session.complaints).toEqual([]);
});
