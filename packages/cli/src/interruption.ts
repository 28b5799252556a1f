import { CommandError } from "./command-error.ts";
import { exitCode } from "./exit-code.ts";

const signals = { SIGINT: exitCode.interrupted, SIGTERM: exitCode.terminated } as const;

/** Turns the first Ctrl-C into an abort, so that a command ends in order; a second one ends the process at once. */
export class Interruption implements Disposable {
  readonly #controller = new AbortController();

  constructor() {
    for (const name of signalNames) process.once(name, this.#abort);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  readonly #abort = (name: NodeJS.Signals): void => {
    const code = name === "SIGTERM" ? signals.SIGTERM : signals.SIGINT;
    this.#controller.abort(new CommandError(code, "interrupted"));
  };

  [Symbol.dispose](): void {
    for (const name of signalNames) process.removeListener(name, this.#abort);
  }
}

const signalNames = Object.keys(signals) as (keyof typeof signals)[];
