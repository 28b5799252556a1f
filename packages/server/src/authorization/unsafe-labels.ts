import { addedUnsafeLabels } from "@fairlead/admission";
import type { FastifyRequest } from "fastify";
import { forbidden } from "../http/api-error.ts";
import { hasRole } from "./authorize.ts";

type Labels = Readonly<Record<string, string>>;

/** What can break a cluster for good is the owners' decision. @throws ApiError 403 if another one adds such a label */
export function requireOwnerForUnsafeLabels(request: FastifyRequest, labels?: Labels, before?: Labels): void {
  const added = addedUnsafeLabels(labels, before);
  if (added.length === 0 || hasRole(request, "owners")) return;
  throw forbidden(`only owners of the project and administrators may set label ${added.join(", ")}`);
}
