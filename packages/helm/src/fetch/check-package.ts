import { pipeline, Readable, Writable } from "node:stream";
import { createGunzip } from "node:zlib";
import { Parser, type ReadEntry } from "tar";
import { HelmError } from "../runner/helm-error.ts";

/** Of the package as it is fetched. Helm's own charts are kilobytes; those with vendored dependencies a few megabytes. */
export const largestPackage = 32 * 1024 * 1024;
/** Of all that comes out of it, headers included; helm itself stops at this sum of files. */
const largestContent = 100 * 1024 * 1024;
const mostEntries = 10_000;
const longestPath = 1024;
const kinds: ReadonlySet<string> = new Set(["File", "OldFile", "ContiguousFile", "Directory", "GNUDumpDir"]);

/**
 * Whether a chart package can be handed to helm: a gzipped tar of files and folders alone, all of them inside, and not
 * endless. It is read to its end without being unpacked anywhere.
 * @throws HelmError archive-refused
 */
export async function checkPackage(content: Buffer, name: string): Promise<void> {
  const refuse = (why: string) => new HelmError("archive-refused", `${name}: ${why}`, { command: "fetch" });
  if (content.length > largestPackage) throw refuse(`larger than ${largestPackage} bytes`);
  let entries = 0;
  let size = 0;
  let refusal: HelmError | undefined;
  const parser = new Parser({ strict: true, maxMetaEntrySize: 64 * 1024 });
  parser.on("entry", (entry: ReadEntry) => {
    entries += 1;
    const why = entries > mostEntries ? `more than ${mostEntries} files` : objection(entry);
    if (why) refusal ??= refuse(why);
    entry.resume();
  });
  // The parser is told of the end only if nothing was wrong.
  const reader = new Writable({
    write(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      if (size > largestContent) refusal ??= refuse(`unpacks to more than ${largestContent} bytes`);
      if (!refusal) parser.write(chunk);
      done(refusal);
    },
    final(done) {
      parser.end();
      done(refusal);
    },
  });
  const failed = new Promise<never>((_, reject) => parser.once("error", reject));
  failed.catch(() => undefined);
  const read = new Promise<void>((resolve, reject) =>
    pipeline(Readable.from([content]), createGunzip(), reader, (error) => (error ? reject(error) : resolve())),
  );
  try {
    await Promise.race([read, failed]);
  } catch (error) {
    throw refusal ?? refuse(`no gzipped tar archive: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (entries === 0) throw refuse("holds no files");
}

function objection({ type, path }: ReadEntry): string | undefined {
  const shown = JSON.stringify(path.slice(0, 100));
  if (!kinds.has(type)) return `${shown} is a ${type}: expected files and folders alone`;
  if (path.length > longestPath) return `${shown}… is longer than ${longestPath} characters`;
  const parts = path.split(/[/\\]/);
  if (path.startsWith("/") || path.startsWith("\\") || /^[a-z]:/i.test(path) || parts.includes("..")) {
    return `${shown} leads out of the chart`;
  }
  return /\p{Cc}/u.test(path) ? `${shown} holds control characters` : undefined;
}
