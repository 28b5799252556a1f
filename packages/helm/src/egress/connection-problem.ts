import { HelmError } from "../runner/helm-error.ts";
import { redact } from "../runner/redact.ts";

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection reset",
  EHOSTUNREACH: "no route to host",
  ENETUNREACH: "network unreachable",
  ABORT_ERR: "connecting took too long",
  UND_ERR_HEADERS_TIMEOUT: "no answer in time",
  UND_ERR_BODY_TIMEOUT: "the answer stopped coming",
};

/** Why a server cannot be talked to, in an operator's words. @param where what was asked, without credentials */
export function connectionProblem(where: string, error: unknown): HelmError {
  if (error instanceof HelmError) return error;
  const { code = "", message } = error instanceof Error ? (error as NodeJS.ErrnoException) : { message: String(error) };
  const why = reasons[code] ?? (/CERT|TLS|SSL|SIGNED/.test(code) ? `certificate: ${message}` : message);
  return new HelmError("registry-unreachable", `${where}: ${redact(why)}`, { command: "fetch", cause: error });
}
