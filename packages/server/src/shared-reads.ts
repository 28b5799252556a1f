/** One that hangs holds up the next ones no longer. A list of thousands of clusters takes a second or two. */
const longestReadMs = 20_000;

interface UnderWay {
  ended: Promise<void>;
  /** The read after this one, once somebody wants it. */
  next?: Promise<unknown>;
}

/**
 * Lets requests that want the same at the same time share one read, and none of them gets something older than itself:
 * whoever comes while a read is under way waits for the next one, which begins then and serves all who wait for it.
 * What is read is shared: nobody may change it.
 */
export class SharedReads {
  readonly #underWay = new Map<string, UnderWay>();

  /** @param load what it rejects with, all who share it get; its signal ends it if it hangs */
  read<T>(key: string, load: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const running = this.#underWay.get(key);
    if (!running) return this.#begin(key, load);
    running.next ??= running.ended.then(() => this.#begin(key, load));
    return running.next as Promise<T>;
  }

  #begin<T>(key: string, load: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const result = load(AbortSignal.timeout(longestReadMs));
    const end = () => {
      if (!running.next) this.#underWay.delete(key);
    };
    const running: UnderWay = { ended: result.then(end, end) };
    this.#underWay.set(key, running);
    return result;
  }
}
