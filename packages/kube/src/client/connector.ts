import { TLSSocket } from "node:tls";
import { buildConnector } from "undici";
import { Turns } from "../turns.ts";

/**
 * Of all API servers: a handshake takes about a millisecond of computing, and many of them keep everything else waiting. One
 * that takes long waits for its server.
 */
const handshakes = new Turns({ atOnce: 8, longestMs: 20 });

/** What a TLS handshake can go on from: kept with the credentials it was made with, and given up with them. */
export interface TlsSession {
  /** OpenSSL's serialization, about a kilobyte. */
  data?: Buffer;
}

/**
 * Opens connections to one API server, few at a time. To be shared by all that speak to it with the same credentials: a
 * handshake that goes on from the session before takes half the time.
 */
export function connectorOf(options: buildConnector.BuildOptions, session: TlsSession = {}): buildConnector.connector {
  return (target, callback) => {
    // undici's own memory of sessions lasts until the next garbage collection.
    const connect = buildConnector({
      ...options,
      maxCachedSessions: 0,
      ...(session.data ? { session: session.data } : {}),
    });
    void handshakes.run(
      () =>
        new Promise<void>((done) => {
          connect(target, (...result) => {
            done();
            const [, socket] = result;
            if (socket instanceof TLSSocket) {
              socket.on("session", (data) => {
                session.data = data;
              });
            }
            callback(...result);
          });
        }),
    );
  };
}
