import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import { Turns } from "./turns.ts";

test("no more work at once than may", async () => {
  const turns = new Turns({ atOnce: 3, longestMs: 60_000 });
  let [now, most] = [0, 0];
  const results = await Promise.all(
    Array.from({ length: 10 }, (_, number) =>
      turns.run(async () => {
        most = Math.max(most, ++now);
        await wait(1);
        now--;
        return number;
      }),
    ),
  );
  expect(most).toBe(3);
  expect(results).toEqual(Array.from({ length: 10 }, (_, number) => number));
});

test("work without end keeps its turn for a while only, and its result is still told", async () => {
  const turns = new Turns({ atOnce: 1, longestMs: 1 });
  const { promise, resolve } = Promise.withResolvers<string>();
  const slow = turns.run(() => promise);
  expect(await turns.run(async () => "other")).toBe("other");
  resolve("slow");
  expect(await slow).toBe("slow");
});

test("what fails is told to its own caller, and ends its turn", async () => {
  const turns = new Turns({ atOnce: 1, longestMs: 60_000 });
  await expect(turns.run(() => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
  expect(await turns.run(async () => "next")).toBe("next");
});
