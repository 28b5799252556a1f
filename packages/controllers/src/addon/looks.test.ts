import type { KubeClient } from "@fairlead/kube";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { UserCluster } from "../user-clusters/user-clusters.ts";
import { Looks } from "./looks.ts";

const list = vi.fn<() => Promise<{ items: unknown[] }>>();
let touched: number;
let looks: Looks;

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  list.mockReset().mockResolvedValue({ items: [] });
  touched = performance.now();
  vi.advanceTimersByTime(10);
  looks = new Looks({ touchedMs: () => touched });
});
afterEach(() => {
  vi.useRealTimers();
});

function userCluster(id: string): UserCluster {
  const client = { list } as unknown as KubeClient;
  return { id, client, kubeconfig: "", signal: new AbortController().signal };
}

test("who looks at a cluster at the same time shares what is read", async () => {
  const cluster = userCluster("a");
  const [first, second] = await Promise.all([looks.look(cluster), looks.look(cluster)]);
  vi.advanceTimersByTime(900);
  expect(await looks.look(cluster)).toBe(first);
  expect(second).toBe(first);
  expect(list).toHaveBeenCalledTimes(1);
  expect(await looks.look(userCluster("b"))).not.toBe(first);
});

test("after a second all is read anew", async () => {
  const cluster = userCluster("a");
  await looks.look(cluster);
  vi.advanceTimersByTime(1_001);
  await looks.look(cluster);
  expect(list).toHaveBeenCalledTimes(2);
});

test("what was begun before something happened in the cluster is not shared after it", async () => {
  const cluster = userCluster("a");
  await looks.look(cluster);
  vi.advanceTimersByTime(10);
  touched = performance.now();
  await looks.look(cluster);
  expect(list).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(10);
  await looks.look(cluster);
  expect(list).toHaveBeenCalledTimes(3); // The second began at the very time of the change.
  await looks.look(cluster);
  expect(list).toHaveBeenCalledTimes(3);
});

test("a look that failed is not shared", async () => {
  const cluster = userCluster("a");
  list.mockRejectedValueOnce(new Error("gone"));
  await expect(looks.look(cluster)).rejects.toThrow("gone");
  await looks.look(cluster);
  expect(list).toHaveBeenCalledTimes(2);
});
