import { expect, test } from "vitest";
import { explainGoFailure } from "./go-failure.ts";

test.each([
  ["disk-full", "/tmp/go-build1/x.a: write /tmp/go-build1/x.a: no space left on device"],
  ["read-only", "open /root/.cache/go-build/00/x: read-only file system"],
  ["checksum-mismatch", "verifying github.com/a/b@v1.0.0: checksum mismatch"],
  ["go-too-old", "go: go.mod requires go >= 1.27.0 (running go 1.26.8; GOTOOLCHAIN=local)"],
  [
    "download-failed",
    'go: github.com/a/b@v1.0.0: Get "https://proxy.example/x": dial tcp: lookup proxy.example: no such host',
  ],
  ["download-failed", "go: github.com/a/b@v1.0.0: reading https://proxy.example/a/b.zip: 403 Forbidden"],
  ["build-failed", "./main.go:5:2: undefined: undefinedFunction"],
])("%s: %s", (code, line) => {
  const error = explainGoFailure(["k8s.io/kubernetes/pkg/apis/core", "go: downloading github.com/a/b v1.0.0", line]);
  expect(error.code).toBe(code);
  expect(error.details).toEqual([line]);
});
