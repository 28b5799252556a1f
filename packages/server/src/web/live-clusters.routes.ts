import { PassThrough } from "node:stream";
import type { WatchEvent } from "@fairlead/kube";
import { type ApiCluster, type ApiClusterHealth, type Cluster, clusterType, projectLabel } from "@fairlead/resources";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { ApiContext } from "../api-context.ts";
import { toApiCluster } from "../clusters/api-cluster.ts";
import { toApiClusterHealth } from "../clusters/api-cluster-health.ts";
import { type ClusterParams, type CollectionParams, readableCluster } from "../clusters/cluster-access.ts";
import { readableProject } from "../projects/project-access.ts";

/** One message of the stream. */
export interface LiveCluster {
  deleted: boolean;
  cluster: ApiCluster;
  health: ApiClusterHealth;
}

/** Proxies close connections that say nothing for a minute. */
const heartbeatMs = 20_000;

/** Which clusters a stream is of. */
interface ListOptions {
  labelSelector: string;
  fieldSelector?: string;
}

/**
 * The clusters of a project, or one of them, as server-sent events: first each as it is, then every change. It ends when the watch of the Kubernetes
 * API ends, as watches do after minutes; browsers connect again by themselves.
 */
export function liveClustersRoutes(app: FastifyInstance, context: ApiContext): void {
  const open = new Set<AbortController>();
  // Else closing the server would wait for browsers to go away.
  app.addHook("preClose", async () => {
    for (const stream of open) stream.abort();
  });

  const send = (request: FastifyRequest, reply: FastifyReply, which: ListOptions) => {
    const stream = new PassThrough();
    const ended = new AbortController();
    open.add(ended);
    reply.raw.once("close", () => ended.abort());
    const heartbeat = setInterval(() => stream.write(": still here\n\n"), heartbeatMs);
    void forward(context.management.watch(clusterType, { ...which, signal: ended.signal }), stream)
      .catch((error: unknown) => {
        if (!ended.signal.aborted) request.log.warn({ err: error }, "Ending a stream of clusters");
      })
      .finally(() => {
        clearInterval(heartbeat);
        open.delete(ended);
        stream.end();
      });
    return reply
      .type("text/event-stream")
      .header("cache-control", "no-store")
      .header("x-accel-buffering", "no")
      .send(stream);
  };

  app.get<{ Params: CollectionParams }>("/live/projects/:project_id/clusters", async (request, reply) => {
    const { project_id: projectId } = request.params;
    await readableProject(context, request, projectId);
    return send(request, reply, { labelSelector: `${projectLabel}=${projectId}` });
  });

  app.get<{ Params: ClusterParams }>("/live/projects/:project_id/clusters/:cluster_id", async (request, reply) => {
    const { metadata } = await readableCluster(context, request, request.params);
    return send(request, reply, {
      labelSelector: `${projectLabel}=${request.params.project_id}`,
      fieldSelector: `metadata.name=${metadata.name}`,
    });
  });
}

async function forward(watch: AsyncIterable<WatchEvent<Cluster>[]>, stream: PassThrough): Promise<void> {
  stream.write(": watching\n\n");
  for await (const events of watch) {
    const messages = events.flatMap((event) => (event.type === "BOOKMARK" ? [] : [message(event)]));
    const more = stream.write(messages.map((text) => `data: ${text}\n\n`).join(""));
    if (!more) await new Promise((resolve) => stream.once("drain", resolve).once("close", resolve));
  }
}

function message({ type, object }: Exclude<WatchEvent<Cluster>, { type: "BOOKMARK" }>): string {
  const live: LiveCluster = {
    deleted: type === "DELETED",
    cluster: toApiCluster(object),
    health: toApiClusterHealth(object.status?.extendedHealth),
  };
  return JSON.stringify(live);
}
