/** `metav1.Status`: what the API server answers when it refuses. */
export interface Status {
  kind?: "Status";
  apiVersion?: "v1";
  status?: "Success" | "Failure";
  message?: string;
  /** `NotFound`, `Conflict`, `Invalid`, … */
  reason?: string;
  details?: StatusDetails;
  /** HTTP status code. */
  code?: number;
}

export interface StatusDetails {
  name?: string;
  group?: string;
  kind?: string;
  uid?: string;
  causes?: StatusCause[];
  retryAfterSeconds?: number;
}

export interface StatusCause {
  /** `FieldValueInvalid`, `FieldValueRequired`, … */
  reason?: string;
  message?: string;
  /** JSON path, as in `spec.clusterNetwork.pods.cidrBlocks[0]`. */
  field?: string;
}

/** A refusal in the shape of the Kubernetes `Status`. */
export class StatusError extends Error {
  override readonly name = "StatusError";
  readonly status: Status;

  constructor(status: Status, options?: ErrorOptions) {
    super(status.message || `${status.reason ?? "Unknown"} (${status.code ?? 0})`, options);
    this.status = status;
  }

  get code(): number {
    return this.status.code ?? 0;
  }

  get reason(): string {
    return this.status.reason ?? "Unknown";
  }
}

/** No answer came: connection refused or reset, TLS refused, timed out. `cause` holds the transport's error. */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";
}

const reasonsByCode = new Map([
  [400, "BadRequest"],
  [401, "Unauthorized"],
  [403, "Forbidden"],
  [404, "NotFound"],
  [405, "MethodNotAllowed"],
  [406, "NotAcceptable"],
  [409, "Conflict"],
  [410, "Expired"],
  [413, "RequestEntityTooLarge"],
  [415, "UnsupportedMediaType"],
  [422, "Invalid"],
  [429, "TooManyRequests"],
  [500, "InternalError"],
  [503, "ServiceUnavailable"],
  [504, "Timeout"],
]);

/**
 * The `Status` of a failed HTTP response. A body that is no `Status` (a proxy's error page, plain text of the
 * server's own filters) becomes the message.
 */
export function statusFromResponse(code: number, body: string): Status {
  const parsed = parseStatus(body);
  if (parsed) return { ...parsed, code: parsed.code || code };
  const text = body.trim().slice(0, 500);
  const reason = reasonsByCode.get(code) ?? "Unknown";
  return { kind: "Status", apiVersion: "v1", status: "Failure", code, reason, message: text || `${reason} (${code})` };
}

function parseStatus(body: string): Status | undefined {
  if (!body.startsWith("{")) return undefined;
  try {
    const value: unknown = JSON.parse(body);
    return isStatus(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isStatus(value: unknown): value is Status {
  return typeof value === "object" && value !== null && (value as Status).kind === "Status";
}

function hasReason(error: unknown, ...reasons: string[]): boolean {
  return error instanceof StatusError && reasons.includes(error.reason);
}

export function isNotFound(error: unknown): boolean {
  return hasReason(error, "NotFound");
}

/** There is no such object; not: the server does not serve the path (the kind, or its version, went away). */
export function isObjectNotFound(error: unknown): boolean {
  return error instanceof StatusError && isNotFound(error) && error.status.details?.name !== undefined;
}

/** The object changed since it was read (or, for apply, another field manager owns a field). */
export function isConflict(error: unknown): boolean {
  return hasReason(error, "Conflict");
}

export function isAlreadyExists(error: unknown): boolean {
  return hasReason(error, "AlreadyExists");
}

export function isInvalid(error: unknown): boolean {
  return hasReason(error, "Invalid");
}

export function isForbidden(error: unknown): boolean {
  return hasReason(error, "Forbidden");
}

/** 410: a resourceVersion or continue token that etcd has compacted away. Old servers say `Gone`, newer `Expired`. */
export function isExpired(error: unknown): boolean {
  return error instanceof StatusError && (error.code === 410 || hasReason(error, "Expired", "Gone"));
}

/** The server has not reached this resourceVersion: it lags behind, or its data was restored from a backup. */
export function isResourceVersionTooLarge(error: unknown): boolean {
  if (!(error instanceof StatusError)) return false;
  return error.status.details?.causes?.some((cause) => cause.reason === "ResourceVersionTooLarge") ?? false;
}
