import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { StatusError } from "../status-error.ts";
import { readLines, readWatchStream } from "./watch-stream.ts";

async function* chunksOf(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  let start = 0;
  for (const size of sizes) {
    yield bytes.subarray(start, start + size);
    start += size;
  }
  yield bytes.subarray(start);
}

async function collect<T>(batches: AsyncIterable<T[]>): Promise<T[]> {
  const all: T[] = [];
  for await (const batch of batches) all.push(...batch);
  return all;
}

const watched = (type: string, name: string) => `${JSON.stringify({ type, object: { metadata: { name } } })}\n`;

describe("readLines", () => {
  it("finds the same lines however the bytes are cut, in the middle of a character too", async () => {
    const line = fc.string({ unit: "binary", minLength: 1, maxLength: 20 }).map((text) => text.replaceAll("\n", " "));
    const sizes = fc.array(fc.nat(20), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 20 }), sizes, async (lines, cuts) => {
        const wellFormed = lines.map((text) => text.toWellFormed());
        const bytes = Buffer.from(wellFormed.map((text) => `${text}\n`).join(""));
        expect(await collect(readLines(chunksOf(bytes, cuts)))).toEqual(wellFormed);
      }),
    );
  });
});

describe("readWatchStream", () => {
  it("delivers the events before an ERROR, then throws its Status", async () => {
    const expired = { kind: "Status", code: 410, reason: "Expired", message: "too old" };
    const text = `${watched("ADDED", "a")}${watched("DELETED", "a")}${JSON.stringify({ type: "ERROR", object: expired })}\n`;
    const seen: string[] = [];
    const reading = (async () => {
      for await (const events of readWatchStream(chunksOf(Buffer.from(text), []))) {
        seen.push(...events.map((event) => event.type));
      }
    })();
    await expect(reading).rejects.toMatchObject({ status: expired });
    await expect(reading).rejects.toBeInstanceOf(StatusError);
    expect(seen).toEqual(["ADDED", "DELETED"]);
  });
});
