import { valuesChangeObjection } from "@fairlead/admission";
import {
  type ApiCniRollout,
  apiCniRolloutSchema,
  type CniRollout,
  cniRolloutPatchSchema,
  cniRolloutType,
  createCniRolloutSchema,
  emptyAnswerSchema,
} from "@fairlead/resources";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import type { ApiContext } from "../api-context.ts";
import { invalidObject } from "../http/api-error.ts";
import { isObject, type JsonObject, objectBody } from "../http/json-body.ts";
import { dryRunQuery, isDryRun } from "../http/query.ts";
import { signalOf } from "../http/request-signal.ts";
import { shapeErrors } from "../http/shape-errors.ts";
import { zeroTime } from "../http/time.ts";
import { describeRoute } from "../openapi/describe-route.ts";

interface RolloutParams {
  Params: { rollout_name: string };
}

const tag = "Fleet";
const path = "/api/v2/cnirollouts";
const fieldManager = "fairlead-api";

/** Fairlead's addition to KKP's API: changes of the CNI of many clusters, for administrators. */
export function cniRolloutRoutes(app: FastifyInstance, context: ApiContext): void {
  const { management } = context;

  const list = describeRoute({
    tag,
    summary: "List the roll-outs of changes of CNIs, by name",
    answers: { 200: z.array(apiCniRolloutSchema) },
  });
  app.get(path, { schema: list }, async (request) => {
    const { items } = await management.list(cniRolloutType, { signal: signalOf(request) });
    return items.map(toApi).sort((a, b) => a.name.localeCompare(b.name));
  });

  const create = describeRoute({
    tag,
    summary: "Bring the CNI of many clusters to a version, or change its Helm values, in waves",
    description: "Either spec.version or spec.values, a merge patch (RFC 7396) of Helm values: null takes a key away.",
    query: dryRunQuery,
    body: createCniRolloutSchema,
    answers: { 201: apiCniRolloutSchema },
  });
  app.post(path, { schema: create }, async (request, reply) => {
    const { name, spec } = parse(createCniRolloutSchema, withNulls(request));
    const options = { fieldManager, dryRun: isDryRun(request.query), signal: signalOf(request) };
    return reply.code(201).send(toApi(await management.create(cniRolloutType, { metadata: { name }, spec }, options)));
  });

  const get = describeRoute({ tag, summary: "Say how far a roll-out is", answers: { 200: apiCniRolloutSchema } });
  app.get<RolloutParams>(`${path}/:rollout_name`, { schema: get }, async (request) => {
    const ref = { name: request.params.rollout_name };
    return toApi(await management.get(cniRolloutType, ref, { signal: signalOf(request) }));
  });

  const patch = describeRoute({
    tag,
    summary: "Pause or resume a roll-out, or change how much of it may be under way or fail",
    query: dryRunQuery,
    body: cniRolloutPatchSchema,
    answers: { 200: apiCniRolloutSchema },
  });
  app.patch<RolloutParams>(`${path}/:rollout_name`, { schema: patch }, async (request) => {
    const spec = parse(cniRolloutPatchSchema, objectBody(request.body));
    const ref = { name: request.params.rollout_name };
    const options = { fieldManager, dryRun: isDryRun(request.query), signal: signalOf(request) };
    return toApi(await management.mergePatch(cniRolloutType, ref, { spec }, options));
  });

  const remove = describeRoute({
    tag,
    summary: "Delete a roll-out",
    description: "Clusters that are on their way get there; no further one is begun.",
    query: dryRunQuery,
    answers: { 200: emptyAnswerSchema },
  });
  app.delete<RolloutParams>(`${path}/:rollout_name`, { schema: remove }, async (request) => {
    const options = { dryRun: isDryRun(request.query), signal: signalOf(request) };
    await management.delete(cniRolloutType, { name: request.params.rollout_name }, options);
    return {};
  });
}

/** @throws ApiError 400 with every field that is wrong */
function parse<T>(schema: z.ZodType<T>, body: JsonObject): T {
  const parsed = schema.safeParse(body, { reportInput: true });
  if (parsed.success) return parsed.data;
  throw invalidObject("cnirollout", shapeErrors(parsed.error));
}

/** In values, and nowhere else, null says something. */
function withNulls({ body }: FastifyRequest): JsonObject {
  const plain = objectBody(body);
  const values = isObject(body) && isObject(body.spec) ? body.spec.values : undefined;
  if (!isObject(values) || !isObject(plain.spec)) return plain;
  const message = valuesChangeObjection(values);
  if (message) throw invalidObject("cnirollout", [{ field: "spec.values", reason: "FieldValueInvalid", message }]);
  return { ...plain, spec: { ...plain.spec, values } };
}

function toApi({ metadata, spec, status }: CniRollout): ApiCniRollout {
  const { name = "", creationTimestamp = zeroTime } = metadata;
  return { name, creationTimestamp, spec, ...(status ? { status } : {}) };
}
