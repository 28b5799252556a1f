import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { inClusterOptions } from "./in-cluster.ts";

const env = { KUBERNETES_SERVICE_HOST: "10.96.0.1", KUBERNETES_SERVICE_PORT: "443" };
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "fairlead-account-"));
  await writeFile(join(directory, "ca.crt"), "authority");
  await writeFile(join(directory, "token"), "first\n");
});
afterAll(() => rm(directory, { recursive: true, force: true }));
afterEach(() => vi.restoreAllMocks());

function tokenOf({ token }: ReturnType<typeof inClusterOptions>): string | undefined {
  return typeof token === "function" ? token() : token;
}

test("server, authority and token come from the pod's environment", () => {
  const options = inClusterOptions(env, directory);
  expect(options).toMatchObject({ server: "https://10.96.0.1:443", ca: "authority" });
  expect(tokenOf(options)).toBe("first");
  expect(inClusterOptions({ ...env, KUBERNETES_SERVICE_HOST: "fd00::1" }, directory).server).toBe(
    "https://[fd00::1]:443",
  );
});

test("a replaced token is noticed", async () => {
  const now = vi.spyOn(performance, "now").mockReturnValue(0);
  const options = inClusterOptions(env, directory);
  await writeFile(join(directory, "token"), "second");
  expect(tokenOf(options)).toBe("first");
  now.mockReturnValue(61_000);
  expect(tokenOf(options)).toBe("second");
  await writeFile(join(directory, "token"), "first\n");
});

test("outside of a cluster it says so", () => {
  expect(() => inClusterOptions({}, directory)).toThrow("KUBERNETES_SERVICE_HOST");
  expect(() => inClusterOptions(env, join(directory, "none"))).toThrow("token");
});
