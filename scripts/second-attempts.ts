import { relative } from "node:path";
import type { Reporter, TestCase } from "vitest/node";

/**
 * Names every test that passed only at its second attempt, with what it said at the first: such a test does not stop a
 * change from landing, and is never silent (docs/decisions/0016).
 */
export default class SecondAttempts implements Reporter {
  readonly #found: TestCase[] = [];

  onTestCaseResult(test: TestCase): void {
    if (test.diagnostic()?.flaky) this.#found.push(test);
  }

  onTestRunEnd(): void {
    if (this.#found.length === 0) return;
    console.log(`\n⚠ passed only at the second attempt: ${this.#found.length}`);
    for (const test of this.#found) {
      const errors = test.result().errors ?? [];
      console.log(`  ${relative(process.cwd(), test.module.moduleId)} > ${test.fullName}`);
      for (const { message } of errors) console.log(`    at first: ${message.split("\n", 1)[0]}`);
    }
  }
}
