import { createSecureContext } from "node:tls";
import { Client, type Dispatcher, Pool } from "undici";
import { type Connector, connectorOf, type TlsSession } from "./connector.ts";
import type { TransportOptions } from "./transport.ts";

const defaultTimeoutMs = 65_000; // the API server ends a request by itself after 60 s
const defaultIdleMs = 30_000;
const defaultMaxConnections = 32; // more calls than that wait here instead of opening sockets
// HTTP/2 of undici 8.12 ends the process by an unhandled stream error when a pool with open watches is closed.
const allowH2 = false;

/** To one API server, with the same credentials. Calls and long-running answers have their own: neither waits for the other. */
export class Connections {
  readonly calls: Dispatcher;
  readonly #connector: Connector;
  readonly #openStreams: () => Pool;
  #streams: Pool | undefined;

  /** @param options.single one call at a time; a pool that is used once costs more than the requests over it */
  constructor(
    { server, ca, cert, key, ...options }: TransportOptions,
    { session, single }: { session: TlsSession; single: boolean },
  ) {
    const { origin, protocol } = new URL(server);
    const tls = {
      allowH2,
      // Once, not for each connection: reading the PEM texts takes as long as a handshake that goes on from a session.
      ...(protocol === "https:" ? { secureContext: createSecureContext({ ca, cert, key }) } : {}),
      servername: options.tlsServerName,
      rejectUnauthorized: !options.insecureSkipTlsVerify,
      timeout: 10_000,
    };
    this.#connector = connectorOf(tls, session);
    const { connect } = this.#connector;
    const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
    const shared = { connect, allowH2, headersTimeout: timeoutMs, keepAliveTimeout: options.idleMs ?? defaultIdleMs };
    const ofCalls = { ...shared, bodyTimeout: timeoutMs };
    const connections = options.maxConnections ?? defaultMaxConnections;
    this.calls = single ? new Client(origin, ofCalls) : new Pool(origin, { ...ofCalls, connections });
    this.#openStreams = () => new Pool(origin, { ...shared, bodyTimeout: 0 });
  }

  get streams(): Dispatcher {
    this.#streams ??= this.#openStreams();
    return this.#streams;
  }

  /** Resolves once what is under way has ended. Nothing may be sent any more. */
  async close(): Promise<void> {
    await this.#end((each) => each.close());
  }

  /** What is under way fails. Nothing may be sent any more. */
  async destroy(): Promise<void> {
    await this.#end((each) => each.destroy());
  }

  async #end(end: (each: Dispatcher) => Promise<void>): Promise<void> {
    await Promise.allSettled([this.calls, ...(this.#streams ? [this.#streams] : [])].map(end));
    this.#connector.close();
  }
}
