import type { ApiErrorBody, ApiFieldError } from "@fairlead/resources";

/** An answer of the REST API that is no success, decoded from its envelope. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  /** The HTTP status. */
  readonly status: number;
  readonly details: readonly string[];
  readonly fieldErrors: readonly ApiFieldError[];

  constructor(status: number, body: ApiErrorBody["error"]) {
    super(body.message);
    this.status = status;
    this.details = body.details ?? [];
    this.fieldErrors = body.fieldErrors ?? [];
  }

  /** Each field that is wrong, `spec.x: …`; empty if it is not fields that are wrong. */
  get invalidFields(): readonly string[] {
    if (this.status !== 400 && this.status !== 422) return [];
    if (this.details.length > 0) return this.details;
    return this.fieldErrors.map(({ field, message }) => `${field}: ${message}`);
  }
}

/** No answer at all, or none that Fairlead would give. */
export class UnreachableError extends Error {
  override readonly name = "UnreachableError";
}

export function isNotFound(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404;
}

/** Whether the same request can succeed later: the server restarts, or what is asked of is not ready yet. */
export function isTransient(error: unknown): boolean {
  return (
    error instanceof UnreachableError || (error instanceof ApiError && (error.status >= 500 || error.status === 429))
  );
}

/** The error in `body`, whatever the server was: a proxy answers in its own words. */
export function decodeError(status: number, body: string): ApiError {
  const error = envelope(body);
  if (error) return new ApiError(status, error);
  const text = body.trim().startsWith("<") ? "" : body.trim().slice(0, 200);
  return new ApiError(status, { code: status, message: `the server answered ${status}${text ? `: ${text}` : ""}` });
}

function envelope(body: string): ApiErrorBody["error"] | undefined {
  try {
    const parsed = JSON.parse(body) as Partial<ApiErrorBody> | null;
    return typeof parsed?.error?.message === "string" ? parsed.error : undefined;
  } catch {
    return undefined;
  }
}
