import { mkdtemp, rmdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { helloPin, toolsDirectory } from "../../test-fixtures/pins.ts";
import { BinaryStore } from "../binaries/store.ts";
import { freePort } from "../ports.ts";
import { gatherFacts } from "./facts.ts";

test("sees this machine as it is, and creates nothing", async () => {
  const home = await mkdtemp(join(tmpdir(), "fairlead-facts-"));
  const environment = { ...process.env, XDG_CACHE_HOME: join(home, "cache"), KUBEBUILDER_ASSETS: undefined };
  const older = { ...helloPin, version: "1.0.0" };
  const port = await freePort();
  const facts = await gatherFacts({
    store: new BinaryStore({ environment, pins: [helloPin, older], toolsDirectory }),
    directories: [join(home, "data")],
    ports: [port],
  });
  expect(facts.node).toBe(process.versions.node);
  expect(facts.go).toMatch(/^1\.\d+/);
  expect(facts.npm).toMatch(/^\d+\.\d+/);
  expect(facts.binaries.map(({ pin, path }) => [pin.version, path])).toEqual([["1.2.3", undefined]]);
  expect(facts.directories.map(({ path }) => path)).toEqual([
    join(home, "cache", "fairlead", "bin"),
    join(home, "data"),
  ]);
  for (const { free, writable } of facts.directories) expect([free > 0, writable]).toEqual([true, true]);
  expect(facts.ports).toEqual([{ port, free: true }]);
  // Fails if anything was created in it.
  await rmdir(home);
});
