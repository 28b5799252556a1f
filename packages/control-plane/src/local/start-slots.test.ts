import { expect, test } from "vitest";
import { StartSlots } from "./start-slots.ts";

const never = new AbortController().signal;

test("no more than so many run at a time, in the order they came, and a failure frees its slot", async () => {
  const slots = new StartSlots(2);
  const order: number[] = [];
  let running = 0;
  let most = 0;
  const start = (index: number) =>
    slots.run(async () => {
      order.push(index);
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running -= 1;
      if (index === 1) throw new Error("failed");
    }, never);
  const results = await Promise.allSettled([0, 1, 2, 3, 4].map(start));
  expect(order).toEqual([0, 1, 2, 3, 4]);
  expect(most).toBe(2);
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled", "fulfilled", "fulfilled"]);
});

test("who gives up while waiting takes no slot along", async () => {
  const slots = new StartSlots(1);
  const gate = Promise.withResolvers<void>();
  const first = slots.run(() => gate.promise, never);
  const abort = new AbortController();
  const second = slots.run(async () => "second", abort.signal);
  const third = slots.run(async () => "third", never);
  abort.abort(new Error("given up"));
  await expect(second).rejects.toThrow("given up");
  gate.resolve();
  await first;
  expect(await third).toBe("third");
  expect(await slots.run(async () => "fourth", never)).toBe("fourth");
});
