import { redact } from "./redact.ts";

export type HelmErrorKind =
  | "chart-not-found"
  | "chart-digest-mismatch"
  | "source-forbidden"
  | "archive-refused"
  | "registry-unreachable"
  | "unauthorized"
  | "values-invalid"
  | "render-failed"
  | "kubernetes-version-refused"
  | "cluster-unreachable"
  | "rejected-by-cluster"
  | "conflict"
  | "operation-in-progress"
  | "release-exists"
  | "release-not-found"
  | "timeout"
  | "aborted"
  | "unknown";

export interface HelmErrorOptions {
  command: string;
  /** What helm wrote to stderr, already redacted. */
  stderr?: string;
  cause?: unknown;
}

/** A helm call that did not succeed. `message` is one line for conditions and events; `stderr` is what helm wrote. */
export class HelmError extends Error {
  override readonly name = "HelmError";
  readonly kind: HelmErrorKind;
  /** The subcommand: `upgrade`, `pull`, … */
  readonly command: string;
  readonly stderr: string;

  constructor(kind: HelmErrorKind, message: string, options: HelmErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.kind = kind;
    this.command = options.command;
    this.stderr = options.stderr ?? "";
  }

  /** Reads helm's stderr. `secrets` are strings that must not appear in what is kept of it. */
  static fromStderr(command: string, stderr: string, secrets: readonly string[] = []): HelmError {
    // What a chart makes helm say may be megabytes long. Redacted before it is cut, lest half a secret is left.
    const safe = redact(stderr.slice(-4 * maxStderrLength), secrets).slice(-maxStderrLength);
    const message = errorMessage(safe);
    return new HelmError(classify(message), shorten(message) || `helm ${command} failed without a message`, {
      command,
      stderr: safe,
    });
  }
}

export function isHelmError(error: unknown, ...kinds: HelmErrorKind[]): error is HelmError {
  return error instanceof HelmError && (kinds.length === 0 || kinds.includes(error.kind));
}

const maxStderrLength = 8_192;
const maxMessageLength = 500;

/** Helm has no error codes: its words are all there is. The first line that fits decides, so the order matters. */
const signs: readonly (readonly [HelmErrorKind, RegExp])[] = [
  ["operation-in-progress", /another operation \(install\/upgrade\/rollback\) is in progress/],
  ["release-exists", /cannot reuse a name that is still in use/],
  ["release-not-found", /release: not found|has no deployed releases|unable to find a previously successful release$/],
  ["values-invalid", /values don't meet the specifications of the schema/],
  [
    "render-failed",
    /execution error at|parse error at|error converting YAML to JSON|error parsing .*values|template: /,
  ],
  ["kubernetes-version-refused", /chart requires kubeVersion/],
  ["chart-digest-mismatch", /digest mismatch|digest verification|mismatch digest/],
  [
    "unauthorized",
    /basic credential not found|response status code 40[13]|: (401|403) (Unauthorized|Forbidden)|denied: /,
  ],
  ["unauthorized", /asked for the client to provide credentials|\bis forbidden: User |Unauthorized$/],
  ["cluster-unreachable", /kubernetes cluster unreachable|couldn't get current server API group list/i],
  [
    "conflict",
    /conflict occurred while applying object|invalid ownership metadata|already exists and cannot be imported/,
  ],
  ["timeout", /context deadline exceeded|timed out waiting|resource .* not ready\./],
  ["rejected-by-cluster", /server-side apply failed|unable to build kubernetes objects|is invalid: |admission webhook/],
  ["rejected-by-cluster", /namespaces ".*" not found/],
  [
    "chart-not-found",
    /on source: .*: not found|chart .* not found|path ".*" not found|: 404 Not Found|Chart\.yaml file is missing/,
  ],
  [
    "registry-unreachable",
    /on (source|destination): |dial tcp|no such host|x509: |server gave HTTP response|i\/o timeout/,
  ],
];

/** The kind of failure that an error message of helm 4 stands for. */
function classify(message: string): HelmErrorKind {
  return signs.find(([, sign]) => sign.test(message))?.[0] ?? "unknown";
}

/** What stands behind `Error:`, to the end; log lines (`level=WARN msg=…`) come before it. */
function errorMessage(stderr: string): string {
  const start = stderr.search(/^Error: /m);
  const text = start < 0 ? stderr : stderr.slice(start + "Error: ".length);
  return text
    .replace(/^(INSTALLATION|UPGRADE|ROLLBACK) FAILED: /, "")
    .replace(/\n\s*Use --debug flag to render out invalid YAML\s*$/, "")
    .trim();
}

function shorten(message: string): string {
  const line = message.replace(/:\s*\n\s*-?\s*/g, ": ").replace(/\s*\n\s*-?\s*/g, "; ");
  return line.length <= maxMessageLength ? line : `${line.slice(0, maxMessageLength - 1)}…`;
}
