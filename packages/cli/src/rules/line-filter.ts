import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { StringDecoder } from "node:string_decoder";

export interface LineFilterOptions {
  readonly input: Readable;
  readonly output: Writable;
  /** One line for each line, both without their ends. */
  readonly answer: (line: string) => string;
  /** Lines of more characters are not kept: this is the answer to them. */
  readonly longest: { readonly length: number; readonly answer: string };
}

/**
 * Answers lines in their order, as fast as the reader takes the answers. Memory holds one chunk of input and one
 * unfinished line, however long the input is. A last line without an end counts.
 */
export async function filterLines({ input, output, answer, longest }: LineFilterOptions): Promise<void> {
  const decoder = new StringDecoder("utf8");
  let unfinished = "";
  let tooLong = false;
  const keep = (text: string) => {
    unfinished += text;
    tooLong ||= unfinished.length > longest.length;
    if (tooLong) unfinished = "";
  };
  const finish = (text: string) => {
    keep(text);
    const line = unfinished.endsWith("\r") ? unfinished.slice(0, -1) : unfinished;
    const answered = tooLong ? longest.answer : answer(line);
    unfinished = "";
    tooLong = false;
    return `${answered}\n`;
  };
  for await (const chunk of input) {
    const lines = (typeof chunk === "string" ? chunk : decoder.write(chunk as Buffer)).split("\n");
    const last = lines.pop() ?? "";
    const answers = lines.map(finish).join("");
    keep(last);
    if (answers !== "" && !output.write(answers)) await once(output, "drain");
  }
  keep(decoder.end());
  if (unfinished !== "" || tooLong) output.write(finish(""));
}
