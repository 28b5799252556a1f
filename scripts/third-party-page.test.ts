import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { type Lockfile, licenceProblems, thirdPartyPage } from "./third-party-page.ts";

const read = (path: string) => readFile(new URL(`../${path}`, import.meta.url), "utf8");

test("every package is under an accepted licence, and docs/third-party.md lists it: `npm run docs` writes it anew", async () => {
  const lockfile = JSON.parse(await read("package-lock.json")) as Lockfile;
  expect(licenceProblems(lockfile)).toEqual([]);
  expect(await read("docs/third-party.md")).toBe(thirdPartyPage(lockfile));
});

test("a licence that nobody accepted, or none, is told; packages of development alone do not count", () => {
  const packages = {
    "": {},
    "packages/x": { version: "1.0.0" },
    "node_modules/good": { version: "1.0.0", license: "(GPL-3.0 OR MIT)" },
    "node_modules/good/node_modules/@a/b": { version: "2.0.0", license: "AGPL-3.0" },
    "node_modules/silent": { version: "1.0.0" },
    "node_modules/tool": { version: "1.0.0", license: "GPL-3.0", dev: true },
  };
  expect(licenceProblems({ packages })).toEqual(["@a/b@2.0.0: AGPL-3.0", "silent@1.0.0: not stated"]);
});
