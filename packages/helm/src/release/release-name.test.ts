import { describe, expect, test } from "vitest";
import { releaseName } from "./release-name.ts";

describe("release name", () => {
  test("namespace and name", () => {
    expect(releaseName("kube-system", "cilium")).toBe("kube-system-cilium");
  });

  test("53 characters are kept as they are", () => {
    const name = "a".repeat(53 - "ns-".length);
    expect(releaseName("ns", name)).toBe(`ns-${name}`);
  });

  test("one more is cut to 43, with nine of the namespace's SHA-1", () => {
    const name = "b".repeat(51);
    expect(releaseName("ns", name)).toBe(`${"b".repeat(43)}-7320d5b79`);
    expect(releaseName("ns", name)).toHaveLength(53);
  });

  test("same name in two namespaces: two releases", () => {
    const name = "c".repeat(60);
    expect(releaseName("one", name)).not.toBe(releaseName("two", name));
  });
});
