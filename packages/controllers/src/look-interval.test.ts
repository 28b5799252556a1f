import fc from "fast-check";
import { expect, test } from "vitest";
import { lookIntervalMs, untilNextLookMs } from "./look-interval.ts";

test.each([
  [0, 5],
  [5_000, 5],
  [9_990, 10],
  [10_000, 10],
])("of %i clusters each is looked at every %i minutes", (clusters, minutes) => {
  expect(lookIntervalMs(clusters)).toBe(minutes * 60_000);
});

const fleet = fc.integer({ min: 0, max: 20_000 });
const time = fc.integer({ min: 0, max: 4e12 });

test("looks at a cluster come at the same times, whoever looks and whenever it was done last", () => {
  fc.assert(
    fc.property(fc.string(), fleet, time, time, (id, clusters, one, other) => {
      const interval = lookIntervalMs(clusters);
      const next = (now: number) => (now + untilNextLookMs(id, clusters, now)) % interval;
      expect(next(one)).toBe(next(other));
    }),
  );
});

test("the next look comes neither at once nor later than the interval and half a minute", () => {
  fc.assert(
    fc.property(fc.string(), fleet, time, (id, clusters, now) => {
      const left = untilNextLookMs(id, clusters, now);
      expect(left).toBeGreaterThanOrEqual(30_000);
      expect(left).toBeLessThan(lookIntervalMs(clusters) + 30_000);
    }),
  );
});

test("clusters are looked at one after the other, not all at once", () => {
  const minutes = new Set(
    Array.from({ length: 100 }, (_, index) => Math.floor(untilNextLookMs(`c-${index}`, 100, 0) / 60_000)),
  );
  expect(minutes.size).toBeGreaterThanOrEqual(5);
});
