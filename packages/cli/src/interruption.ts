import { CommandError } from "./command-error.ts";
import { exitCode } from "./exit-code.ts";

const exitCodes = { SIGINT: exitCode.interrupted, SIGTERM: exitCode.terminated } as const;
type Name = keyof typeof exitCodes;
const names = Object.keys(exitCodes) as Name[];

/** Turns the first Ctrl-C into an abort, so that a command ends in order; a second one ends the process at once. */
export class Interruption implements Disposable {
  readonly #controller = new AbortController();

  constructor() {
    // Not `once`: what hides and restores the cursor ends the process as soon as it is the only listener left.
    for (const name of names) process.on(name, this.#onSignal);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  readonly #onSignal = (name: NodeJS.Signals): void => {
    const { signal } = this.#controller;
    if (signal.aborted) {
      this[Symbol.dispose]();
      process.kill(process.pid, name);
    } else {
      this.#controller.abort(new CommandError(exitCodes[name as Name], "interrupted"));
    }
  };

  [Symbol.dispose](): void {
    for (const name of names) process.removeListener(name, this.#onSignal);
  }
}
