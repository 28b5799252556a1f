import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { ApiContext } from "../api-context.ts";
import { unavailable } from "../http/api-error.ts";
import { signalOf } from "../http/request-signal.ts";
import { describeRoute, otherContent } from "../openapi/describe-route.ts";

/** Needs no token: for load balancers and supervisors. */
export function healthRoutes(app: FastifyInstance, { management }: ApiContext): void {
  const schema = describeRoute({
    tag: "System",
    summary: "Say whether the server can work",
    answers: { 200: otherContent("text/plain", z.string()) },
    open: true,
  });
  app.get("/api/v1/healthz", { schema }, async (request, reply) => {
    const ready = await management
      .requestText({ method: "GET", path: "/readyz", signal: signalOf(request) })
      .catch((cause) => {
        throw unavailable("the management API is not ready", { cause });
      });
    return reply.type("text/plain; charset=utf-8").send(ready);
  });
}

export function versionRoutes(app: FastifyInstance, { version }: ApiContext): void {
  const schema = describeRoute({
    tag: "System",
    summary: "Show Fairlead's version",
    answers: { 200: z.object({ api: z.string() }) },
  });
  app.get("/api/v1/version", { schema }, async () => ({ api: version }));
}
