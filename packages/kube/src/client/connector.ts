import pLimit from "p-limit";
import { buildConnector } from "undici";

/** Over all API servers: a handshake takes about a millisecond of computing, and those that are ready keep all else waiting. */
const handshakesAtOnce = 8;
/** In ms. What takes longer waits for its server, and must not hold up the others. */
const longest = 20;

const handshakes = pLimit(handshakesAtOnce);

/**
 * Opens connections to one API server, few at a time. To be shared by all that speak to it with the same credentials: TLS
 * sessions are resumed, which halves the time of a handshake.
 */
export function connectorOf(options: buildConnector.BuildOptions): buildConnector.connector {
  const connect = buildConnector(options);
  return (target, callback) => {
    void handshakes(
      () =>
        new Promise<void>((done) => {
          const timer = setTimeout(done, longest);
          connect(target, (...result) => {
            clearTimeout(timer);
            done();
            callback(...result);
          });
        }),
    );
  };
}
