import { expect, test } from "vitest";
import { mapInParallel } from "./in-parallel.ts";

test("results in order, calls bounded", async () => {
  let running = 0;
  let most = 0;
  const results = await mapInParallel([5, 1, 4, 2], 2, async (item) => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setTimeout(resolve, item));
    running -= 1;
    return item * 10;
  });
  expect(results).toEqual([50, 10, 40, 20]);
  expect(most).toBe(2);
});

test("a failure ends it", async () => {
  const seen: number[] = [];
  const failing = mapInParallel([1, 2, 3, 4, 5, 6], 2, async (item) => {
    seen.push(item);
    await Promise.resolve();
    if (item === 2) throw new Error("two");
  });
  await expect(failing).rejects.toThrow("two");
  expect(seen.length).toBeLessThan(6);
});
