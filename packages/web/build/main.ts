/** `node packages/web/build/main.ts [DIRECTORY]`: builds the web UI, into the user's cache unless a directory is named. */
import { resolve } from "node:path";
import { buildWeb, builtWeb } from "./built-web.ts";

const [directory] = process.argv.slice(2);
if (directory) await buildWeb(resolve(directory));
const built = directory ? resolve(directory) : await builtWeb();
process.stdout.write(`${built}\n`);
