import { Address4, Address6 } from "ip-address";
import { memoize } from "../memo.ts";

export type AddressFamily = "IPv4" | "IPv6";

/** An address of either family; `value` is the address as a number. */
export interface IpAddress {
  readonly family: AddressFamily;
  readonly value: bigint;
}

/** A parsed CIDR. `address` is what was written, `first` and `last` bound the network. */
export interface Cidr {
  readonly text: string;
  readonly family: AddressFamily;
  readonly prefix: number;
  readonly address: bigint;
  readonly first: bigint;
  readonly last: bigint;
}

/** Why a text is no CIDR: its syntax, or an IPv4 address in IPv6 clothes (`::ffff:10.0.0.0/104`). */
export type CidrProblem = SyntaxProblem | MappedProblem;

interface SyntaxProblem {
  readonly kind: "syntax";
  /** Says what would be accepted, without naming the text itself. */
  readonly message: string;
}

interface MappedProblem {
  readonly kind: "ipv4-mapped";
  readonly message: string;
  /** What Go takes it for: IPv4 as long as the prefix keeps the marker `ffff`, with the prefix length as written. */
  readonly family: AddressFamily;
  readonly prefix: number;
}

export type ParsedCidr =
  | { readonly ok: true; readonly text: string; readonly cidr: Cidr }
  | { readonly ok: false; readonly text: string; readonly problem: CidrProblem };

/** Thrown by {@link parseCidr}. */
export class CidrError extends Error {
  override readonly name = "CidrError";
}

const BITS = { IPv4: 32, IPv6: 128 } as const;
const MAPPED_PREFIX = 0xffffn;
const MAPPED_BITS = 96;

const syntax = (message: string): CidrProblem => ({ kind: "syntax", message });
const EXPECTED = "expected an address and a prefix length, like 10.0.0.0/16 or fd01::/48";

/** The number of bits of an address: 32 or 128. */
export function bitsOf(family: AddressFamily): 32 | 128 {
  return BITS[family];
}

/**
 * Parses an address as Go's `netip.ParseAddr` does, without zones: no leading zeros in IPv4, no whitespace.
 * Undefined if it is none.
 */
export const parseAddress: (text: string) => IpAddress | undefined = (text) => addresses(text) ?? undefined;

const addresses = memoize((text): IpAddress | null => {
  try {
    return text.includes(":") ? address6(text) : address4(text);
  } catch {
    return null;
  }
});

function address4(text: string): IpAddress | null {
  if (text.includes("/")) return null;
  let value = 0;
  for (const octet of new Address4(text).parsedAddress) value = value * 256 + Number(octet);
  return { family: "IPv4", value: BigInt(value) };
}

function address6(text: string): IpAddress | null {
  if (text.includes("/") || text.includes("%")) return null;
  return { family: "IPv6", value: new Address6(text).bigInt() };
}

/** Whether an address is IPv4 written as IPv6, `::ffff:a.b.c.d` (RFC 4291, 2.5.5.2). */
export function isIpv4Mapped(address: IpAddress): boolean {
  return address.family === "IPv6" && address.value >> 32n === MAPPED_PREFIX;
}

/**
 * Parses a CIDR as Go's `net.ParseCIDR` does, which is what Kubernetes' components accept; but an IPv4-mapped IPv6
 * address, which Go reads as IPv4, is refused (ruling 8).
 */
export const tryParseCidr: (text: string) => ParsedCidr = memoize((text) => {
  const parsed = parse(text);
  return "kind" in parsed ? { ok: false, text, problem: parsed } : { ok: true, text, cidr: parsed };
});

function parse(text: string): Cidr | CidrProblem {
  const slash = text.indexOf("/");
  if (slash < 0) return syntax(`${EXPECTED}; the prefix length is missing`);
  const address = parseAddress(text.slice(0, slash));
  if (address === undefined) return syntax(EXPECTED);
  const { family, value } = address;
  const bits = BITS[family];
  const prefix = prefixLength(text.slice(slash + 1));
  if (prefix === undefined || prefix > bits) return syntax(`expected a prefix length from 0 to ${bits} for ${family}`);
  if (isIpv4Mapped(address)) {
    const message = "expected a plain IPv4 or IPv6 network, not IPv4 mapped into IPv6";
    return { kind: "ipv4-mapped", message, prefix, family: prefix >= MAPPED_BITS ? "IPv4" : "IPv6" };
  }
  const hostMask = (1n << BigInt(bits - prefix)) - 1n;
  return { text, family, prefix, address: value, first: value & ~hostMask, last: value | hostMask };
}

function prefixLength(text: string): number | undefined {
  if (text.length === 0) return undefined;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return undefined;
  }
  return Number(text);
}

/**
 * The family and prefix length that Go takes a text for; undefined if it is no CIDR. So what KKP refuses of IPv4 mapped into
 * IPv6 is refused for the same reason here.
 */
export function readingOf(parsed: ParsedCidr): Pick<Cidr, "family" | "prefix"> | undefined {
  if (parsed.ok) return parsed.cidr;
  return parsed.problem.kind === "ipv4-mapped" ? parsed.problem : undefined;
}

/** As {@link tryParseCidr}, for text known to be valid. Throws {@link CidrError}. */
export function parseCidr(text: string): Cidr {
  const parsed = tryParseCidr(text);
  if (!parsed.ok) throw new CidrError(`invalid CIDR ${JSON.stringify(text)}: ${parsed.problem.message}`);
  return parsed.cidr;
}

/** The address in its usual text form (RFC 5952 for IPv6). */
export function formatAddress({ family, value }: IpAddress): string {
  return family === "IPv4" ? Address4.fromBigInt(value).correctForm() : Address6.fromBigInt(value).correctForm();
}

/** The network in its canonical text form, host bits cleared: `10.0.0.0/16` for `10.0.3.1/16`. */
export function canonicalForm(cidr: Cidr): string {
  return `${formatAddress({ family: cidr.family, value: cidr.first })}/${cidr.prefix}`;
}

/** Whether the text names an address inside the network rather than the network itself. */
export function hasHostBits(cidr: Cidr): boolean {
  return cidr.address !== cidr.first;
}

/** The number of addresses. */
export function sizeOf(cidr: Cidr): bigint {
  return cidr.last - cidr.first + 1n;
}

export function overlaps(a: Cidr, b: Cidr): boolean {
  return a.family === b.family && a.first <= b.last && b.first <= a.last;
}

/** Whether `inner`, an address or a whole network, lies in `outer`. */
export function contains(outer: Cidr, inner: Cidr | IpAddress): boolean {
  if (outer.family !== inner.family) return false;
  const first = "value" in inner ? inner.value : inner.first;
  const last = "value" in inner ? inner.value : inner.last;
  return outer.first <= first && last <= outer.last;
}

/** The nth address of the network, counted from its base (0). Throws RangeError outside of it. */
export function nthAddress(cidr: Cidr, n: bigint): string {
  if (n < 0n || n >= sizeOf(cidr)) throw new RangeError(`${cidr.text} has no address ${n}`);
  return formatAddress({ family: cidr.family, value: cidr.first + n });
}
