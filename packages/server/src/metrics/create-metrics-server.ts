import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from "fastify";
import type { Registry } from "prom-client";

export interface MetricsServerOptions {
  registry: Registry;
  /** Whether requests can be answered. */
  isReady: () => boolean;
  logger: FastifyBaseLogger;
}

/** For Prometheus and for the kubelet, neither of which has to say who it is: `/metrics`, `/livez`, `/readyz`. */
export function createMetricsServer({ registry, isReady, logger }: MetricsServerOptions): FastifyInstance {
  const app = fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: true,
    bodyLimit: 1024,
    requestTimeout: 10_000,
    http: { headersTimeout: 10_000 },
  });
  app.get("/metrics", async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()));
  app.get("/livez", async () => "ok");
  app.get("/readyz", async (_request, reply) => (isReady() ? "ok" : reply.code(503).send("starting")));
  return app;
}
