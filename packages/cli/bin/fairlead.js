#!/usr/bin/env node
// Runs on any Node.js since 18: hands over to the Node.js that comes with the checkout where this one is too old.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import module from "node:module";
import { constants, homedir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const leastMajor = 24;

if (Number.parseInt(process.versions.node, 10) >= leastMajor) {
  cacheCompiledCode();
  await import("../src/main.ts");
} else {
  const node = bundledNode();
  if (node) handOver(node);
  else {
    process.stderr.write(
      `Error: fairlead needs Node.js ${leastMajor} or newer, this is ${process.versions.node}: run "npm ci" in the ` +
        "checkout (it brings Node.js along on Linux x64 and arm64), or install it from https://nodejs.org\n",
    );
    process.exitCode = 1;
  }
}

/** Types are stripped once, not at each start. In the user's own cache: what lies there is executed. */
function cacheCompiledCode() {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  module.enableCompileCache(join(cache, "fairlead", "node-compile-cache"));
}

/** The executable of npm's package `node-<os>-<arch>`, of which package managers choose the place. */
function bundledNode() {
  const name = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
  const executable = process.platform === "win32" ? "bin/node.exe" : "bin/node";
  const here = fileURLToPath(import.meta.url);
  try {
    const found = join(dirname(module.createRequire(here).resolve(`${name}/package.json`)), executable);
    if (existsSync(found)) return found;
  } catch {
    // Not where modules are resolved from; look by hand.
  }
  for (let directory = dirname(here); ; directory = dirname(directory)) {
    const candidate = join(directory, "node_modules", name, executable);
    if (existsSync(candidate)) return candidate;
    if (directory === dirname(directory)) return undefined;
  }
}

function handOver(node) {
  const argv = [node, ...process.execArgv, fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  const child = spawn(node, argv.slice(1), { stdio: "inherit" });
  const forwarded = ["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM", "SIGUSR2"];
  for (const signal of forwarded) {
    process.on(signal, () => {
      // A key press reaches the whole foreground process group: the child has it already, and twice means "at once".
      const typed = (signal === "SIGINT" || signal === "SIGQUIT") && process.stdin.isTTY;
      if (!typed) child.kill(signal);
    });
  }
  child.on("error", (error) => {
    process.stderr.write(`Error: cannot run ${node}: ${error.message}\n`);
    process.exitCode = 1;
  });
  child.on("exit", (code, signal) => {
    if (!signal) {
      process.exitCode = code ?? 1;
      return;
    }
    // Ends the way the child did, so that a shell sees the same.
    for (const name of forwarded) process.removeAllListeners(name);
    process.exitCode = 128 + constants.signals[signal];
    process.kill(process.pid, signal);
  });
}
