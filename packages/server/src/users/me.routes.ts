import { createHash } from "node:crypto";
import { type ApiUser, apiUserSchema } from "@fairlead/resources";
import type { FastifyInstance } from "fastify";
import { userOf } from "../authentication/authenticate.ts";
import type { AuthenticatedUser } from "../authentication/authenticator.ts";
import { zeroTime } from "../http/time.ts";
import { describeRoute } from "../openapi/describe-route.ts";

export function meRoutes(app: FastifyInstance): void {
  const schema = describeRoute({
    tag: "System",
    summary: "Show who sends the request",
    answers: { 200: apiUserSchema },
  });
  app.get("/api/v1/me", { schema }, async (request) => toApiUser(userOf(request)));
}

function toApiUser({ email, name, isAdmin, groups }: AuthenticatedUser): ApiUser {
  return {
    id: createHash("sha256").update(email).digest("hex"),
    name,
    creationTimestamp: zeroTime,
    email,
    ...(isAdmin ? { isAdmin } : {}),
    ...(groups.length > 0 ? { groups: [...groups] } : {}),
  };
}
