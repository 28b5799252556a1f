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

  /**
   * Settles as `work` does, which begins when it is its turn.
   * @param consequences of work that succeeded in time: the turn lasts until they have ended, however long that takes
   */
  run<T>(work: () => Promise<T>, consequences: () => Promise<void> = async () => undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      void this.#limit(async () => {
        const succeeded = work().then(
          (result) => {
            resolve(result);
            return true;
          },
          (error) => {
            reject(error);
            return false;
          },
        );
        if (await Promise.race([succeeded, this.#over()])) await consequences();
      });
    });
  }

  #over(): Promise<false> {
    return new Promise((resolve) => setTimeout(resolve, this.#longestMs, false).unref());
  }
}
