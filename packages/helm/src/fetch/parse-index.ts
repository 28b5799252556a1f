/**
 * Worker thread: takes out of a repository's `index.yaml` what it says of one chart. An index may be large, and it is
 * somebody else's: its parsing neither holds up the manager nor takes its memory.
 * @module
 */
import { parentPort, workerData } from "node:worker_threads";
import { parse } from "yaml";
import { chartBlock } from "./chart-block.ts";

const { text, name } = workerData as { text: string; name: string };
const document = parse(chartBlock(text, name) ?? text) as { entries?: Record<string, unknown> } | null;
const entries = document?.entries;
parentPort?.postMessage(entries && Object.hasOwn(entries, name) ? entries[name] : undefined);
