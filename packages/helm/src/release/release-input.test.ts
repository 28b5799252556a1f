import { describe, expect, test } from "vitest";
import { identityOf, inputDigest } from "./release-input.ts";

describe("input digest", () => {
  test("knows no order of keys, but the order of lists", () => {
    expect(inputDigest("c", { a: 1, b: { c: 2, d: 3 } })).toBe(inputDigest("c", { b: { d: 3, c: 2 }, a: 1 }));
    expect(inputDigest("c", { a: [1, 2] })).not.toBe(inputDigest("c", { a: [2, 1] }));
  });

  test("tells values, types and charts apart", () => {
    const digests = [
      inputDigest("c", {}),
      inputDigest("d", {}),
      inputDigest("c", { a: 24 }),
      inputDigest("c", { a: "24" }),
      inputDigest("c", { a: null }),
      inputDigest("c", { a: {} }),
      inputDigest("c", { a: [] }),
    ];
    expect(new Set(digests).size).toBe(digests.length);
  });

  test("fits a label value", () => {
    expect(inputDigest("c", {})).toMatch(/^[0-9a-f]{40}$/);
  });
});

describe("identity of a chart", () => {
  test("a registry on loopback may come back on another port", () => {
    const at = (host: string) => identityOf({ kind: "oci", url: `oci://${host}/charts/cilium`, version: "1.13.8" });
    expect(at("127.0.0.1:5000")).toBe(at("127.0.0.1:5001"));
    expect(at("127.0.0.1:5000")).not.toBe(at("quay.io"));
  });

  test("a digest says all", () => {
    const url = "oci://quay.io/charts/cilium";
    expect(identityOf({ kind: "oci", url, version: "1.13.8", digest: "sha256:a" })).toBe("sha256:a");
  });

  test("a path says nothing", () => {
    expect(identityOf({ kind: "path", path: "/charts/cilium" })).toBeUndefined();
  });
});
