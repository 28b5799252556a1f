import fc from "fast-check";
import { expect, test } from "vitest";
import { overlaps, parseCidr } from "./cidr.ts";
import { type FreeRangeQuery, findFreeRange } from "./free-range.ts";

const find = (query: Omit<FreeRangeQuery, "taken" | "near"> & { taken?: string[]; near?: string }) =>
  findFreeRange({
    ...query,
    taken: (query.taken ?? []).map(parseCidr),
    near: query.near ? parseCidr(query.near) : undefined,
  });

test.each<[string, Parameters<typeof find>[0], string | undefined]>([
  ["the first private range", { family: "IPv4", prefix: 16 }, "10.0.0.0/16"],
  ["behind what is taken", { family: "IPv4", prefix: 16, taken: ["10.0.0.0/15"] }, "10.2.0.0/16"],
  ["aligned to its size", { family: "IPv4", prefix: 16, taken: ["10.0.0.0/24"] }, "10.1.0.0/16"],
  ["a larger one than what is taken", { family: "IPv4", prefix: 12, taken: ["10.1.2.0/24"] }, "10.16.0.0/12"],
  [
    "near the given one",
    { family: "IPv4", prefix: 16, near: "172.25.0.0/16", taken: ["172.25.0.0/16"] },
    "172.26.0.0/16",
  ],
  [
    "in another pool when that one ends",
    { family: "IPv4", prefix: 16, near: "192.168.0.0/16", taken: ["192.168.0.0/16"] },
    "10.0.0.0/16",
  ],
  ["IPv6", { family: "IPv6", prefix: 48, near: "fd01::/48", taken: ["fd01::/48", "10.0.0.0/8"] }, "fd01:0:1::/48"],
  ["none is left", { family: "IPv4", prefix: 8, taken: ["10.200.0.0/16"] }, undefined],
  ["none so large", { family: "IPv4", prefix: 4 }, undefined],
])("%s", (_what, query, expected) => expect(find(query)).toBe(expected));

test("a range that is found overlaps nothing", () => {
  const range = fc
    .tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 10, max: 24 }))
    .map(([octet, prefix]) => parseCidr(`10.${octet}.0.0/${prefix}`));
  fc.assert(
    fc.property(fc.array(range, { maxLength: 20 }), fc.integer({ min: 9, max: 26 }), (taken, prefix) => {
      const found = findFreeRange({ family: "IPv4", prefix, taken });
      return found === undefined || taken.every((other) => !overlaps(other, parseCidr(found)));
    }),
  );
});
