import { PassThrough, Readable, Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { filterLines } from "./line-filter.ts";

const longest = { length: 100, answer: "too long" };

async function filter(chunks: readonly (string | Buffer)[]): Promise<string> {
  const output = new PassThrough();
  const [printed] = await Promise.all([
    text(output),
    filterLines({ input: Readable.from(chunks), output, answer: (line) => `<${line}>`, longest }).then(() =>
      output.end(),
    ),
  ]);
  return printed;
}

describe("lines", () => {
  test.each<[what: string, chunks: (string | Buffer)[], expected: string]>([
    ["in one piece", ["a\nb\n"], "<a>\n<b>\n"],
    ["in many", ["a", "\n", "", "b", "c\n", "d\ne\n"], "<a>\n<bc>\n<d>\n<e>\n"],
    ["without an end", ["a\nb"], "<a>\n<b>\n"],
    ["that are empty", ["\n\na\n"], "<>\n<>\n<a>\n"],
    ["with carriage returns", ["a\r", "\nb\r\n"], "<a>\n<b>\n"],
    ["none", [], ""],
    ["split inside a character", [Buffer.from("ä\n").subarray(0, 1), Buffer.from("ä\n").subarray(1)], "<ä>\n"],
    ["that are too long", ["x".repeat(99), "yz", "more\nb\n", "z".repeat(101)], "too long\n<b>\ntoo long\n"],
  ])("%s", async (_, chunks, expected) => {
    expect(await filter(chunks)).toBe(expected);
  });
});

test("nothing is read on while the reader does not take the answers", { timeout: 20_000 }, async () => {
  let produced = 0;
  const input = Readable.from(
    (function* () {
      for (; produced < 10_000; produced++) yield `${produced}\n`.repeat(100);
    })(),
    { highWaterMark: 1 },
  );
  const held: (() => void)[] = [];
  const output = new Writable({ highWaterMark: 1000, write: (_chunk, _encoding, done) => void held.push(done) });
  const filtered = filterLines({ input, output, answer: (line) => line, longest });
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(produced).toBeLessThan(20);
  held.shift()?.();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(produced).toBeLessThan(40);
  output.destroy(new Error("the reader went away"));
  await expect(filtered).rejects.toThrow("the reader went away");
});
