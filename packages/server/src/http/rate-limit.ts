import rateLimit, { type CreateRateLimitOptions } from "@fastify/rate-limit";
import type { FastifyInstance } from "fastify";
import { userOf } from "../authentication/authenticate.ts";
import { ApiError } from "./api-error.ts";

export interface RateLimits {
  /** Requests a minute from one address, known or not: who guesses tokens is stopped, too. */
  address: number;
  /** Requests a minute of one user, from wherever: nobody takes the others' share behind a common address. */
  identity: number;
}

export const defaultRateLimits: RateLimits = { address: 12_000, identity: 6000 };

/** Comes before authentication, which the plugin's own hooks of routes do not: they never see a request that is 401. */
export function limitAddresses(app: FastifyInstance, { address }: RateLimits): void {
  app.register(rateLimit, { global: false });
  app.after(() => refuseBeyond(app, { max: address }));
}

/** For routes that require authentication, which has to come first. */
export function limitIdentities(app: FastifyInstance, { identity }: RateLimits): void {
  refuseBeyond(app, { max: identity, keyGenerator: (request) => userOf(request).email });
}

function refuseBeyond(app: FastifyInstance, limit: Pick<CreateRateLimitOptions, "max" | "keyGenerator">): void {
  const check = app.createRateLimit({ ...limit, timeWindow: "1 minute" });
  app.addHook("onRequest", async (request, reply) => {
    const result = await check(request);
    if (result.isAllowed || !result.isExceeded) return;
    const seconds = result.ttlInSeconds;
    reply.header("retry-after", String(seconds));
    throw new ApiError(429, `too many requests, try again in ${seconds} seconds`);
  });
}
