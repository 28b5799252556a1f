/** First in, first out, a key at most once; removal from the middle is cheap. */
export class KeyedFifo<T> {
  readonly #items = new Map<string, T>();
  // One iterator for many takes: a fresh one would walk over the holes that taken keys leave at the front.
  #front: MapIterator<[string, T]> | undefined;

  get size(): number {
    return this.#items.size;
  }

  has(key: string): boolean {
    return this.#items.has(key);
  }

  /** A key that waits already keeps its place. */
  add(key: string, item: T): void {
    if (!this.#items.has(key)) this.#items.set(key, item);
  }

  delete(key: string): boolean {
    return this.#items.delete(key);
  }

  take(): T | undefined {
    if (this.#items.size === 0) return undefined;
    this.#front ??= this.#items.entries();
    const next = this.#front.next();
    if (next.done) {
      this.#front = undefined;
      return this.take();
    }
    const [key, item] = next.value;
    this.#items.delete(key);
    return item;
  }
}
