import { expect, test } from "vitest";
import { describeProgress } from "./describe-progress.ts";
import { phaseReporter } from "./phase-reporter.ts";
import type { BinaryProgress } from "./progress.ts";
import { plainDisplay } from "./render-progress.ts";

const etcd = { name: "etcd", version: "3.6.16" };

test("the estimate follows the pace, once there is one, and each phase has its own clock", () => {
  let clock = 1_000;
  const events: BinaryProgress[] = [];
  const report = phaseReporter(
    etcd,
    (event) => events.push(event),
    () => clock,
  );
  report("downloading", { done: 2 });
  clock += 10_000;
  report("compiling", { done: 0, total: 100 });
  clock += 1_000;
  report("compiling", { done: 50, total: 100 });
  clock += 9_000;
  report("compiling", { done: 80, total: 100 });
  expect(events).toEqual([
    { ...etcd, phase: "downloading", done: 2, elapsedMs: 0 },
    { ...etcd, phase: "compiling", done: 0, total: 100, elapsedMs: 0 },
    { ...etcd, phase: "compiling", done: 50, total: 100, elapsedMs: 1_000 },
    { ...etcd, phase: "compiling", done: 80, total: 100, elapsedMs: 10_000, remainingMs: 2_500 },
  ]);
});

test.each<[Partial<BinaryProgress>, string]>([
  [{ phase: "downloading", done: 0 }, "downloading"],
  [{ phase: "downloading", done: 12, elapsedMs: 4_000 }, "downloading 12 modules, 4 s so far"],
  [
    { phase: "compiling", done: 312, total: 1204, elapsedMs: 80_000, remainingMs: 228_000 },
    "compiling 312 of 1204 packages, 80 s so far, about 4 min left",
  ],
  [{ phase: "compiling", done: 1204, total: 1204, elapsedMs: 300_000, remainingMs: 0 }, "linking, 5 min so far"],
  [{ phase: "waiting", note: "process 7 is filling the cache" }, "waiting, process 7 is filling the cache"],
])("%j reads: %s", (event, text) => {
  expect(describeProgress({ ...etcd, phase: "checking", elapsedMs: 0, ...event })).toBe(text);
});

test("plain lines: silent about what is there, sparing about what is not", () => {
  let clock = 0;
  const lines: string[] = [];
  const { onProgress } = plainDisplay(
    (line) => lines.push(line),
    () => clock,
  );
  onProgress({ name: "helm", version: "4.2.3", phase: "checking", elapsedMs: 0 });
  onProgress({ name: "helm", version: "4.2.3", phase: "ready", elapsedMs: 0 });
  for (let done = 0; done <= 25; done += 1) {
    onProgress({ ...etcd, phase: "compiling", done, total: 30, elapsedMs: clock });
    clock += 1_000;
  }
  onProgress({ ...etcd, phase: "ready", note: "/cache/etcd", elapsedMs: 0 });
  expect(lines).toEqual([
    "etcd 3.6.16: compiling 0 of 30 packages",
    "etcd 3.6.16: compiling 10 of 30 packages, 10 s so far",
    "etcd 3.6.16: compiling 20 of 30 packages, 20 s so far",
    "etcd 3.6.16: ready, /cache/etcd",
  ]);
});
