// `npm run docs`: writes the pages that are made from the code.
import { writeFile } from "node:fs/promises";
import { networkRulesPage } from "./network-rules-page.ts";

await writeFile(new URL("../docs/network-rules.md", import.meta.url), networkRulesPage());
