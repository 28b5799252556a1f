import { execFileSync } from "node:child_process";

/**
 * Makes sure of something that Debian has and that is not ours to build: looks for it, and installs packages where it is missing and
 * this may be done: as root, with apt-get. Otherwise it says what is missing, and the tests that need it fail.
 * @param find returns what to tell of it. @throws Error that says what is missing
 */
export function ensureFromDebian(packages: readonly string[], find: () => string): void {
  try {
    console.log(`  ${find()}`);
  } catch (error) {
    console.log(`  ${(error as Error).message}`);
    if (process.getuid?.() !== 0) return;
    for (const args of [["update"], ["install", "--yes", "--no-install-recommends", ...packages]]) {
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
