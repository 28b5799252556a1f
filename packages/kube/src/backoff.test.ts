import { describe, expect, it } from "vitest";
import { JitteredBackoff } from "./backoff.ts";

const bounds = { baseMs: 100, maxMs: 1000 };

describe("JitteredBackoff", () => {
  it("draws from 0 up to a bound that doubles until the maximum", () => {
    const most = new JitteredBackoff(bounds, () => 1);
    expect(Array.from({ length: 6 }, () => most.nextMs())).toEqual([100, 200, 400, 800, 1000, 1000]);
    const least = new JitteredBackoff(bounds, () => 0);
    expect(Array.from({ length: 3 }, () => least.nextMs())).toEqual([0, 0, 0]);
  });

  it("begins anew after reset", () => {
    const backoff = new JitteredBackoff(bounds, () => 1);
    backoff.nextMs();
    backoff.nextMs();
    backoff.reset();
    expect(backoff.nextMs()).toBe(100);
  });
});
