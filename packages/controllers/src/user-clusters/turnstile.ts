/** How long it is kept free for who was called. */
const calledForMs = 10_000;

/**
 * Lets few in at once, in the order in which they came. Nobody waits inside: who is not let in goes away, and is called when it is
 * their turn.
 */
export class Turnstile {
  readonly #atOnce: number;
  readonly #call: (id: string) => void;
  readonly #allCalled: () => void;
  #inside = 0;
  readonly #waiting = new Set<string>();
  readonly #called = new Map<string, NodeJS.Timeout>();

  /**
   * @param options.call comes back with an id that may enter now
   * @param options.allCalled called once nobody waits any more
   */
  constructor({ atOnce, call, allCalled }: { atOnce: number; call: (id: string) => void; allCalled: () => void }) {
    this.#atOnce = atOnce;
    this.#call = call;
    this.#allCalled = allCalled;
  }

  /** @returns whether it is let in; then `leave` has to follow */
  enter(id: string): boolean {
    const isCalled = this.#called.has(id);
    if (isCalled || this.#isFree) {
      this.#forget(id);
      this.#inside++;
      return true;
    }
    this.#waiting.add(id);
    this.#callNext();
    return false;
  }

  leave(): void {
    this.#inside--;
    this.#callNext();
  }

  /** It does not want to enter any more. */
  giveUp(id: string): void {
    this.#waitsNoLonger(id);
    if (this.#forget(id)) this.#callNext();
  }

  /** Whether somebody was not let in, and was not called yet. */
  get hasWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  get #isFree(): boolean {
    return this.#inside + this.#called.size < this.#atOnce;
  }

  #callNext(): void {
    while (this.#isFree) {
      const [next] = this.#waiting;
      if (next === undefined) return;
      // Whoever does not come was deleted, or has become somebody else's.
      this.#called.set(next, setTimeout(() => this.giveUp(next), calledForMs).unref());
      this.#waitsNoLonger(next);
      this.#call(next);
    }
  }

  #waitsNoLonger(id: string): void {
    if (this.#waiting.delete(id) && this.#waiting.size === 0) this.#allCalled();
  }

  #forget(id: string): boolean {
    clearTimeout(this.#called.get(id));
    return this.#called.delete(id);
  }
}
