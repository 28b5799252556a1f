import { expect, test } from "vitest";
import { LruCache } from "./lru-cache.ts";

test("what was used last stays", () => {
  const cache = new LruCache<number>(2);
  cache.set("a", 1);
  cache.set("b", 2);
  cache.get("a");
  cache.set("c", 3);
  expect([cache.get("a"), cache.get("b"), cache.get("c")]).toEqual([1, undefined, 3]);
});

test("an entry that was replaced is not dropped", () => {
  const cache = new LruCache<number>(2);
  cache.set("a", 1);
  cache.set("a", 2);
  cache.drop("a", 1);
  expect(cache.get("a")).toBe(2);
  cache.drop("a", 2);
  expect(cache.get("a")).toBeUndefined();
});
