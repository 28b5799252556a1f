export type ComponentErrorCode =
  | "binary-unavailable"
  | "version-mismatch"
  | "checksum-mismatch"
  | "download-failed"
  | "build-failed"
  | "go-missing"
  | "go-too-old"
  | "npm-missing"
  | "python-missing"
  | "disk-full"
  | "read-only"
  | "not-writable"
  | "directory-in-use"
  | "no-free-port"
  | "process-exists"
  | "process-exited"
  | "process-not-ready"
  | "process-stopped";

/**
 * Anything that goes wrong between "I need kube-apiserver" and "it runs". `message` is one line for a person and says
 * what to do; `details` are lines of output (of a compiler, of a log file) that explain it, most telling first.
 */
export class ComponentError extends Error {
  override readonly name = "ComponentError";
  readonly code: ComponentErrorCode;
  readonly details: readonly string[];

  constructor(
    code: ComponentErrorCode,
    message: string,
    options: { details?: readonly string[]; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? [];
  }
}

/** `ENOSPC`, `EROFS`, … of a system error, or undefined. */
export function errnoOf(error: unknown): string | undefined {
  if (error instanceof Error && "code" in error && typeof error.code === "string") return error.code;
  return undefined;
}
