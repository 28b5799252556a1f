import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { WorkQueue } from "./work-queue.ts";

const newQueue = () => new WorkQueue<string>({ keyOf: (item) => item });

async function takeAll(queue: WorkQueue<string>): Promise<string[]> {
  const taken: string[] = [];
  while (queue.size > 0) {
    const item = await queue.take();
    if (item === undefined) break;
    taken.push(item);
    queue.done(item);
  }
  return taken;
}

describe("WorkQueue", () => {
  it("hands a key out once, however often it was added", async () => {
    const queue = newQueue();
    for (const key of ["a", "b", "a", "a"]) queue.add(key);
    expect(await takeAll(queue)).toEqual(["a", "b"]);
  });

  it("gives a waiting taker what is added later", async () => {
    const queue = newQueue();
    const taken = queue.take();
    queue.add("a");
    expect(await taken).toBe("a");
  });

  it("makes one piece of work of what is added in one go, though a taker waits", async () => {
    const queue = newQueue();
    const taken = queue.take();
    queue.add("a");
    queue.add("a");
    expect(await taken).toBe("a");
    queue.done("a");
    expect(queue.size).toBe(0);
  });

  it("does not hand out a key that is worked on, and does so after done", async () => {
    const queue = newQueue();
    queue.add("a");
    await queue.take();
    queue.add("a");
    expect(queue.size).toBe(0);
    queue.done("a");
    expect(await queue.take()).toBe("a");
    queue.done("a");
    expect(queue.size).toBe(0);
  });

  it("serves high priority first, and first in, first out within one", async () => {
    const queue = newQueue();
    queue.add("resync-1", "low");
    queue.add("resync-2", "low");
    queue.add("user-1");
    queue.add("user-2");
    expect(await takeAll(queue)).toEqual(["user-1", "user-2", "resync-1", "resync-2"]);
  });

  it("lifts a waiting key to high priority, never down", async () => {
    const queue = newQueue();
    for (const key of ["a", "b", "c"]) queue.add(key, "low");
    queue.add("c");
    queue.add("c", "low");
    expect(await takeAll(queue)).toEqual(["c", "a", "b"]);
  });

  it("keeps order and loses nothing over many interleaved adds and takes", async () => {
    const queue = newQueue();
    const expected = Array.from({ length: 3000 }, (_, index) => `key-${index}`);
    const taken: string[] = [];
    for (const key of expected) {
      queue.add(key);
      if (Number(key.slice(4)) % 3 !== 0) continue;
      const item = await queue.take();
      if (item) queue.done(item);
      taken.push(item ?? "");
    }
    expect([...taken, ...(await takeAll(queue))]).toEqual(expected);
  });

  it("ends all takers on shutDown", async () => {
    const queue = newQueue();
    const taken = [queue.take(), queue.take()];
    queue.shutDown();
    queue.add("late");
    expect(await Promise.all([...taken, queue.take()])).toEqual([undefined, undefined, undefined]);
  });

  it("tells its observer of adds, depth and retries", async () => {
    const seen: string[] = [];
    const queue = new WorkQueue<string>({
      keyOf: (item) => item,
      observer: {
        depth: (priority, size) => void (priority === "high" && seen.push(`depth ${size}`)),
        added: () => void seen.push("added"),
        retried: () => void seen.push("retried"),
        taken: () => void seen.push("taken"),
        finished: () => void seen.push("finished"),
      },
    });
    queue.add("a");
    queue.add("a");
    await queue.take();
    queue.addRateLimited("a");
    queue.done("a");
    queue.shutDown();
    expect(seen).toEqual(["added", "depth 1", "taken", "depth 0", "retried", "finished"]);
  });
});

describe("WorkQueue with time", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("adds after the delay", async () => {
    const queue = newQueue();
    queue.addAfter("a", 1000);
    await vi.advanceTimersByTimeAsync(999);
    expect(queue.size).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(queue.size).toBe(1);
  });

  it.each([
    ["later then earlier", [1000, 100]],
    ["earlier then later", [100, 1000]],
  ])("keeps the earlier of two delays: %s", async (_, delays) => {
    const queue = newQueue();
    for (const delay of delays) queue.addAfter("a", delay);
    await vi.advanceTimersByTimeAsync(100);
    expect(await takeAll(queue)).toEqual(["a"]);
    await vi.advanceTimersByTimeAsync(5000);
    expect(queue.size).toBe(0);
  });

  it("drops a delay when the key is added at once", async () => {
    const queue = newQueue();
    queue.addAfter("a", 100);
    queue.add("a");
    expect(await takeAll(queue)).toEqual(["a"]);
    await vi.advanceTimersByTimeAsync(5000);
    expect(queue.size).toBe(0);
  });

  it("keeps a delay across more than a timer's range", async () => {
    const queue = newQueue();
    queue.addAfter("a", 2 ** 40);
    await vi.advanceTimersByTimeAsync(1000);
    expect(queue.size).toBe(0);
    queue.shutDown();
  });

  it("doubles the delay of each failure from 5 ms to 1000 s, a key by itself, until forgotten", () => {
    const queue = newQueue();
    const delays = Array.from({ length: 20 }, () => queue.addRateLimited("a"));
    expect(delays.slice(0, 4)).toEqual([5, 10, 20, 40]);
    expect(delays.at(-1)).toBe(1_000_000);
    expect(queue.addRateLimited("b")).toBe(5);
    queue.forget("a");
    expect(queue.addRateLimited("a")).toBe(5);
    queue.shutDown();
  });

  describe("with groups", () => {
    /** `seed/project/cluster:n` */
    const fair = (limits: number[], inOneGo = 1) =>
      new WorkQueue<string>({
        keyOf: (item) => item,
        fairness: {
          inOneGo,
          groupsOf: (item) => (item.split(":")[0] ?? "").split("/"),
          limitOf: (path) => limits[path.length - 1] ?? 0,
        },
      });

    it.each([
      {
        what: "takes turns among groups on every level",
        inOneGo: 1,
        added: ["s/p/a:1", "s/p/a:2", "s/p/a:3", "s/p/b:1", "s/q/c:1", "t/r/d:1", "t/r/d:2"],
        taken: ["s/p/a:1", "t/r/d:1", "s/q/c:1", "t/r/d:2", "s/p/b:1", "s/p/a:2", "s/p/a:3"],
      },
      {
        what: "takes several of an innermost group in one go, and then others'",
        inOneGo: 2,
        added: ["s/p/a:1", "s/p/a:2", "s/p/a:3", "s/p/b:1", "s/p/b:2", "s/q/c:1", "s/q/c:2"],
        taken: ["s/p/a:1", "s/q/c:1", "s/p/a:2", "s/q/c:2", "s/p/b:1", "s/p/b:2", "s/p/a:3"],
      },
    ])("$what", async ({ inOneGo, added, taken }) => {
      const queue = fair([9, 9, 9], inOneGo);
      for (const item of added) queue.add(item);
      expect(await takeAll(queue)).toEqual(taken);
    });

    it("works on no more of a group at once than its limit, and on others meanwhile", async () => {
      const queue = fair([3, 2, 1]);
      for (const item of ["s/p/a:1", "s/p/a:2", "s/p/b:1", "s/p/c:1", "s/q/d:1", "s/q/e:1", "t/r/f:1"]) queue.add(item);
      const first = [await queue.take(), await queue.take(), await queue.take(), await queue.take()];
      expect(first).toEqual(["s/p/a:1", "t/r/f:1", "s/q/d:1", "s/p/b:1"]);
      const next = queue.take(); // s has its three.
      await Promise.resolve();
      expect(await Promise.race([next, Promise.resolve("nothing yet")])).toBe("nothing yet");
      queue.done("s/q/d:1");
      expect(await next).toBe("s/q/e:1");
    });

    it("does what is urgent in one group before what is not in another, unless that group is full", async () => {
      const queue = fair([9, 9, 1]);
      queue.add("s/p/a:1");
      await queue.take();
      queue.add("s/p/a:2", "high");
      queue.add("s/p/b:1", "low");
      expect(await queue.take()).toBe("s/p/b:1");
    });

    it("forgets groups that have nothing left", async () => {
      const queue = fair([9, 9, 9]);
      for (let i = 0; i < 100; i++) queue.add(`s/p/c${i}:1`);
      for (let i = 0; i < 50; i++) queue.add(`s/p/c${i}:1`, "low");
      expect(await takeAll(queue)).toHaveLength(100);
      expect(queue.size).toBe(0);
    });
  });
});
