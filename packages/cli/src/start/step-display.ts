import { performance } from "node:perf_hooks";

/** One line for each step with the time it took; on a terminal the line appears as the step begins. */
export class StepDisplay {
  readonly #stream: NodeJS.WriteStream;
  #current: { title: string; since: number } | undefined;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  begin(title: string): void {
    this.finish();
    this.#current = { title, since: performance.now() };
    if (this.#stream.isTTY) this.#stream.write(`  ${title} …\n`);
  }

  finish(): void {
    this.#end("✔");
  }

  fail(): void {
    this.#end("✖");
  }

  cancel(): void {
    this.#end("■");
  }

  #end(mark: string): void {
    if (!this.#current) return;
    const { title, since } = this.#current;
    this.#current = undefined;
    const seconds = ((performance.now() - since) / 1000).toFixed(1);
    this.#stream.write(`${mark} ${title} (${seconds} s)\n`);
  }
}
