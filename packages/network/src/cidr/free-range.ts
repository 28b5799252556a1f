import { type AddressFamily, bitsOf, type Cidr, canonicalForm, contains, overlaps, parseCidr } from "./cidr.ts";

/** Private addresses (RFC 1918, RFC 4193), in the order in which they are searched. */
const pools: Readonly<Record<AddressFamily, readonly Cidr[]>> = {
  IPv4: ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"].map(parseCidr),
  IPv6: ["fd00::/8"].map(parseCidr),
};

export interface FreeRangeQuery {
  readonly family: AddressFamily;
  /** Of the range that is looked for. */
  readonly prefix: number;
  /** What it must not overlap. */
  readonly taken: readonly Cidr[];
  /** Where to look first: the pool of this range, from here on. */
  readonly near?: Cidr | undefined;
}

/**
 * The first private range of that size that overlaps nothing that is taken; undefined if there is none.
 * @example
 * findFreeRange({ family: "IPv4", prefix: 16, taken: [parseCidr("10.0.0.0/15")] }) // 10.2.0.0/16
 */
export function findFreeRange({ family, prefix, taken, near }: FreeRangeQuery): string | undefined {
  const relevant = taken.filter((range) => range.family === family);
  const home = near && pools[family].find((pool) => contains(pool, near));
  const starts = [
    ...(home && near ? [{ pool: home, from: near.first }] : []),
    ...pools[family].map((pool) => ({ pool, from: pool.first })),
  ];
  for (const { pool, from } of starts) {
    const found = firstFree(pool, from, prefix, relevant);
    if (found) return canonicalForm(found);
  }
  return undefined;
}

function firstFree(pool: Cidr, from: bigint, prefix: number, taken: readonly Cidr[]): Cidr | undefined {
  if (prefix < pool.prefix) return undefined;
  const size = 1n << BigInt(bitsOf(pool.family) - prefix);
  let first = aligned(from, size);
  while (first + size - 1n <= pool.last) {
    const candidate = { text: "", family: pool.family, prefix, address: first, first, last: first + size - 1n };
    const obstacle = taken.find((range) => overlaps(range, candidate));
    if (!obstacle) return candidate;
    first = aligned(obstacle.last + 1n, size);
  }
  return undefined;
}

/** The least multiple of `size` from `value` on. */
function aligned(value: bigint, size: bigint): bigint {
  return ((value + size - 1n) / size) * size;
}
