import {
  administratorRequestSchema,
  apiAdministratorSchema,
  apiUserSchema,
  structuralSchema,
  type User,
  userType,
} from "@fairlead/resources";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import type { ApiContext } from "../api-context.ts";
import { userOf } from "../authentication/authenticate.ts";
import { forbidden, invalidObject, notFound } from "../http/api-error.ts";
import { objectBody } from "../http/json-body.ts";
import { dryRunQuery, fieldValidationQuery, isDryRun } from "../http/query.ts";
import { signalOf } from "../http/request-signal.ts";
import { shapeErrors } from "../http/shape-errors.ts";
import { reportUnknownFields } from "../http/unknown-field-policy.ts";
import { describeRoute } from "../openapi/describe-route.ts";
import { toApiUser } from "./api-user.ts";

const tag = "Users";
const fields = structuralSchema(administratorRequestSchema);

/** Who is known here, and who administers the whole installation. */
export function administratorRoutes(app: FastifyInstance, context: ApiContext): void {
  const people = async (request: FastifyRequest): Promise<User[]> => {
    const { items } = await context.management.list(userType, { signal: signalOf(request) });
    return items
      .filter(({ spec }) => spec.project === undefined)
      .sort((a, b) => (a.spec.email < b.spec.email ? -1 : 1));
  };

  const users = describeRoute({
    tag,
    summary: "List everybody who has signed in once (administrators)",
    answers: { 200: z.array(apiUserSchema) },
  });
  app.get("/api/v2/users", { schema: users }, async (request) =>
    (await people(request)).map((user) => toApiUser({ email: user.spec.email, user }, [])),
  );

  const list = describeRoute({
    tag,
    summary: "List the administrators (administrators)",
    answers: { 200: z.array(apiAdministratorSchema) },
  });
  app.get("/api/v1/admin", { schema: list }, async (request) =>
    (await people(request)).filter(({ spec }) => spec.admin).map(toAdministrator),
  );

  const put = describeRoute({
    tag,
    summary: "Make somebody who has signed in once an administrator, or no longer one (administrators)",
    query: { ...dryRunQuery, ...fieldValidationQuery },
    body: administratorRequestSchema,
    answers: { 200: apiAdministratorSchema },
  });
  app.put("/api/v1/admin", { schema: put }, async (request, reply) => {
    const body = objectBody(request.body);
    reportUnknownFields(fields, body, { request, reply });
    const parsed = administratorRequestSchema.safeParse(body, { reportInput: true });
    if (!parsed.success) throw invalidObject("administrator", shapeErrors(parsed.error));
    const email = parsed.data.email.trim().toLowerCase();
    if (email === userOf(request).email) throw forbidden("nobody changes their own rights");
    const user = await context.users.find(email, signalOf(request));
    if (!user) throw notFound("user", email);
    const patch = { spec: { admin: parsed.data.isAdmin } };
    const options = { fieldManager: "fairlead", dryRun: isDryRun(request.query) };
    const ref = { name: user.metadata.name ?? "" };
    return toAdministrator(await context.management.mergePatch(userType, ref, patch, options));
  });
}

function toAdministrator({ spec: { name, email, admin = false } }: User) {
  return { name, email, isAdmin: admin };
}
