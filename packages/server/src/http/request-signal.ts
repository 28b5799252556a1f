import type { FastifyInstance, FastifyRequest } from "fastify";
import { ApiError } from "./api-error.ts";

const signals = new WeakMap<FastifyRequest, AbortSignal>();

/**
 * Gives each request a signal that aborts when it takes too long or its client goes away. Fastify's own `request.signal`
 * aborts as soon as a body has been read (it listens to the request's `close`, not to the response's), and its
 * `handlerTimeout` ends with it.
 */
export function signalRequests(app: FastifyInstance, timeoutMs: number): void {
  app.addHook("onRequest", async (request, reply) => {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(tooSlow), timeoutMs);
    reply.raw.once("close", () => {
      clearTimeout(timer);
      if (!reply.raw.writableFinished) controller.abort(clientGone);
    });
    signals.set(request, controller.signal);
  });
}

/** For reads; a write goes on to its end, so that nobody has to guess whether it happened. */
export function signalOf(request: FastifyRequest): AbortSignal {
  const signal = signals.get(request);
  if (!signal) throw new TypeError(`${request.method} ${request.routeOptions.url ?? ""} has no signal`);
  return signal;
}

const tooSlow = new ApiError(503, "the request took too long, try again");
/** nginx's code for a client that did not wait; nobody receives it. */
const clientGone = new ApiError(499, "the client closed the request");
