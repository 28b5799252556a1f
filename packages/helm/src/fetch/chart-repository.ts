import { createHash } from "node:crypto";
import { Worker } from "node:worker_threads";
import { z } from "zod";
import { HelmError } from "../runner/helm-error.ts";
import { type ChartHttp, requireSuccess, shown } from "./chart-http.ts";
import { largestPackage } from "./check-package.ts";
import { basic } from "./registry-credentials.ts";
import { newestMatch } from "./version-range.ts";

const largestIndex = 64 * 1024 * 1024;
const parseMs = 60_000;

const versionsSchema = z.array(
  z.object({ version: z.coerce.string(), urls: z.array(z.string()).default([]), digest: z.string().optional() }),
);
type IndexedVersion = z.infer<typeof versionsSchema>[number];

export interface WantedChart {
  /** Of the repository. */
  url: string;
  name: string;
  /** Exact, or a range. */
  version: string;
  login?: { username: string; password: string } | undefined;
}

/** The package of a chart in a classic repository: an index and packages over HTTP. @throws HelmError */
export async function fetchFromRepository(http: ChartHttp, wanted: WantedChart): Promise<Buffer> {
  const base = new URL(`${wanted.url.replace(/\/+$/, "")}/`);
  const authorization = wanted.login && basic(wanted.login);
  // As helm: the login is for the repository's own host.
  const get = async (url: URL, limitBytes: number) => {
    const headers: Record<string, string> = authorization && url.host === base.host ? { authorization } : {};
    return requireSuccess(await http.get(url, { headers, limitBytes }), url);
  };
  const found = await findVersion(await get(new URL("index.yaml", base), largestIndex), wanted, base);
  const [address] = found.urls;
  if (!address || !URL.canParse(address, base.href)) throw missing(wanted, base, "its index says nowhere to fetch it");
  const url = new URL(address, base);
  if (!/^https?:$/.test(url.protocol)) throw missing(wanted, base, `its package is at ${url.protocol}//…`);
  const content = await get(url, largestPackage);
  const digest = createHash("sha256").update(content).digest("hex");
  const expected = found.digest?.replace(/^sha256:/, "");
  if (!expected || expected === digest) return content;
  throw new HelmError(
    "chart-digest-mismatch",
    `${shown(url)}: digest mismatch: expected ${expected}, found ${digest}`,
    {
      command: "fetch",
    },
  );
}

async function findVersion(index: Buffer, wanted: WantedChart, base: URL): Promise<IndexedVersion> {
  const entries = await parseIndex(index.toString("utf8"), wanted.name).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
    throw new HelmError("registry-unreachable", `${shown(base)}index.yaml: no index of charts: ${why}`, {
      command: "fetch",
      cause,
    });
  });
  if (entries === undefined) throw missing(wanted, base, "no such chart");
  const versions = versionsSchema.safeParse(entries).data ?? [];
  const version = newestMatch(
    versions.map((entry) => entry.version),
    wanted.version,
  );
  const found = versions.find((entry) => entry.version === version);
  if (!found) throw missing(wanted, base, "no such version");
  return found;
}

function parseIndex(text: string, name: string): Promise<unknown> {
  const worker = new Worker(new URL("./parse-index.ts", import.meta.url), {
    workerData: { text, name },
    resourceLimits: { maxOldGenerationSizeMb: 512 },
  });
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const timer = setTimeout(() => reject(new Error("reading it takes too long")), parseMs);
  worker.once("message", resolve);
  worker.once("error", reject);
  worker.once("exit", () => reject(new Error("reading it failed")));
  return promise.finally(() => {
    clearTimeout(timer);
    void worker.terminate();
  });
}

function missing({ name, version }: WantedChart, base: URL, why: string): HelmError {
  const message = `chart ${name} ${version} not found in ${shown(base)}: ${why}`;
  return new HelmError("chart-not-found", message, { command: "fetch" });
}
