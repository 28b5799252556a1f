import type { KubeObject } from "../objects.ts";
import { type Status, StatusError } from "../status-error.ts";

export type WatchEvent<T extends KubeObject = KubeObject> =
  | { type: "ADDED" | "MODIFIED" | "DELETED"; object: T }
  | { type: "BOOKMARK"; object: KubeObject };

type WireEvent<T extends KubeObject> = WatchEvent<T> | { type: "ERROR"; object: Status };

/**
 * Reads the events of a watch, in order, as many at a time as one chunk of the connection holds (one by one costs
 * a promise each). Ends when the server ends the watch.
 * @throws StatusError for an ERROR event, after the events before it were delivered
 */
export async function* readWatchStream<T extends KubeObject>(
  chunks: AsyncIterable<Buffer>,
): AsyncGenerator<WatchEvent<T>[]> {
  for await (const lines of readLines(chunks)) {
    const events: WatchEvent<T>[] = [];
    for (const line of lines) {
      const event = JSON.parse(line) as WireEvent<T>;
      if (event.type === "ERROR") {
        if (events.length > 0) yield events;
        throw new StatusError(event.object);
      }
      events.push(event);
    }
    yield events;
  }
}

const newline = 0x0a;

/** The complete lines of each chunk; what follows the last newline waits for the next chunk. */
export async function* readLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<string[]> {
  let rest: Buffer[] = [];
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(newline);
    if (end < 0) {
      rest.push(chunk);
      continue;
    }
    const head = chunk.subarray(0, end);
    const text = rest.length > 0 ? Buffer.concat([...rest, head]).toString("utf8") : head.toString("utf8");
    rest = end + 1 < chunk.length ? [chunk.subarray(end + 1)] : [];
    const lines = text.split("\n").filter((line) => line !== "");
    if (lines.length > 0) yield lines;
  }
}
