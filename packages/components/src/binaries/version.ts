import { readFile } from "node:fs/promises";
import { execa } from "execa";
import { childEnvironment } from "../environment.ts";
import type { BinaryPin } from "./pins.ts";

const timeoutMs = 20_000;

/** Asks a binary for its version. Undefined if it does not answer as this component does, or not at all. */
export async function askVersion(
  path: string,
  pin: Pick<BinaryPin, "versionArgs" | "versionSource" | "versionPattern">,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const result = await execa(path, [...pin.versionArgs], {
    env: childEnvironment(),
    extendEnv: false,
    stdin: "ignore",
    all: true,
    reject: false,
    timeout: timeoutMs,
    ...(signal ? { cancelSignal: signal } : {}),
  });
  signal?.throwIfAborted();
  if (result.failed) return undefined;
  const text = pin.versionSource === "build-info" ? buildInfo(await readFile(path)) : result.all;
  return pin.versionPattern.exec(text)?.[1];
}

const buildInfoMagic = "\xff Go buildinf:";
/** Far more than the lines of any program's modules take. */
const buildInfoBytes = 64 * 1024;

/**
 * What `go version -m` prints, and some bytes after it; empty for a file that no Go linker made.
 * @see https://pkg.go.dev/debug/buildinfo
 */
export function buildInfo(binary: Buffer): string {
  const start = binary.indexOf(buildInfoMagic, 0, "latin1");
  return start < 0 ? "" : binary.toString("latin1", start, start + buildInfoBytes);
}
