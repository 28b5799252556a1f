import { expect, test } from "vitest";
import { KeyedMutex } from "./keyed-mutex.ts";

test("tasks of one key never overlap, in the order in which they came, failures included", async () => {
  const mutex = new KeyedMutex();
  const log: string[] = [];
  const task = (name: string, ms: number) => async () => {
    log.push(`${name} begins`);
    await new Promise((resolve) => setTimeout(resolve, ms));
    log.push(`${name} ends`);
    if (name === "b") throw new Error("b fails");
    return name;
  };
  const results = await Promise.allSettled([
    mutex.run("key", task("a", 20)),
    mutex.run("key", task("b", 5)),
    mutex.run("key", task("c", 1)),
  ]);
  expect(log).toEqual(["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
});

test("tasks of other keys do not wait", async () => {
  const mutex = new KeyedMutex();
  const blocked = Promise.withResolvers<string>();
  const first = mutex.run("one", () => blocked.promise);
  expect(await mutex.run("two", async () => "two")).toBe("two");
  blocked.resolve("one");
  expect(await first).toBe("one");
});
