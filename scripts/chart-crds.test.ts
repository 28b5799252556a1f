import { readdir, readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { chartCrds } from "./chart-crds.ts";

const directory = new URL("../charts/fairlead/files/crds/", import.meta.url);

test("the chart has the definitions of packages/resources: `npm run docs` writes them anew", async () => {
  const expected = chartCrds();
  expect((await readdir(directory)).sort()).toEqual([...expected.keys()].sort());
  for (const [file, text] of expected) expect(await readFile(new URL(file, directory), "utf8"), file).toBe(text);
});

test("helm takes no part of a definition for a template", () => {
  for (const [file, text] of chartCrds()) expect(text, file).not.toContain("{{");
});
