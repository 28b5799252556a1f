import { apiUserSchema, emptyAnswerSchema } from "@fairlead/resources";
import type { FastifyInstance } from "fastify";
import type { ApiContext } from "../api-context.ts";
import { credentialsOf, userOf } from "../authentication/authenticate.ts";
import { signalOf } from "../http/request-signal.ts";
import { clearTokenCookie } from "../oidc/login-cookie.ts";
import { describeRoute } from "../openapi/describe-route.ts";
import { membershipsOf, toApiSelf } from "./api-user.ts";

export function meRoutes(app: FastifyInstance, context: ApiContext): void {
  const schema = describeRoute({
    tag: "Users",
    summary: "Show who sends the request, and what they are in which project",
    answers: { 200: apiUserSchema },
  });
  app.get("/api/v1/me", { schema }, async (request) => {
    const self = userOf(request);
    if (self.kind === "local") return toApiSelf(self, undefined);
    const signal = signalOf(request);
    const [user, memberships] = await Promise.all([
      self.kind === "person" ? context.users.find(self.email, signal) : undefined,
      context.memberships.read(self, signal),
    ]);
    const projects = membershipsOf(memberships);
    return { ...toApiSelf(self, user), ...(projects.length > 0 ? { projects } : {}) };
  });

  const logout = describeRoute({
    tag: "Users",
    summary: "Sign out: the token that was sent counts no longer",
    description: "Tokens of service accounts and of the local administrator stay as they are.",
    answers: { 200: emptyAnswerSchema },
  });
  app.post("/api/v1/me/logout", { schema: logout }, async (request, reply) => {
    const user = userOf(request);
    if (user.kind === "person") await context.revoked.add(user, credentialsOf(request).token);
    clearTokenCookie(reply);
    return {};
  });
}
