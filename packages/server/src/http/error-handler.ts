import { ConfigurationError } from "@fairlead/admission";
import { ConnectionError, StatusError } from "@fairlead/kube";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { ApiError } from "./api-error.ts";

/** Answers any error in KKP's envelope. What is no client's fault is logged, and says no more than it must. */
export function handleError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known = toApiError(error);
  if (known.statusCode >= 500) {
    // A cluster that is still being created is no fault of the server.
    const level = known.statusCode === 503 ? "warn" : "error";
    request.log[level]({ err: error, statusCode: known.statusCode }, "Failing the request");
  }
  return reply.code(known.statusCode).send(known.body);
}

function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof StatusError) return fromStatus(error);
  if (error instanceof ConnectionError) return new ApiError(503, "the Kubernetes API does not answer, try again");
  if (error instanceof ConfigurationError)
    return new ApiError(500, `invalid KubermaticConfiguration: ${error.message}`);
  if (isFastifyError(error)) return fromFastify(error);
  return new ApiError(500, "internal error, see the server's log");
}

/** A refusal of the Kubernetes API keeps its status and words, as in KKP; but our credentials are not the client's. */
function fromStatus(error: StatusError): ApiError {
  if (error.code === 401) return new ApiError(503, "the Kubernetes API refuses the server's credentials");
  const fieldErrors = (error.status.details?.causes ?? []).flatMap(({ reason, field, message }) =>
    field ? [{ reason: reason ?? "FieldValueInvalid", field, message: message ?? "" }] : [],
  );
  return new ApiError(error.code >= 400 ? error.code : 500, error.message, { fieldErrors });
}

function fromFastify(error: FastifyError): ApiError {
  switch (error.code) {
    case "FST_ERR_CTP_BODY_TOO_LARGE":
      return new ApiError(413, "request body: larger than 1 MiB");
    case "FST_ERR_CTP_INVALID_MEDIA_TYPE":
      return new ApiError(415, "request header Content-Type: must be application/json");
    default: {
      const statusCode = error.statusCode ?? 500;
      return new ApiError(statusCode, statusCode < 500 ? error.message : "internal error, see the server's log");
    }
  }
}

function isFastifyError(error: unknown): error is FastifyError {
  return error instanceof Error && "statusCode" in error && typeof error.statusCode === "number";
}
