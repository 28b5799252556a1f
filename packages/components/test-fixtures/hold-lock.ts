// Takes the lock of a data directory, says so, and waits to be killed.
import { DirectoryLock } from "../src/index.ts";

const [directory = ""] = process.argv.slice(2);
const lock = await DirectoryLock.acquire(directory);
process.stdout.write(`${lock.directory}\n`);
setInterval(() => undefined, 1_000);
