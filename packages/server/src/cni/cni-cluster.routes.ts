import { apiCniClusterSchema, clusterType, projectLabel } from "@fairlead/resources";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { ApiContext } from "../api-context.ts";
import { signalOf } from "../http/request-signal.ts";
import { describeRoute } from "../openapi/describe-route.ts";

/** Fairlead's addition to KKP's API: which CNI versions are in use, for administrators. */
export function cniClusterRoutes(app: FastifyInstance, { management }: ApiContext): void {
  const list = describeRoute({
    tag: "Fleet",
    summary: "List the clusters of all projects with the CNI of each, by name (administrators)",
    answers: { 200: z.array(apiCniClusterSchema) },
  });
  app.get("/api/v2/cni/clusters", { schema: list }, async (request) => {
    const { items } = await management.list(clusterType, { signal: signalOf(request) });
    return items
      .map(({ metadata: { name: id = "", labels }, spec }) => ({
        id,
        name: spec.humanReadableName,
        projectID: labels?.[projectLabel] ?? "",
        version: spec.version,
        cniPlugin: { type: spec.cniPlugin?.type ?? "none", version: spec.cniPlugin?.version ?? "" },
      }))
      .sort((a, b) => a.name.localeCompare(b.name) || a.id.localeCompare(b.id));
  });
}
