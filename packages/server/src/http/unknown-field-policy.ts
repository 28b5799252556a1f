import { type StructuralSchema, unknownFields } from "@fairlead/resources";
import type { FastifyReply, FastifyRequest } from "fastify";
import { badRequest, invalidObject } from "./api-error.ts";
import type { JsonObject } from "./json-body.ts";
import { addWarnings } from "./warnings.ts";

const policies = ["Ignore", "Warn", "Strict"] as const;

interface Exchange {
  request: FastifyRequest;
  reply: FastifyReply;
}

/**
 * Fields that the schema does not know are dropped, each with a `Warning:` header; `?fieldValidation=Strict`, Kubernetes'
 * own parameter, makes them errors (ruling 11).
 */
export function reportUnknownFields(schema: StructuralSchema, body: JsonObject, { request, reply }: Exchange): void {
  const policy = fieldValidation(request.query);
  if (policy === "Ignore") return;
  const unknown = unknownFields(schema, body);
  if (unknown.length === 0) return;
  if (policy === "Strict") {
    const errors = unknown.map((field) => ({ reason: "FieldValueForbidden", field, message: "unknown field" }));
    throw invalidObject("request", errors);
  }
  addWarnings(
    reply,
    unknown.map((field) => `unknown field "${field}"`),
  );
}

function fieldValidation(query: unknown): (typeof policies)[number] {
  const value = (query as { fieldValidation?: unknown }).fieldValidation ?? "Warn";
  const policy = policies.find((name) => name === value);
  if (!policy) throw badRequest(`query parameter fieldValidation: must be one of ${policies.join(", ")}`);
  return policy;
}
