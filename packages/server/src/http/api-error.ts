import { describeProblems, summarizeProblems } from "@fairlead/admission";
import type { ApiErrorBody, ApiFieldError } from "@fairlead/resources";

interface ApiErrorOptions extends ErrorOptions {
  details?: readonly string[];
  fieldErrors?: readonly ApiFieldError[];
}

/** A refusal with its HTTP status; the error handler answers it in KKP's envelope. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly statusCode: number;
  readonly #details: readonly string[];
  readonly #fieldErrors: readonly ApiFieldError[];

  constructor(statusCode: number, message: string, options: ApiErrorOptions = {}) {
    super(message, options);
    this.statusCode = statusCode;
    this.#details = options.details ?? [];
    this.#fieldErrors = options.fieldErrors ?? [];
  }

  get body(): ApiErrorBody {
    return {
      error: {
        code: this.statusCode,
        message: this.message,
        ...(this.#details.length > 0 ? { details: [...this.#details] } : {}),
        ...(this.#fieldErrors.length > 0 ? { fieldErrors: [...this.#fieldErrors] } : {}),
      },
    };
  }
}

export function badRequest(message: string, options?: ErrorOptions): ApiError {
  return new ApiError(400, message, options);
}

export function forbidden(message: string): ApiError {
  return new ApiError(403, `forbidden: ${message}`);
}

export function notFound(what: string, name: string): ApiError {
  return new ApiError(404, `${what} "${name}" not found`);
}

export function conflict(message: string): ApiError {
  return new ApiError(409, message);
}

export function unavailable(message: string, options?: ErrorOptions): ApiError {
  return new ApiError(503, message, options);
}

/** `invalid cluster: [a, b]`: all that is wrong with the object, in the message, as details and field by field. */
export function invalidObject(what: string, errors: readonly ApiFieldError[]): ApiError {
  const message = `invalid ${what}: ${summarizeProblems(errors)}`;
  return new ApiError(400, message, { details: describeProblems(errors), fieldErrors: errors });
}
