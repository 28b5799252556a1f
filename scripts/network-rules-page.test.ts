import { readFile } from "node:fs/promises";
import { ruleBook } from "@fairlead/network";
import { expect, test } from "vitest";
import { networkRulesPage } from "./network-rules-page.ts";

test("docs/network-rules.md is what the rules say: `npm run docs` writes it anew", async () => {
  const page = await readFile(new URL("../docs/network-rules.md", import.meta.url), "utf8");
  expect(page).toBe(networkRulesPage());
});

test("every rule is on the page", () => {
  const page = networkRulesPage();
  const { creation, creationWarnings, update, updateWarnings } = ruleBook;
  for (const { code, summary } of [...creation, ...creationWarnings, ...update, ...updateWarnings]) {
    expect(page).toContain(`| \`${code}\` |`);
    expect(page).toContain(summary);
  }
  for (const { summary } of ruleBook.defaults) expect(page).toContain(summary);
});
