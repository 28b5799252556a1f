import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { type Environment, pythonEnvironment } from "../environment.ts";
import { ComponentError } from "../errors.ts";
import type { PythonPackagesSource } from "./pins.ts";

export interface PythonOptions {
  toolsDirectory: string;
  environment: Environment;
  signal?: AbortSignal | undefined;
}

/**
 * Makes a virtual environment beside the file `output` with the packages that the tool's requirements.txt names, whose
 * checksums pip verifies, and `output` itself, which runs a module in it. Both may be moved together afterwards.
 */
export async function installPythonPackages(
  source: PythonPackagesSource,
  output: string,
  options: PythonOptions,
): Promise<void> {
  const environment = join(dirname(output), "venv");
  await rm(environment, { recursive: true, force: true });
  await mkdir(dirname(output), { recursive: true });
  await run("python3", ["-m", "venv", environment], options);
  const requirements = join(options.toolsDirectory, source.tool, "requirements.txt");
  const checked = ["--require-hashes", "--only-binary", ":all:", "--no-deps", "--no-input"];
  const pip = ["-m", "pip", "install", "--disable-pip-version-check", "--progress-bar", "off", ...checked];
  await run(join(environment, "bin", "python"), [...pip, "--requirement", requirements], options);
  // Scripts of a virtual environment name its path, and it will be moved.
  const text = [
    "#!/bin/sh",
    'python="$(dirname "$0")/venv/bin/python"',
    'if [ "$1" = --version ]; then',
    `  exec "$python" -c 'import importlib.metadata as m; print("${source.package}", m.version("${source.package}"))'`,
    "fi",
    `exec "$python" -m ${source.module} "$@"`,
    "",
  ];
  await writeFile(output, text.join("\n"), { mode: 0o755 });
}

async function run(file: string, args: readonly string[], options: PythonOptions): Promise<void> {
  const result = await execa(file, [...args], {
    env: pythonEnvironment(options.environment),
    extendEnv: false,
    stdin: "ignore",
    all: true,
    reject: false,
    ...(options.signal ? { cancelSignal: options.signal } : {}),
  });
  options.signal?.throwIfAborted();
  if (result.code === "ENOENT") {
    throw new ComponentError("python-missing", `\`${file}\` was not found`, { cause: result });
  }
  if (!result.failed) return;
  const details = result.all
    .split("\n")
    .filter((line) => line.trim() !== "")
    .slice(-15);
  const [code, message] = /do not match the hashes/i.test(result.all)
    ? (["checksum-mismatch", "A Python package does not have the pinned checksum; refusing to use it"] as const)
    : (["download-failed", `\`${args.slice(0, 3).join(" ")}\` of python3 failed`] as const);
  throw new ComponentError(code, message, { details, cause: result });
}
