import { z } from "zod";
import { badRequest } from "./api-error.ts";

/** Query parameters that several routes take, as they are published; the functions below read them. */
export const dryRunQuery = {
  dryRun: z
    .literal("All")
    .optional()
    .describe("Checks everything, admission included, and answers what would be, but stores nothing."),
};

export const fieldValidationQuery = {
  fieldValidation: z
    .enum(["Ignore", "Warn", "Strict"])
    .optional()
    .describe("What happens to fields that are not known: dropped, dropped with a warning (default), or refused."),
};

/** Kubernetes' own parameter. @throws ApiError 400 for a value that Kubernetes does not know */
export function isDryRun(query: unknown): boolean {
  const value = parameter(query, "dryRun");
  if (value === undefined || value === "") return false;
  if (value === "All") return true;
  throw badRequest('query parameter dryRun: must be "All"');
}

/** A flag as Go reads it (`strconv.ParseBool`), since KKP's clients write it so. @throws ApiError 400 */
export function booleanParameter(query: unknown, name: string): boolean {
  const value = parameter(query, name);
  if (value === undefined || value === "") return false;
  if (typeof value === "string" && /^(1|t|T|true|TRUE|True)$/.test(value)) return true;
  if (typeof value === "string" && /^(0|f|F|false|FALSE|False)$/.test(value)) return false;
  throw badRequest(`query parameter ${name}: must be true or false`);
}

export function parameter(query: unknown, name: string): unknown {
  return (query as Record<string, unknown>)[name];
}
