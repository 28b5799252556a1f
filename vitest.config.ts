import { defineConfig } from "vitest/config";

const integration = ["packages/*/src/**/*.integration.test.ts", "test/fleet/**/*.test.ts"];

/** Needs an older Kubernetes, which takes minutes to build on a machine that does not have it yet. */
const upgrade = ["packages/*/src/**/*.upgrade.test.ts"];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          // Seconds are enough; a machine that is busy elsewhere may take longer.
          testTimeout: 60_000,
          // Vitest refuses two numbers of workers in one group, and with four cores or more this one's is not that of `integration`.
          sequence: { groupOrder: 1 },
          include: [
            "packages/*/src/**/*.test.ts",
            "packages/web/{src,build}/**/*.test.{ts,tsx}",
            "scripts/**/*.test.ts",
          ],
          exclude: ["**/node_modules/**", ...integration, ...upgrade],
        },
      },
      {
        // Real API servers: each file starts its own, so only a few run side by side on a small machine.
        test: {
          name: "integration",
          include: integration,
          testTimeout: 420_000,
          hookTimeout: 600_000,
          maxWorkers: 2,
        },
      },
      {
        // One real stack and a real browser: see test/browser/stack.ts.
        test: {
          name: "browser",
          include: ["test/browser/**/*.test.ts"],
          globalSetup: ["test/browser/stack.ts"],
          testTimeout: 180_000,
          hookTimeout: 120_000,
          expect: { poll: { timeout: 30_000 } },
          maxWorkers: 1,
          fileParallelism: false,
        },
      },
      { test: { name: "upgrade", include: upgrade, testTimeout: 420_000, maxWorkers: 1 } },
    ],
  },
});
