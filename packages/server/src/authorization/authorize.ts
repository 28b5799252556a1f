import type { ProjectRole } from "@fairlead/resources";
import type { FastifyInstance, FastifyRequest, RouteOptions } from "fastify";
import { userOf } from "../authentication/authenticate.ts";
import type { AuthenticatedUser } from "../authentication/authenticator.ts";
import { type ApiError, forbidden } from "../http/api-error.ts";
import { signalOf } from "../http/request-signal.ts";
import type { MembershipReader } from "./memberships.ts";
import { type Access, accessTo } from "./route-rules.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** The route only says that its address has no such method: whoever may ask is told. */
    refusesMethod?: true;
  }
}

type Roles = ReadonlySet<ProjectRole>;
const noRoles: Roles = new Set();
const rolesOfRequests = new WeakMap<FastifyRequest, Roles>();

/** Lets only those reach the routes of `app` whom the route's rule names. @throws TypeError for a route without rule */
export function requireAuthorization(app: FastifyInstance, memberships: MembershipReader): void {
  requireRules(app, (access) => access !== "everybody");
  app.addHook("onRequest", async (request) => {
    const { method, url = "", config } = request.routeOptions;
    if (config.refusesMethod) return;
    const access = accessTo([method].flat()[0] ?? "", url);
    // Registration has made sure of it; were it not so, nobody should get through.
    if (access === undefined) throw forbidden(`nobody may use ${request.method} ${url}`);
    await authorize(request, access, memberships);
  });
}

/** Lets only members with these roles reach the routes of `app`, which are no part of the documented API. */
export function requireRoles(app: FastifyInstance, memberships: MembershipReader, roles: readonly ProjectRole[]): void {
  app.addHook("onRequest", (request) => authorize(request, roles, memberships));
}

/** Routes of `app` need no token: each has to stand in the rules as such. @throws TypeError for one that does not */
export function allowEverybody(app: FastifyInstance): void {
  requireRules(app, (access) => access === "everybody");
}

function requireRules(app: FastifyInstance, fits: (access: Access) => boolean): void {
  app.addHook("onRoute", ({ method, url, config }: RouteOptions) => {
    if (config?.refusesMethod) return;
    for (const name of [method].flat()) {
      const access = accessTo(name, url);
      if (access === undefined || !fits(access)) {
        throw new TypeError(`${name} ${url}: authorization/route-rules.ts has no rule for it here`);
      }
    }
  });
}

async function authorize(request: FastifyRequest, access: Access, memberships: MembershipReader): Promise<void> {
  const user = userOf(request);
  if (user.isAdmin || access === "user" || access === "everybody") return;
  if (access === "admin") throw forbidden(`"${user.email}" doesn't have admin rights`);
  const { project_id: projectId = "" } = request.params as { project_id?: string };
  const found = await memberships.read(user, signalOf(request), projectId);
  const roles = found.get(projectId) ?? noRoles;
  // Whether there is such a project is told to nobody else: a foreign one and none look alike.
  if (roles.size === 0) throw forbidden(`"${user.email}" doesn't belong to project ${projectId}`);
  if (!access.some((role) => roles.has(role))) throw wrongRole(user, access);
  rolesOfRequests.set(request, roles);
}

function wrongRole({ email }: AuthenticatedUser, access: readonly ProjectRole[]): ApiError {
  return forbidden(`"${email}" may not do this in the project: it takes a member of ${access.join(", ")}`);
}

/** Whether the request's user has one of the roles in the project of the request's address; administrators have all. */
export function hasRole(request: FastifyRequest, ...wanted: readonly ProjectRole[]): boolean {
  const roles = rolesOfRequests.get(request) ?? noRoles;
  return userOf(request).isAdmin || wanted.some((role) => roles.has(role));
}
