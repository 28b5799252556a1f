/**
 * Which addresses a chart may be fetched from. Whoever names a source makes the manager send requests: those must not reach
 * what trusts the manager's own network position (SSRF). Pure.
 * @module
 */
import { contains, formatAddress, type IpAddress, isIpv4Mapped, parseAddress, parseCidr } from "./cidr/cidr.ts";

/** Never chart sources, unless an administrator allows the exact address. Private networks are: private registries are usual. */
const closed: readonly (readonly [cidr: string, what: string])[] = [
  ["0.0.0.0/8", "this machine"],
  ["127.0.0.0/8", "loopback"],
  ["169.254.0.0/16", "link-local, where clouds serve their metadata"],
  ["100.100.100.200/32", "a cloud's metadata service"],
  ["168.63.129.16/32", "a cloud's platform service"],
  ["192.0.0.192/32", "a cloud's metadata service"],
  ["224.0.0.0/4", "multicast"],
  ["240.0.0.0/4", "reserved"],
  ["::/128", "this machine"],
  ["::1/128", "loopback"],
  ["fe80::/10", "link-local"],
  ["fec0::/10", "site-local"],
  ["fd00:ec2::254/128", "a cloud's metadata service"],
  ["fd20:ce::254/128", "a cloud's metadata service"],
  ["ff00::/8", "multicast"],
];
const closedRanges = closed.map(([text, what]) => ({ range: parseCidr(text), what }));

/** IPv6 ranges that stand for an IPv4 address, and by how many bits that address is shifted. */
const embedding = [
  { range: parseCidr("64:ff9b::/96"), shift: 0n },
  { range: parseCidr("64:ff9b:1::/48"), shift: 0n },
  { range: parseCidr("::/96"), shift: 0n },
  { range: parseCidr("2002::/16"), shift: 80n },
];

/** What an address is that no chart may come from, such as `loopback`; undefined if one may. What is no address is refused, too. */
export function closedAddress(text: string): string | undefined {
  const address = parseAddress(text);
  if (!address) return "no address"; // For example one with a zone: link-local.
  const found = closedRanges.find(({ range }) => contains(range, address));
  if (found) return found.what;
  const inner = embedded(address);
  return inner && closedAddress(formatAddress(inner));
}

function embedded(address: IpAddress): IpAddress | undefined {
  if (address.family === "IPv4") return undefined;
  const shift = isIpv4Mapped(address) ? 0n : embedding.find(({ range }) => contains(range, address))?.shift;
  return shift === undefined ? undefined : { family: "IPv4", value: (address.value >> shift) & 0xffffffffn };
}

/**
 * Of a host that is written as an address or as a name of this machine: what is wrong with it. A name says nothing yet:
 * what it stands for is checked when it is connected to.
 */
export function closedHost(host: string): string | undefined {
  const bare = host
    .replace(/^\[(.*)\]$/, "$1")
    .replace(/\.$/, "")
    .toLowerCase();
  if (bare === "localhost" || bare.endsWith(".localhost")) return "loopback";
  if (/^[\d.]+$|^0x[\da-f.x]*$|:/.test(bare)) return closedAddress(bare); // 2130706433 and 0x7f.1 are addresses to some programs.
  return undefined;
}

/** An entry of `spec.chartSources.allowedAddresses`: `registry.internal:443`, `10.0.0.7:5000`, `[fd00::7]:443`. */
export function isAllowedAddressEntry(entry: string): boolean {
  const [, host = "", port = ""] = /^(\[[0-9a-fA-F:.]+\]|[\w.-]+):(\d{1,5})$/.exec(entry) ?? [];
  return host !== "" && Number(port) >= 1 && Number(port) <= 65_535;
}

/** `host:port` as allowed addresses are written: lower case, IPv6 in brackets. */
export function addressEntry(host: string, port: number): string {
  const bare = host.replace(/^\[(.*)\]$/, "$1").toLowerCase();
  return bare.includes(":") ? `[${bare}]:${port}` : `${bare}:${port}`;
}

const allowedIn = "spec.chartSources.allowedAddresses of the KubermaticConfiguration";

/** Says why, and what an administrator can do. */
export function closedMessage(entry: string, what: string): string {
  return `charts are not fetched from ${entry} (${what}); if it is meant, an administrator names exactly ${entry} in ${allowedIn}`;
}
