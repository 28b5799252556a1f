import { ComponentError, type ComponentErrorCode } from "../errors.ts";

const causes: readonly { code: ComponentErrorCode; pattern: RegExp; summary: string }[] = [
  {
    code: "disk-full",
    pattern: /no space left on device|disk quota exceeded/,
    summary:
      "The disk filled up while Go was compiling (it needs up to 5 GiB for its caches; see `go env GOCACHE GOMODCACHE`)",
  },
  {
    code: "read-only",
    pattern: /read-only file system/,
    summary: "Go cannot write to its caches, which are on a read-only disk (see `go env GOCACHE GOMODCACHE`)",
  },
  {
    code: "checksum-mismatch",
    pattern: /SECURITY ERROR|checksum mismatch/,
    summary: "A Go module does not have the pinned checksum; refusing to build it",
  },
  {
    code: "go-too-old",
    pattern: /requires go >= ?\d/,
    summary: "The installed Go is too old for a module",
  },
  {
    code: "download-failed",
    pattern:
      /dial tcp|no such host|proxyconnect|i\/o timeout|TLS handshake|connection re(set|fused)|module lookup disabled|: [45]\d\d [A-Z]/,
    summary: "A Go module could not be downloaded (behind a proxy, set HTTPS_PROXY or GOPROXY)",
  },
];

/** Says in one line why `go` failed; the compiler's own words follow as details. */
export function explainGoFailure(stderr: readonly string[], cause?: unknown): ComponentError {
  const told = stderr.filter((line) => line.trim() !== "" && (/\s/.test(line) || line.startsWith("go:")));
  const details = told.filter((line) => !line.startsWith("go: downloading ")).slice(-20);
  for (const { code, pattern, summary } of causes) {
    const line = details.find((candidate) => pattern.test(candidate));
    if (line !== undefined) return new ComponentError(code, summary, { details: [line], cause });
  }
  return new ComponentError("build-failed", "`go build` failed", { details, cause });
}
