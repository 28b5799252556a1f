import { apiAuditEntrySchema } from "@fairlead/resources";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { ApiContext } from "../api-context.ts";
import { type ClusterParams, readableCluster } from "../clusters/cluster-access.ts";
import { ApiError, badRequest } from "../http/api-error.ts";
import { parameter } from "../http/query.ts";
import { describeRoute } from "../openapi/describe-route.ts";

const defaultLimit = 100;
const largestLimit = 1000;

export function auditRoutes(app: FastifyInstance, context: ApiContext): void {
  const list = describeRoute({
    tag: "Clusters",
    summary: "List who did what to a cluster by this API, newest first (Fairlead's addition)",
    query: {
      limit: z
        .int()
        .min(1)
        .max(largestLimit)
        .optional()
        .describe(`At most so many; ${defaultLimit} unless it says otherwise.`),
    },
    answers: { 200: z.array(apiAuditEntrySchema) },
  });
  app.get<{ Params: ClusterParams }>("/:cluster_id/audit", { schema: list }, async (request) => {
    const limit = limitOf(parameter(request.query, "limit"));
    await readableCluster(context, request, request.params);
    if (!context.audit) throw new ApiError(404, "no audit log is kept here");
    return context.audit.ofCluster(request.params.cluster_id, limit);
  });
}

function limitOf(value: unknown): number {
  if (value === undefined || value === "") return defaultLimit;
  const limit = typeof value === "string" && /^\d{1,4}$/.test(value) ? Number(value) : 0;
  if (limit >= 1 && limit <= largestLimit) return limit;
  throw badRequest(`query parameter limit: must be an integer from 1 to ${largestLimit}`);
}
