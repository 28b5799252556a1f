import type { FastifyInstance } from "fastify";
import type { ApiContext } from "../api-context.ts";
import { unavailable } from "../http/api-error.ts";
import { signalOf } from "../http/request-signal.ts";

/** Needs no token: for load balancers and supervisors. */
export function healthRoutes(app: FastifyInstance, { management }: ApiContext): void {
  app.get("/api/v1/healthz", async (request, reply) => {
    const ready = await management
      .requestText({ method: "GET", path: "/readyz", signal: signalOf(request) })
      .catch((cause) => {
        throw unavailable("the management API is not ready", { cause });
      });
    return reply.type("text/plain; charset=utf-8").send(ready);
  });
}

export function versionRoutes(app: FastifyInstance, { version }: ApiContext): void {
  app.get("/api/v1/version", async () => ({ api: version }));
}
