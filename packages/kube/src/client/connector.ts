import { type SecureContext, TLSSocket } from "node:tls";
import { buildConnector } from "undici";
import { Turns } from "../turns.ts";

/**
 * Of all API servers: a handshake takes about a millisecond of computing, and many of them keep everything else waiting. One
 * that takes long waits for its server.
 */
const handshakes = new Turns({ atOnce: 8, longestMs: 20 });

type ConnectorOptions = buildConnector.BuildOptions & { secureContext?: SecureContext };

/** What a TLS handshake can go on from: kept with the credentials it was made with, and given up with them. */
export interface TlsSession {
  /** OpenSSL's serialization, about a kilobyte. */
  data?: Buffer;
}

export interface Connector {
  connect: buildConnector.connector;
  /** No connection is opened any more; those that are open stay. */
  close: () => void;
}

/**
 * Opens connections to one API server, few at a time. To be shared by all that speak to it with the same credentials: a
 * handshake that goes on from the session before takes half the time.
 */
export function connectorOf(options: ConnectorOptions, session: TlsSession = {}): Connector {
  let isClosed = false;
  const connect: buildConnector.connector = (target, callback) => {
    void handshakes.run(
      () =>
        new Promise<void>((done) => {
          const settle: buildConnector.Callback = (...result) => {
            done();
            callback(...result);
          };
          if (isClosed) {
            settle(new Error("connections are opened no more"), null);
            return;
          }
          // undici's own memory of sessions lasts until the next garbage collection.
          const open = buildConnector({
            ...options,
            maxCachedSessions: 0,
            ...(session.data ? { session: session.data } : {}),
          });
          open(target, (...result) => {
            const [, socket] = result;
            if (socket instanceof TLSSocket) {
              socket.on("session", (data) => {
                session.data = unpooled(data);
              });
            }
            settle(...result);
          });
        }),
    );
  };
  const close = () => {
    isClosed = true;
    closeContext(options.secureContext);
  };
  return { connect, close };
}

/** Node.js cuts small buffers out of 64 KiB, of which all stay while one of them is kept. */
function unpooled(data: Buffer): Buffer {
  const own = Buffer.allocUnsafeSlow(data.length);
  data.copy(own);
  return own;
}

/** Left to the garbage collector, hundreds at a time are freed while everything waits. Node.js has it, and does not document it. */
function closeContext(secureContext: SecureContext | undefined): void {
  (secureContext?.context as { close?: () => void } | undefined)?.close?.();
}
