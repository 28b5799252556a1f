import { builtin } from "@fairlead/kube";
import { apiClusterHealthSchema, apiEventSchema, apiNodeSchema, emptyAnswerSchema } from "@fairlead/resources";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { ApiContext } from "../api-context.ts";
import { userOf } from "../authentication/authenticate.ts";
import { hasRole } from "../authorization/authorize.ts";
import { badRequest } from "../http/api-error.ts";
import { dryRunQuery, isDryRun, parameter } from "../http/query.ts";
import { signalOf } from "../http/request-signal.ts";
import { describeRoute, otherContent } from "../openapi/describe-route.ts";
import { toApiClusterHealth } from "./api-cluster-health.ts";
import { lastObserved, toApiEvent } from "./api-event.ts";
import { toApiNode } from "./api-node.ts";
import { type ClusterParams, readableCluster } from "./cluster-access.ts";
import { inUserCluster } from "./user-cluster.ts";
import { type KubeconfigRole, revokeKubeconfigs, userKubeconfig } from "./user-kubeconfig.ts";

const tag = "Clusters";

/** What a running cluster tells of itself. */
export function clusterStateRoutes(app: FastifyInstance, context: ApiContext): void {
  const health = describeRoute({
    tag,
    summary: "Say how each component of a cluster is",
    answers: { 200: apiClusterHealthSchema },
  });
  app.get<{ Params: ClusterParams }>("/:cluster_id/health", { schema: health }, async (request) => {
    const { status } = await readableCluster(context, request, request.params);
    return toApiClusterHealth(status?.extendedHealth);
  });

  const events = describeRoute({
    tag,
    summary: "List what happened to a cluster, oldest first",
    query: { type: z.enum(["normal", "warning"]).optional() },
    answers: { 200: z.array(apiEventSchema) },
  });
  app.get<{ Params: ClusterParams }>("/:cluster_id/events", { schema: events }, async (request) => {
    const type = eventType(parameter(request.query, "type"));
    const { metadata } = await readableCluster(context, request, request.params);
    const { items } = await context.management.list(builtin.Event, {
      fieldSelector: `regarding.uid=${metadata.uid}`,
      signal: signalOf(request),
    });
    return items
      .filter((event) => type === undefined || event.type === type)
      .sort((a, b) => (lastObserved(a) < lastObserved(b) ? -1 : 1))
      .map(toApiEvent);
  });

  const nodes = describeRoute({
    tag: "Nodes",
    summary: "List the nodes of a cluster, by name",
    answers: { 200: z.array(apiNodeSchema) },
  });
  app.get<{ Params: ClusterParams }>("/:cluster_id/nodes", { schema: nodes }, async (request) => {
    await readableCluster(context, request, request.params);
    const { items } = await inUserCluster(context, request.params.cluster_id, (client) =>
      client.list(builtin.Node, { signal: signalOf(request) }),
    );
    return items.map(toApiNode).sort((a, b) => (a.name < b.name ? -1 : 1));
  });

  const kubeconfig = describeRoute({
    tag,
    summary: "Download a kubeconfig of a cluster of one's own: an administrator's, or for viewers one that lets look",
    answers: { 200: otherContent("application/octet-stream", z.string()) },
  });
  app.get<{ Params: ClusterParams }>("/:cluster_id/kubeconfig", { schema: kubeconfig }, async (request, reply) => {
    const { cluster_id: id } = request.params;
    await readableCluster(context, request, request.params);
    const role = hasRole(request, "owners", "editors") ? "admin" : "viewer";
    const signal = signalOf(request);
    const text = await userKubeconfig({ api: context, id, signal }, role, userOf(request).email);
    return reply
      .type("application/octet-stream")
      .header("content-disposition", `attachment; filename=kubeconfig-${role}-${id}`)
      .header("cache-control", "no-store")
      .send(text);
  });

  revokeRoute(app, context, { path: "token", role: "admin" });
  revokeRoute(app, context, { path: "viewertoken", role: "viewer" });
}

/** KKP's address for making all kubeconfigs of a role useless. */
function revokeRoute(
  app: FastifyInstance,
  context: ApiContext,
  { path, role }: { path: string; role: KubeconfigRole },
): void {
  const schema = describeRoute({
    tag,
    summary: `Make the ${role === "admin" ? "administrators" : "viewers"}' kubeconfigs of a cluster useless, or one's`,
    query: {
      user: z
        .string()
        .optional()
        .describe("E-mail address of whose kubeconfigs alone it is about (Fairlead's addition)."),
      ...dryRunQuery,
    },
    answers: { 200: emptyAnswerSchema },
  });
  app.put<{ Params: ClusterParams }>(`/:cluster_id/${path}`, { schema }, async (request) => {
    const dryRun = isDryRun(request.query);
    const email = emailOf(parameter(request.query, "user"));
    await readableCluster(context, request, request.params);
    if (!dryRun) await revokeKubeconfigs(context, request.params.cluster_id, { role, email });
    return {};
  });
}

function emailOf(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  // Nothing at all must not mean everybody.
  if (typeof value === "string" && value.trim() !== "") return value.trim().toLowerCase();
  throw badRequest("query parameter user: expected an e-mail address");
}

function eventType(value: unknown): "Normal" | "Warning" | undefined {
  switch (value) {
    case undefined:
    case "":
      return undefined;
    case "normal":
      return "Normal";
    case "warning":
      return "Warning";
    default:
      throw badRequest('query parameter type: must be "normal" or "warning"');
  }
}
