// `npm run docs`: writes what is made from the code: pages, and the definitions in the chart `fairlead`.
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { authorizationPage } from "./authorization-page.ts";
import { chartCrds } from "./chart-crds.ts";
import { networkRulesPage } from "./network-rules-page.ts";
import { type Lockfile, thirdPartyPage } from "./third-party-page.ts";

await writeFile(new URL("../docs/authorization.md", import.meta.url), authorizationPage());
await writeFile(new URL("../docs/network-rules.md", import.meta.url), networkRulesPage());
const lockfile = JSON.parse(await readFile(new URL("../package-lock.json", import.meta.url), "utf8")) as Lockfile;
await writeFile(new URL("../docs/third-party.md", import.meta.url), thirdPartyPage(lockfile));
const definitions = new URL("../charts/fairlead/files/crds/", import.meta.url);
await rm(definitions, { recursive: true, force: true });
await mkdir(definitions, { recursive: true });
for (const [file, text] of chartCrds()) await writeFile(new URL(file, definitions), text);
