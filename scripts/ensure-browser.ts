import { execFileSync } from "node:child_process";
import { chromiumPath } from "../test/browser/chromium.ts";

/**
 * Looks for Chromium, and installs Debian's where there is none and this may be done: as root, with apt-get. Otherwise it says what
 * is missing, and the browser tests fail.
 */
export function ensureBrowser(): void {
  try {
    console.log(`  browser: ${chromiumPath()}`);
  } catch (error) {
    console.log(`  ${(error as Error).message}`);
    if (process.getuid?.() !== 0) return;
    for (const args of [["update"], ["install", "--yes", "--no-install-recommends", "chromium"]]) {
      console.log(`  running as root: apt-get ${args.join(" ")}`);
      try {
        execFileSync("apt-get", args, {
          stdio: ["ignore", "ignore", "inherit"],
          env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
        });
      } catch (failure) {
        console.log(`  apt-get failed: ${(failure as Error).message}`);
        return;
      }
    }
  }
}
