import { builtin } from "@fairlead/kube";
import { apiClusterHealthSchema, apiEventSchema, apiNodeSchema, emptyAnswerSchema } from "@fairlead/resources";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { ApiContext } from "../api-context.ts";
import { hasRole } from "../authorization/authorize.ts";
import { badRequest } from "../http/api-error.ts";
import { dryRunQuery, isDryRun, parameter } from "../http/query.ts";
import { signalOf } from "../http/request-signal.ts";
import { describeRoute, otherContent } from "../openapi/describe-route.ts";
import { toApiClusterHealth } from "./api-cluster-health.ts";
import { lastObserved, toApiEvent } from "./api-event.ts";
import { toApiNode } from "./api-node.ts";
import { type ClusterParams, readableCluster } from "./cluster-access.ts";
import { adminKubeconfig } from "./kubeconfig.ts";
import { inUserCluster } from "./user-cluster.ts";
import { revokeViewerKubeconfig, viewerKubeconfig } from "./viewer-kubeconfig.ts";

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
    summary: "Download a kubeconfig of a cluster: the administrator's, or for viewers one that lets look",
    answers: { 200: otherContent("application/octet-stream", z.string()) },
  });
  app.get<{ Params: ClusterParams }>("/:cluster_id/kubeconfig", { schema: kubeconfig }, async (request, reply) => {
    const { cluster_id: id } = request.params;
    await readableCluster(context, request, request.params);
    const isWriter = hasRole(request, "owners", "editors");
    const text = isWriter
      ? await adminKubeconfig(context.management, id, signalOf(request))
      : await viewerKubeconfig(context, id, signalOf(request));
    return reply
      .type("application/octet-stream")
      .header("content-disposition", `attachment; filename=kubeconfig-${isWriter ? "admin" : "viewer"}-${id}`)
      .header("cache-control", "no-cache")
      .send(text);
  });

  const revoke = describeRoute({
    tag,
    summary: "Make the kubeconfig of a cluster's viewers useless; the next one they download is another",
    query: dryRunQuery,
    answers: { 200: emptyAnswerSchema },
  });
  app.put<{ Params: ClusterParams }>("/:cluster_id/viewertoken", { schema: revoke }, async (request) => {
    const dryRun = isDryRun(request.query);
    await readableCluster(context, request, request.params);
    if (!dryRun) await revokeViewerKubeconfig(context, request.params.cluster_id);
    return {};
  });
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
