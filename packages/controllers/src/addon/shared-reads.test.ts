import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { UserCluster } from "../user-clusters/user-clusters.ts";
import { SharedReads } from "./shared-reads.ts";

const readAnew = vi.fn<(cluster: UserCluster) => Promise<object>>();
let touched: number;
let reads: SharedReads<object>;

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  readAnew.mockReset().mockImplementation(async () => ({}));
  touched = performance.now();
  vi.advanceTimersByTime(10);
  reads = new SharedReads({ touchedMs: () => touched }, readAnew);
});
afterEach(() => {
  vi.useRealTimers();
});

const userCluster = (id: string) => ({ id }) as UserCluster;

test("who reads of a cluster at the same time shares what is read", async () => {
  const cluster = userCluster("a");
  const [first, second] = await Promise.all([reads.read(cluster), reads.read(cluster)]);
  vi.advanceTimersByTime(900);
  expect(await reads.read(cluster)).toBe(first);
  expect(second).toBe(first);
  expect(readAnew).toHaveBeenCalledTimes(1);
  expect(await reads.read(userCluster("b"))).not.toBe(first);
});

test("after a second all is read anew", async () => {
  const cluster = userCluster("a");
  await reads.read(cluster);
  vi.advanceTimersByTime(1_001);
  await reads.read(cluster);
  expect(readAnew).toHaveBeenCalledTimes(2);
});

test("what was begun before something happened in the cluster is not shared after it", async () => {
  const cluster = userCluster("a");
  await reads.read(cluster);
  vi.advanceTimersByTime(10);
  touched = performance.now();
  await reads.read(cluster);
  expect(readAnew).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(10);
  await reads.read(cluster);
  expect(readAnew).toHaveBeenCalledTimes(3); // The second began at the very time of the change.
  await reads.read(cluster);
  expect(readAnew).toHaveBeenCalledTimes(3);
});

test("what failed is not shared", async () => {
  const cluster = userCluster("a");
  readAnew.mockRejectedValueOnce(new Error("gone"));
  await expect(reads.read(cluster)).rejects.toThrow("gone");
  await reads.read(cluster);
  expect(readAnew).toHaveBeenCalledTimes(2);
});
