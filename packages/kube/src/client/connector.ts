import { buildConnector } from "undici";
import { Turns } from "../turns.ts";

/**
 * Of all API servers: a handshake takes about a millisecond of computing, and many of them keep everything else waiting. One
 * that takes long waits for its server.
 */
const handshakes = new Turns({ atOnce: 8, longestMs: 20 });

/**
 * Opens connections to one API server, few at a time. To be shared by all that speak to it with the same credentials: TLS
 * sessions are resumed, which halves the time of a handshake.
 */
export function connectorOf(options: buildConnector.BuildOptions): buildConnector.connector {
  const connect = buildConnector(options);
  return (target, callback) => {
    void handshakes.run(
      () =>
        new Promise<void>((done) => {
          connect(target, (...result) => {
            done();
            callback(...result);
          });
        }),
    );
  };
}
