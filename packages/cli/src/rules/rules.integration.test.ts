import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const bin = fileURLToPath(new URL("../../bin/fairlead.js", import.meta.url));
const cloud = '"cloud":{"dc":"aws-dc","aws":{}}';

function start(...args: string[]): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [bin, "rules", ...args], { stdio: ["pipe", "pipe", "pipe"] });
}

async function write(child: ChildProcessWithoutNullStreams, lines: Iterable<string>): Promise<void> {
  for (const line of lines) {
    if (!child.stdin.write(`${line}\n`)) await once(child.stdin, "drain");
  }
  child.stdin.end();
}

/** The most memory that the process has had, in MiB. */
async function peakMemory({ pid }: ChildProcessWithoutNullStreams): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}

test("answers every line in its order, bad ones among them, in bounded memory", async () => {
  const COUNT = 100_000;
  const peaks: number[] = [];
  const child = start("--catalogue", "2.22");
  const ended = once(child, "close");
  function* requests() {
    for (let n = 0; n < COUNT; n++) {
      yield n % 1000 === 7
        ? "not a request"
        : `{"op":"validate-create","spec":{"features":{"n":${n}},${cloud}},"default":true}`;
    }
  }
  const written = write(child, requests());
  let answered = 0;
  let wrong = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    const isError = line.startsWith('{"ok":false,"error":"the line is not JSON');
    const isAnswer =
      line.startsWith('{"ok":true,"op":"validate-create"') && line.includes(`"features":{"n":${answered}}`);
    if (answered % 1000 === 7 ? !isError : !isAnswer) wrong++;
    answered++;
    // Not at the end: the process could be gone.
    if (answered === COUNT / 10 || answered === COUNT - 5_000) peaks.push(await peakMemory(child));
  }
  await written;
  expect([answered, wrong, await ended]).toEqual([COUNT, 0, [0, null]]);
  // Ten times the lines, not ten times the memory.
  const [early = 0, late = 0] = peaks;
  expect(early).toBeGreaterThan(20);
  expect(late).toBeLessThan(early + 100);
});

test("the first answer does not wait for the end of the input", async () => {
  const child = start();
  child.stdin.write('{"op":"cni-transition","type":"canal","old":"v3.30","new":"v3.31"}\n');
  const [chunk] = (await once(child.stdout, "data")) as [Buffer];
  expect(JSON.parse(chunk.toString())).toMatchObject({ ok: true, result: { code: "within-one-minor" } });
  child.stdin.end();
  expect(await once(child, "close")).toEqual([0, null]);
});

test("ends quietly when nobody reads on", async () => {
  const child = start();
  let stderr = "";
  child.stderr.on("data", (text: Buffer) => {
    stderr += text.toString();
  });
  child.stdin.on("error", () => undefined); // EPIPE on our side: the filter is gone, as it should be.
  child.stdin.write(`{"op":"default-network","spec":{}}\n`);
  await once(child.stdout, "data");
  child.stdout.destroy();
  const ended = once(child, "close");
  for (let n = 0; n < 100 && child.exitCode === null; n++) {
    child.stdin.write(`{"op":"default-network","spec":{}}\n`.repeat(1000));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(await ended).toEqual([0, null]);
  expect(stderr).toBe("");
});

test("an unknown catalogue is wrong usage, and names those that there are", async () => {
  const child = start("--catalogue", "2.19");
  let stderr = "";
  child.stderr.on("data", (text: Buffer) => {
    stderr += text.toString();
  });
  expect(await once(child, "close")).toEqual([2, null]);
  expect(stderr).toContain("2.20, 2.21, 2.22, current");
});
