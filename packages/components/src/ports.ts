import { randomInt } from "node:crypto";
import { createServer } from "node:net";
import { ComponentError, errnoOf } from "./errors.ts";

/**
 * Below the ephemeral ranges of Linux (32768-60999) and macOS (49152-65535), whose ports the kernel hands to outgoing
 * connections, and below NodePorts (30000-32767): a port kept in a file is still free at the next start.
 */
const range = { from: 20_000, to: 30_000 };
const attempts = 2_000;

/** Two callers of this process never get the same port, even before either listens on it. */
const handedOut = new Set<number>();

/** Whether something could listen on this TCP port of 127.0.0.1. */
export function isPortFree(port: number): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  const server = createServer();
  server.once("error", (error) => {
    if (errnoOf(error) === "EADDRINUSE" || errnoOf(error) === "EACCES") resolve(false);
    else reject(error);
  });
  server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(true)));
  return promise;
}

/** Distinct TCP ports that are free on 127.0.0.1. Who needs them again after a restart writes them down. */
export async function reservePorts(count: number, options: { exclude?: ReadonlySet<number> } = {}): Promise<number[]> {
  const ports: number[] = [];
  for (let attempt = 0; ports.length < count; attempt += 1) {
    if (attempt === attempts) {
      throw new ComponentError(
        "no-free-port",
        `No ${count} free TCP ports on 127.0.0.1 from ${range.from} to ${range.to - 1}`,
      );
    }
    const port = randomInt(range.from, range.to);
    if (handedOut.has(port) || options.exclude?.has(port)) continue;
    handedOut.add(port);
    if (await isPortFree(port)) ports.push(port);
    else handedOut.delete(port);
  }
  return ports;
}

/** One TCP port that is free on 127.0.0.1. */
export async function freePort(): Promise<number> {
  const [port] = await reservePorts(1);
  if (port === undefined) throw new ComponentError("no-free-port", "No free TCP port on 127.0.0.1");
  return port;
}
