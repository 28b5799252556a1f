import { lookup } from "node:dns/promises";
import { isIP, type Socket, connect as tcpConnect } from "node:net";
import { addressEntry, closedAddress, closedHost, closedMessage } from "@fairlead/network";
import { HelmError } from "../runner/helm-error.ts";

type Lookup = (name: string) => Promise<readonly { address: string }[]>;

const connectMs = 10_000;

/**
 * The way out to chart sources. A name is resolved once and the connection goes to the very address that was checked, so
 * that a name which stands for another address a moment later leads nowhere else.
 */
export class ChartEgress {
  readonly #allowed: ReadonlySet<string>;
  readonly #lookup: Lookup;

  /** @param allowed `host:port` entries that may be anything, loopback included */
  constructor(allowed: readonly string[] = [], lookupAll: Lookup = (name) => lookup(name, { all: true })) {
    this.#allowed = new Set(allowed.map((entry) => entry.toLowerCase()));
    this.#lookup = lookupAll;
  }

  /** What can be said of a host before it is resolved. @throws HelmError source-forbidden */
  requireOpen(host: string, port: number): void {
    const entry = addressEntry(host, port);
    const what = this.#allowed.has(entry) ? undefined : closedHost(host);
    if (what) throw forbidden(entry, what);
  }

  /**
   * The address to connect to for a host.
   * @throws HelmError source-forbidden, or registry-unreachable if there is no such host
   */
  async resolve(host: string, port: number): Promise<string> {
    this.requireOpen(host, port);
    const name = host.replace(/^\[(.*)\]$/, "$1");
    const found = isIP(name) ? [{ address: name }] : await this.#lookup(name).catch(() => []);
    if (found.length === 0) throw new HelmError("registry-unreachable", `${name}: no such host`, { command: "fetch" });
    if (this.#allowed.has(addressEntry(host, port))) return found[0]?.address ?? name;
    const refusals = found.map(({ address }) => this.#refusal(address, port));
    const open = found.find((_, index) => refusals[index] === undefined);
    if (open) return open.address;
    const [what = "closed"] = refusals.filter((refusal) => refusal !== undefined);
    throw forbidden(addressEntry(host, port), `${found[0]?.address}: ${what}`);
  }

  /** A connection to an address that charts may come from; whoever gets it closes it. @throws HelmError, or what connecting says */
  async connect(host: string, port: number): Promise<Socket> {
    const address = await this.resolve(host, port);
    const { promise, resolve, reject } = Promise.withResolvers<Socket>();
    const socket = tcpConnect({ host: address, port, signal: AbortSignal.timeout(connectMs) });
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.off("error", reject);
      resolve(socket);
    });
    return await promise;
  }

  #refusal(address: string, port: number): string | undefined {
    return this.#allowed.has(addressEntry(address, port)) ? undefined : closedAddress(address);
  }
}

function forbidden(entry: string, what: string): HelmError {
  return new HelmError("source-forbidden", closedMessage(entry, what), { command: "fetch" });
}
