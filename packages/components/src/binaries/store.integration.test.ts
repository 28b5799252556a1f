import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { afterEach, beforeEach, expect, test } from "vitest";
import { helloPin, toolsDirectory } from "../../test-fixtures/pins.ts";
import { sha256File } from "./cache.ts";
import type { BinaryPin, GoModuleSource } from "./pins.ts";
import type { BinaryProgress } from "./progress.ts";
import { ensureBinaries } from "./resolve.ts";
import { BinaryStore } from "./store.ts";

let home: string;
let environment: Record<string, string | undefined>;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "fairlead-store-"));
  // A cache of our own, but Go's: its standard library is compiled already.
  const goCache = (await execa("go", ["env", "GOCACHE"])).stdout;
  environment = { PATH: process.env.PATH, HOME: home, XDG_CACHE_HOME: home, GOCACHE: goCache };
});
afterEach(() => rm(home, { recursive: true, force: true }));

function store(changes: Record<string, string | undefined> = {}, pins: readonly BinaryPin[] = [helloPin]): BinaryStore {
  return new BinaryStore({ environment: { ...environment, ...changes }, pins, toolsDirectory });
}

function withSource(changes: Partial<GoModuleSource>): BinaryPin {
  if (helloPin.source.kind !== "go-module") throw new Error("The fixture is a Go module");
  return { ...helloPin, source: { ...helloPin.source, ...changes } };
}

async function script(path: string, text: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/bin/sh\n${text}\n`);
  await chmod(path, 0o755);
  return path;
}

test("compiles once, with progress, checks the result, and finds it from then on", async () => {
  const events: BinaryProgress[] = [];
  const path = await store().obtain(helloPin, { onProgress: (event) => events.push(event) });
  expect((await execa(path)).stdout).toBe("hello version v1.2.3");
  const phases = [...new Set(events.map(({ phase }) => phase))];
  expect(phases).toEqual(["checking", "compiling", "verifying", "ready"]);
  expect(path.startsWith(join(home, "fairlead", "bin", "kwok", `1.2.3-${process.platform}-${process.arch}-`))).toBe(
    true,
  );
  const manifest: unknown = JSON.parse(await readFile(join(dirname(path), "manifest.json"), "utf8"));
  expect(manifest).toMatchObject({ version: "1.2.3", sha256: await sha256File(path), size: (await stat(path)).size });

  const again: string[] = [];
  expect(await store().obtain(helloPin, { onProgress: ({ phase }) => again.push(phase) })).toBe(path);
  expect(again).toEqual(["checking", "ready"]);
});

test("a changed pin is a different cache entry", async () => {
  const first = await store().obtain(helloPin);
  const second = await store().obtain(
    withSource({ ldflags: ["-X", "fairlead.dev/fixtures/hello/version.Version=1.2.3"] }),
  );
  expect(second).not.toBe(first);
});

test("two processes at once compile once", async () => {
  const obtain = fileURLToPath(new URL("../../test-fixtures/obtain.ts", import.meta.url));
  const run = () => execa(process.execPath, [obtain], { env: environment, extendEnv: false, lines: true });
  const [first, second] = await Promise.all([run(), run()]);
  const phases = [first, second].map(({ stdout }) => stdout.map((line) => (JSON.parse(line) as BinaryProgress).phase));
  expect(phases.filter((list) => list.includes("compiling"))).toHaveLength(1);
  expect(phases.map((list) => list.at(-1))).toEqual(["ready", "ready"]);
});

test("a truncated binary and what an interrupted run left are replaced", async () => {
  const path = await store().obtain(helloPin);
  await truncate(path, 100);
  const root = store().cacheDirectory;
  await mkdir(join(root, ".staging-go-module-killed"));
  expect(await store().obtain(helloPin)).toBe(path);
  expect((await execa(path)).stdout).toBe("hello version v1.2.3");
  expect((await readdir(root)).filter((name) => name.startsWith(".staging"))).toEqual([]);
});

test("aborting leaves nothing behind and says why", async () => {
  const abort = new AbortController();
  const onProgress = ({ phase }: BinaryProgress) => {
    if (phase === "compiling") abort.abort(new Error("enough"));
  };
  await expect(store().obtain(helloPin, { signal: abort.signal, onProgress })).rejects.toThrow("enough");
  expect((await readdir(store().cacheDirectory)).filter((name) => !name.endsWith(".lock"))).toEqual([]);
});

test("a binary that calls itself something else does not enter the cache", async () => {
  const wrong: BinaryPin = { ...helloPin, version: "9.9.9" };
  await expect(store().obtain(wrong)).rejects.toMatchObject({
    code: "version-mismatch",
    message: expect.stringContaining("calls itself 1.2.3; wanted 9.9.9"),
  });
  expect(await store().find(wrong)).toBeUndefined();
});

test("the compiler's own words come with the error", async () => {
  const broken = withSource({ tool: "broken", package: "fairlead.dev/fixtures/broken", ldflags: [] });
  await expect(store().obtain(broken)).rejects.toMatchObject({
    code: "build-failed",
    details: expect.arrayContaining([expect.stringContaining("undefined: undefinedFunction")]),
  });
});

test("without Go the error names the ways to get the binary", async () => {
  await expect(store({ PATH: join(home, "empty") }).obtain(helloPin)).rejects.toMatchObject({
    code: "go-missing",
    message:
      "Cannot get kwok 1.2.3: Building it needs Go 1.26 or newer, and there is no `go` on PATH. Ways to get it: have Go 1.26 or newer on PATH and it is built by itself; or put kwok 1.2.3 on PATH or into $KUBEBUILDER_ASSETS.",
  });
});

test("an old Go is told apart from a missing one", async () => {
  await script(join(home, "old", "go"), "echo go1.22.3");
  await expect(store({ PATH: join(home, "old") }).obtain(helloPin)).rejects.toMatchObject({
    code: "go-too-old",
    message: expect.stringContaining("the `go` on PATH is 1.22.3"),
  });
});

test("the host's binary wins if it has exactly the pinned version", async () => {
  const assets = await script(join(home, "assets", "kwok"), "echo hello version v1.2.3");
  const onPath = await script(join(home, "bin", "kwok"), "echo hello version v1.2.3");
  const PATH = `${join(home, "bin")}:${process.env.PATH}`;
  expect(await store({ PATH, KUBEBUILDER_ASSETS: dirname(assets) }).find(helloPin)).toBe(assets);
  expect(await store({ PATH }).find(helloPin)).toBe(onPath);
  await script(assets, "echo hello version v1.2.4 and more");
  expect(await store({ PATH, KUBEBUILDER_ASSETS: dirname(assets) }).find(helloPin)).toBe(onPath);
  await script(onPath, "echo some other program; exit 1");
  expect(await store({ PATH, KUBEBUILDER_ASSETS: dirname(assets) }).find(helloPin)).toBeUndefined();
});

test("a file in the cache's way gives one clear line", async () => {
  await writeFile(join(home, "fairlead"), "");
  await expect(store().obtain(helloPin)).rejects.toMatchObject({
    code: "not-writable",
    message: expect.stringContaining("a file is in its way"),
  });
});

test("one failure stops the other binaries and is the one reported", async () => {
  const broken = { ...withSource({ tool: "broken", package: "fairlead.dev/fixtures/broken" }), name: "etcd" as const };
  const ensured = ensureBinaries(["etcd", "kwok"], { store: store({}, [broken, helloPin]) });
  await expect(ensured).rejects.toMatchObject({ code: "build-failed" });
  expect(await store().find(helloPin)).toBeUndefined();
});
