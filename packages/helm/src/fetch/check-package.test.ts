import { gzipSync } from "node:zlib";
import { Header, type HeaderData } from "tar";
import { describe, expect, test } from "vitest";
import { checkPackage } from "./check-package.ts";

/** A tar archive of raw headers, as no decent program would write it. */
function archive(entries: readonly (HeaderData & { content?: Buffer })[]): Buffer {
  const blocks = entries.flatMap(({ content = Buffer.of(), ...data }) => {
    const header = new Header({ mode: 0o644, size: content.length, type: "File", mtime: new Date(0), ...data });
    const block = Buffer.alloc(512);
    header.encode(block);
    return [block, content, Buffer.alloc((512 - (content.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

const chart = { path: "app/Chart.yaml", content: Buffer.from("apiVersion: v2\nname: app\nversion: 1.0.0\n") };
const check = (entries: Parameters<typeof archive>[0]) => checkPackage(gzipSync(archive(entries)), "chart app");

test("files and folders are a chart", async () => {
  await check([chart, { path: "app/templates/", type: "Directory" }, { path: "app/templates/a..b.yaml" }]);
});

describe("is refused", () => {
  test.each<[string, HeaderData, RegExp]>([
    ["a path upwards", { path: "app/../../evil" }, /leads out of the chart/],
    ["a path upwards, at the start", { path: "../evil" }, /leads out of the chart/],
    ["a path upwards with backslashes", { path: "app\\..\\..\\evil" }, /leads out of the chart/],
    ["an absolute path", { path: "/etc/cron.d/evil" }, /leads out of the chart/],
    ["a drive", { path: "C:/evil" }, /leads out of the chart/],
    ["a symbolic link", { path: "app/link", type: "SymbolicLink", linkpath: "/etc/passwd" }, /is a SymbolicLink/],
    ["a symbolic link within", { path: "app/link", type: "SymbolicLink", linkpath: "Chart.yaml" }, /is a SymbolicLink/],
    ["a hard link", { path: "app/link", type: "Link", linkpath: "/etc/passwd" }, /is a Link/],
    ["a device", { path: "app/null", type: "CharacterDevice" }, /is a CharacterDevice/],
    ["a pipe", { path: "app/pipe", type: "FIFO" }, /is a FIFO/],
    ["a line break in a name", { path: "app/a\nb" }, /control characters/],
  ])("%s", async (_what, entry, message) => {
    await expect(check([chart, entry])).rejects.toMatchObject({
      kind: "archive-refused",
      message: expect.stringMatching(message),
    });
  });

  test("a small package of a gigabyte", async () => {
    const zeros = Buffer.alloc(8 * 1024 * 1024);
    const bomb = gzipSync(archive(Array.from({ length: 20 }, (_, n) => ({ path: `app/${n}`, content: zeros }))));
    expect(bomb.length).toBeLessThan(1024 * 1024);
    await expect(checkPackage(bomb, "chart app")).rejects.toThrow(/unpacks to more than \d+ bytes/);
  });

  test("a package of nothing but names", async () => {
    const names = Array.from({ length: 20_000 }, (_, n) => ({ path: `app/${n}` }));
    await expect(check(names)).rejects.toThrow("more than 10000 files");
  });

  test.each([
    ["no gzip", Buffer.from("hello")],
    ["no tar", gzipSync(Buffer.from("x".repeat(2000)))],
    ["half of an archive", gzipSync(archive([chart])).subarray(0, 60)],
    ["nothing", gzipSync(Buffer.alloc(1024))],
  ])("%s", async (_what, content) => {
    await expect(checkPackage(content, "chart app")).rejects.toMatchObject({ kind: "archive-refused" });
  });
});
