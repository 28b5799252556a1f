import pLimit, { type LimitFunction } from "p-limit";

/** Lets few work at once; whoever takes longer than most is not waited for, and goes on beside the others. */
export class Turns {
  readonly #limit: LimitFunction;
  readonly #longestMs: number;

  /** @param longestMs after that a turn is over, whether its work has ended or not */
  constructor({ atOnce, longestMs }: { atOnce: number; longestMs: number }) {
    this.#limit = pLimit(atOnce);
    this.#longestMs = longestMs;
  }

  /** Settles as `work` does, which begins when it is its turn. */
  run<T>(work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      void this.#limit(async () => {
        const ended = work().then(resolve, reject);
        let timer: NodeJS.Timeout | undefined;
        const over = new Promise<void>((done) => {
          timer = setTimeout(done, this.#longestMs);
        });
        await Promise.race([ended, over]);
        clearTimeout(timer);
      });
    });
  }
}
