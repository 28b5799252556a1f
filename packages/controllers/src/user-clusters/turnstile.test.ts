import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Turnstile } from "./turnstile.ts";

let called: string[];
let timesAllCalled: number;
let turnstile: Turnstile;

beforeEach(() => {
  vi.useFakeTimers();
  called = [];
  timesAllCalled = 0;
  turnstile = new Turnstile({ atOnce: 2, call: (id) => called.push(id), allCalled: () => timesAllCalled++ });
});
afterEach(() => void vi.useRealTimers());

test("as many as may are let in, the others are called in their order", () => {
  expect(["a", "b", "c", "d"].map((id) => turnstile.enter(id))).toEqual([true, true, false, false]);
  expect(called).toEqual([]);
  turnstile.leave();
  expect(called).toEqual(["c"]);
  expect(turnstile.enter("c")).toBe(true);
  expect(called).toEqual(["c"]);
});

test("whoever comes by chance when somebody was called has to wait, and keeps the place that it has", () => {
  for (const id of ["a", "b", "c", "d"]) turnstile.enter(id);
  turnstile.leave();
  expect(["new", "d", "new"].map((id) => turnstile.enter(id))).toEqual([false, false, false]);
  expect(turnstile.enter("c")).toBe(true);
  turnstile.leave();
  turnstile.leave();
  expect(called).toEqual(["c", "d", "new"]);
});

test("nobody waits for long for who was called and does not come", () => {
  for (const id of ["a", "b", "c", "d"]) turnstile.enter(id);
  turnstile.leave();
  vi.advanceTimersByTime(9_999);
  expect(called).toEqual(["c"]);
  vi.advanceTimersByTime(1);
  expect(called).toEqual(["c", "d"]);
  expect(turnstile.enter("d")).toBe(true);
  vi.advanceTimersByTime(60_000);
  expect(called).toEqual(["c", "d"]);
});

test("who gives up is not called, and whoever was called and gives up makes room", () => {
  for (const id of ["a", "b", "c", "d", "e"]) turnstile.enter(id);
  turnstile.giveUp("c");
  turnstile.leave();
  expect(called).toEqual(["d"]);
  turnstile.giveUp("d");
  expect(called).toEqual(["d", "e"]);
});

test("it tells once nobody waits any more, be they called or gone", () => {
  for (const id of ["a", "b", "c", "d"]) turnstile.enter(id);
  turnstile.leave();
  expect(timesAllCalled).toBe(0);
  turnstile.giveUp("d");
  expect(timesAllCalled).toBe(1);
  turnstile.giveUp("d");
  turnstile.enter("e");
  expect([turnstile.hasWaiting, timesAllCalled]).toEqual([true, 1]);
  turnstile.leave();
  expect([called, turnstile.hasWaiting, timesAllCalled]).toEqual([["c", "e"], false, 2]);
});
