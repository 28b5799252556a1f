import { closedHost, contains, parseAddress, tryParseCidr } from "@fairlead/network";

type Environment = Readonly<Record<string, string | undefined>>;

/** As Go, and so helm, sees it: the proxy of the machine for an address; none for loopback and what NO_PROXY names. */
export function proxyFor(
  { protocol, hostname, port }: Pick<URL, "protocol" | "hostname" | "port">,
  env: Environment = process.env,
): string | undefined {
  const read = (name: string) => env[name] || env[name.toUpperCase()] || undefined;
  const proxy = read(protocol === "http:" ? "http_proxy" : "https_proxy");
  if (!proxy || closedHost(hostname) === "loopback") return undefined;
  const host = hostname.replace(/^\[(.*)\]$/, "$1").toLowerCase();
  const excepted = (read("no_proxy") ?? "")
    .toLowerCase()
    .split(",")
    .some((entry) => covers(entry.trim(), host, port));
  return excepted ? undefined : proxy;
}

/** `*`, an address, a network, or a domain with all below it; a port narrows it. */
function covers(entry: string, host: string, port: string): boolean {
  if (entry === "") return false;
  if (entry === "*" || entry === host) return true;
  const address = parseAddress(host);
  const network = tryParseCidr(entry);
  if (address) return network.ok && contains(network.cidr, address);
  const [name = "", wantedPort] = entry.split(":");
  const domain = name.replace(/^\*?\./, "");
  return (wantedPort === undefined || wantedPort === port) && (host === domain || host.endsWith(`.${domain}`));
}
