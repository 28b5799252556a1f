import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { authorizationPage } from "./authorization-page.ts";

test("docs/authorization.md is what the table says: `npm run docs` writes it anew", async () => {
  const page = await readFile(new URL("../docs/authorization.md", import.meta.url), "utf8");
  expect(page).toBe(authorizationPage());
});
