import { describe, expect, test } from "vitest";
import { SharedReads } from "./shared-reads.ts";

describe("SharedReads", () => {
  /** Reads of what is stored when they begin; they end when they are told to. */
  function store() {
    const begun: { seen: number; end: (error?: Error) => void }[] = [];
    const state = { stored: 0 };
    const load = () => {
      const seen = state.stored;
      const { promise, resolve, reject } = Promise.withResolvers<number>();
      begun.push({ seen, end: (error) => (error ? reject(error) : resolve(seen)) });
      return promise;
    };
    return { state, begun, load };
  }
  const settled = () => new Promise((resolve) => setImmediate(resolve));

  test("whoever comes meanwhile shares the next read, and sees what was written before", async () => {
    const reads = new SharedReads();
    const { state, begun, load } = store();
    const first = reads.read("a", load);
    state.stored = 1;
    const second = reads.read("a", load);
    const third = reads.read("a", load);
    expect(begun).toHaveLength(1);
    begun[0]?.end();
    expect(await first).toBe(0);
    await settled();
    state.stored = 2;
    const fourth = reads.read("a", load);
    begun[1]?.end();
    expect([await second, await third]).toEqual([1, 1]);
    await settled();
    begun[2]?.end();
    expect(await fourth).toBe(2);
    expect(begun).toHaveLength(3);
  });

  test("one that fails fails for those who share it only; keys have nothing to do with each other", async () => {
    const reads = new SharedReads();
    const { begun, load } = store();
    const failing = reads.read("a", load);
    const other = reads.read("b", load);
    const waiting = reads.read("a", load);
    expect(begun).toHaveLength(2);
    begun[0]?.end(new Error("no"));
    await expect(failing).rejects.toThrow("no");
    await settled();
    for (const { end } of begun) end();
    expect([await other, await waiting]).toEqual([0, 0]);
    const later = reads.read("a", load);
    expect(begun).toHaveLength(4);
    begun[3]?.end();
    expect(await later).toBe(0);
  });
});
