import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { decodeRelease, hasUnfinishedInstallHook, revisionFrom, type StoredRelease } from "./release-storage.ts";

const input = { "fairlead.dev/input-digest": "abc", "fairlead.dev/input-revision": "3" };

describe("labels of a stored revision", () => {
  test("of Fairlead's own", () => {
    const labels = { version: "3", status: "deployed", modifiedAt: "1795490761", ...input };
    expect(revisionFrom({ labels, creationTimestamp: "2026-11-24T03:00:00Z" })).toEqual({
      revision: 3,
      status: "deployed",
      createdAtMs: Date.parse("2026-11-24T03:00:00Z"),
      modifiedAtMs: 1_795_490_761_000,
      inputDigest: "abc",
    });
  });

  test("copied by helm into somebody else's revision", () => {
    expect(revisionFrom({ labels: { version: "4", status: "deployed", ...input } }).inputDigest).toBeUndefined();
  });

  test("with the time of the revision before, which helm copies: it was written when it was begun at the earliest", () => {
    const labels = { version: "4", status: "failed", modifiedAt: "1795490761" };
    const creationTimestamp = "2026-11-24T05:00:00Z";
    expect(revisionFrom({ labels, creationTimestamp }).modifiedAtMs).toBe(Date.parse(creationTimestamp));
  });

  test("a status that helm does not have today", () => {
    expect(revisionFrom({ labels: { version: "1", status: "pondering" } }).status).toBe("unknown");
  });
});

const release: StoredRelease = {
  name: "x",
  namespace: "default",
  version: 1,
  info: { status: "failed", description: "broken" },
  chart: { metadata: { name: "demo", version: "1.0.0" } },
  config: { a: 1 },
  manifest: "",
  hooks: null,
};

test("a payload as helm encodes it", async () => {
  const payload = gzipSync(JSON.stringify(release)).toString("base64");
  expect(await decodeRelease(Buffer.from(payload).toString("base64"))).toEqual(release);
});

test("a payload that would use up the memory is no revision", async () => {
  const bomb = gzipSync(Buffer.alloc(128 * 1024 * 1024, 0x20)).toString("base64");
  expect(bomb.length).toBeLessThan(1024 * 1024); // It fits into a Secret.
  await expect(decodeRelease(Buffer.from(bomb).toString("base64"))).rejects.toThrow(/larger than/);
});

describe("install hooks", () => {
  const withHook = (event: string, phase?: string) =>
    hasUnfinishedInstallHook({ ...release, hooks: [{ name: "h", events: [event], last_run: { phase } }] });

  test("decide whether a failed install can be completed", () => {
    expect(hasUnfinishedInstallHook(release)).toBe(false);
    expect(withHook("pre-install", "Succeeded")).toBe(false);
    expect(withHook("pre-install", "Failed")).toBe(true);
    expect(withHook("post-install")).toBe(true);
    expect(withHook("pre-upgrade", "Failed")).toBe(false);
  });
});
