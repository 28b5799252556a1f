import { join } from "node:path";
import { execa } from "execa";
import { type Environment, goEnvironment } from "../environment.ts";
import { ComponentError } from "../errors.ts";
import { explainGoFailure } from "./go-failure.ts";
import { requireGo } from "./go-toolchain.ts";
import type { Report } from "./phase-reporter.ts";
import type { GoModuleSource } from "./pins.ts";

const keptLines = 200;

export interface GoBuildOptions {
  toolsDirectory: string;
  environment: Environment;
  report: Report;
  signal?: AbortSignal | undefined;
}

export function goBuildFlags(source: GoModuleSource): string[] {
  return ["-trimpath", "-ldflags", source.ldflags.join(" ")];
}

/** Compiles a Go main package to the file `output`. Modules are checked against the tool's go.sum by `go` itself. */
export async function buildGoBinary(source: GoModuleSource, output: string, options: GoBuildOptions): Promise<void> {
  await requireGo(options.environment, options.signal);
  const total = await countStalePackages(source, options);
  let done = 0;
  options.report("compiling", { done, total });
  const args = ["build", "-C", join(options.toolsDirectory, source.tool), "-v", ...goBuildFlags(source)];
  await runGo([...args, "-o", output, source.package], options, (line) => {
    // With -v the compiler names each package as it starts on it, and nothing else unless something is wrong.
    if (/\s/.test(line) || line.startsWith("go:")) return;
    done = Math.min(done + 1, total);
    options.report("compiling", { done, total });
  });
}

/** How many packages the build will compile; the others are in Go's build cache. Downloads the modules on the way. */
async function countStalePackages(source: GoModuleSource, options: GoBuildOptions): Promise<number> {
  let modules = 0;
  const args = ["list", "-C", join(options.toolsDirectory, source.tool), ...goBuildFlags(source)];
  const stdout = await runGo([...args, "-deps", "-f", "{{.Stale}}", source.package], options, (line) => {
    if (!line.startsWith("go: downloading ")) return;
    modules += 1;
    options.report("downloading", { done: modules });
  });
  return stdout.filter((line) => line === "true").length;
}

async function runGo(args: string[], options: GoBuildOptions, onLine: (line: string) => void): Promise<string[]> {
  const child = execa("go", args, {
    env: goEnvironment(options.environment),
    extendEnv: false,
    stdin: "ignore",
    lines: true,
    reject: false,
    ...(options.signal ? { cancelSignal: options.signal } : {}),
  });
  const kept: string[] = [];
  for await (const line of child.iterable({ from: "stderr" })) {
    kept.push(line);
    if (kept.length > keptLines) kept.shift();
    onLine(line);
  }
  const result = await child;
  options.signal?.throwIfAborted();
  if (!result.failed) return result.stdout;
  if (result.code === "ENOENT") throw new ComponentError("go-missing", "`go` was not found on PATH");
  throw explainGoFailure(kept, result);
}
