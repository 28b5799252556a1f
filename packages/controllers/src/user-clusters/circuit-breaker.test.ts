import { expect, test } from "vitest";
import { CircuitBreaker } from "./circuit-breaker.ts";

function breaker() {
  const clock = { now: 0 };
  const circuit = new CircuitBreaker({ threshold: 3, pause: { baseMs: 100, maxMs: 350 } }, () => clock.now);
  return { clock, circuit, fail: (times: number) => Array.from({ length: times }, () => circuit.failed()) };
}

test("opens after failures in a row, and not again until the pause is over", () => {
  const { circuit, fail } = breaker();
  expect(fail(2)).toEqual([false, false]);
  expect(circuit.pauseMs).toBe(0);
  expect(fail(3)).toEqual([true, false, false]);
  expect(circuit.pauseMs).toBe(100);
});

test("an answer in between starts the count anew", () => {
  const { circuit, fail } = breaker();
  fail(2);
  circuit.answered();
  expect(fail(2)).toEqual([false, false]);
});

test("each try that fails makes the pause longer, up to the longest; an answer makes it short again", () => {
  const { clock, circuit, fail } = breaker();
  fail(3);
  const pauses: number[] = [];
  for (let i = 0; i < 3; i++) {
    clock.now += circuit.pauseMs;
    expect(fail(1)).toEqual([true]);
    pauses.push(circuit.pauseMs);
  }
  expect(pauses).toEqual([200, 350, 350]);
  circuit.answered();
  expect(circuit.pauseMs).toBe(0);
  fail(3);
  expect(circuit.pauseMs).toBe(100);
});
