import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  CidrError,
  canonicalForm,
  contains,
  formatAddress,
  hasHostBits,
  isIpv4Mapped,
  nthAddress,
  overlaps,
  parseAddress,
  parseCidr,
  sizeOf,
  tryParseCidr,
} from "./cidr.ts";

interface ParseCase {
  op: "parse";
  text: string;
  ok: boolean;
  mapped?: true;
  family?: string;
  prefix: number;
  canonical?: string;
  hostBits: boolean;
  first?: string;
  last?: string;
  tenth?: string;
}
interface AddressCase {
  op: "address";
  text: string;
  ok: boolean;
  canonical?: string;
}
interface PairCase {
  op: "pair";
  a: string;
  b: string;
  overlaps: boolean;
  contains: boolean;
}

const table: (ParseCase | AddressCase | PairCase)[] = readFileSync(
  new URL("../../oracle/cidr.jsonl", import.meta.url),
  "utf8",
)
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line));

describe("against Go's net and net/netip", () => {
  test("the table is whole", () => {
    expect(
      Map.groupBy(table, (row) => row.op)
        .keys()
        .toArray(),
    ).toEqual(["parse", "address", "pair"]);
    expect(table.length).toBeGreaterThan(450);
  });

  test.for(table.filter((row) => row.op === "parse"))("parse $text", (row) => {
    const parsed = tryParseCidr(row.text);
    if (!row.ok || row.mapped) {
      expect(parsed).toMatchObject({ ok: false, problem: { kind: row.mapped ? "ipv4-mapped" : "syntax" } });
      expect(() => parseCidr(row.text)).toThrow(CidrError);
      return;
    }
    const cidr = parseCidr(row.text);
    expect({
      family: cidr.family,
      prefix: cidr.prefix,
      canonical: canonicalForm(cidr),
      hostBits: hasHostBits(cidr),
      first: cidr.first,
      last: cidr.last,
      size: sizeOf(cidr),
    }).toEqual({
      family: row.family,
      prefix: row.prefix,
      canonical: row.canonical,
      hostBits: row.hostBits,
      first: BigInt(row.first ?? ""),
      last: BigInt(row.last ?? ""),
      size: BigInt(row.last ?? "") - BigInt(row.first ?? "") + 1n,
    });
    if (row.tenth === undefined) expect(() => nthAddress(cidr, 10n)).toThrow(RangeError);
    else expect(nthAddress(cidr, 10n)).toBe(row.tenth);
  });

  test.for(table.filter((row) => row.op === "address"))("address $text", (row) => {
    const address = parseAddress(row.text);
    expect(address !== undefined).toBe(row.ok);
    if (address === undefined) return;
    const plain = isIpv4Mapped(address)
      ? formatAddress({ family: "IPv4", value: address.value & 0xffffffffn })
      : formatAddress(address);
    expect(plain).toBe(row.canonical);
  });

  test.for(table.filter((row) => row.op === "pair"))("$a and $b", (row) => {
    const [a, b] = [parseCidr(row.a), parseCidr(row.b)];
    expect([overlaps(a, b), overlaps(b, a), contains(a, b)]).toEqual([row.overlaps, row.overlaps, row.contains]);
  });
});

test("addresses of a range carry over byte borders", () => {
  expect(nthAddress(parseCidr("10.0.0.250/32"), 0n)).toBe("10.0.0.250");
  expect(nthAddress(parseCidr("10.0.0.0/15"), 65546n)).toBe("10.1.0.10");
  expect(nthAddress(parseCidr("fd00::/64"), 65536n)).toBe("fd00::1:0");
  expect(() => nthAddress(parseCidr("10.0.0.0/24"), -1n)).toThrow(RangeError);
});

test("an address lies in its network and in no other family", () => {
  const address = parseAddress("169.254.20.10");
  if (address === undefined) throw new Error("unparsed");
  expect(contains(parseCidr("169.254.0.0/16"), address)).toBe(true);
  expect(contains(parseCidr("::/0"), address)).toBe(false);
  expect(contains(parseCidr("169.254.20.11/32"), address)).toBe(false);
});

test("problems say what is accepted", () => {
  const messages = ["10.0.0.0", "10.0.0.0/33", "fd01::/129", "banana/8", "::ffff:10.0.0.0/104"].map((text) => {
    const parsed = tryParseCidr(text);
    return parsed.ok ? "accepted" : parsed.problem.message;
  });
  expect(messages).toEqual([
    "expected an address and a prefix length, like 10.0.0.0/16 or fd01::/48; the prefix length is missing",
    "expected a prefix length from 0 to 32 for IPv4",
    "expected a prefix length from 0 to 128 for IPv6",
    "expected an address and a prefix length, like 10.0.0.0/16 or fd01::/48",
    "expected a plain IPv4 or IPv6 network, not IPv4 mapped into IPv6",
  ]);
});
