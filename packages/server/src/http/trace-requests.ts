import { activeTraceparent } from "@fairlead/kube";
import { traceAnnotation } from "@fairlead/resources";
import { type Context, context, propagation, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { FastifyInstance, FastifyRequest } from "fastify";

const tracer = trace.getTracer("fairlead");
const contexts = new WeakMap<FastifyRequest, Context>();

/**
 * A span for each request, named like `GET /api/v2/projects/:project_id/clusters` and going on from the client's, if it
 * names one (W3C Trace Context).
 */
export function traceRequests(app: FastifyInstance): void {
  app.addHook("onRequest", (request, reply, done) => {
    const { method, routeOptions } = request;
    const route = routeOptions.url ?? "";
    const parent = propagation.extract(context.active(), request.headers);
    const attributes = { "http.request.method": method, ...(route ? { "http.route": route } : {}) };
    const span = tracer.startSpan(`${method} ${route}`.trimEnd(), { kind: SpanKind.SERVER, attributes }, parent);
    reply.raw.once("close", () => {
      span.setAttribute("http.response.status_code", reply.statusCode);
      if (reply.statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    });
    const active = trace.setSpan(parent, span);
    contexts.set(request, active);
    context.with(active, done);
  });
  // Reading a body goes on where the connection was opened: that knows of no request.
  app.addHook("preValidation", (request, _reply, done) => {
    context.with(contexts.get(request) ?? context.active(), done);
  });
}

/** Metadata of a Cluster that is written now: what controllers make of it is found in the request's trace. */
export function withTrace<T extends { annotations?: Record<string, string | null> }>(metadata: T): T {
  const traceparent = activeTraceparent();
  if (traceparent === undefined) return metadata;
  const value = `${traceparent} ${new Date().toISOString()}`;
  return { ...metadata, annotations: { ...metadata.annotations, [traceAnnotation]: value } };
}
