import { admitApplicationInstallation } from "@fairlead/admission";
import { compareLayers } from "@fairlead/network";
import {
  type ApiApplicationValues,
  type ApiApplicationValuesPreview,
  type ApplicationInstallation,
  apiApplicationValuesPreviewSchema,
  apiApplicationValuesSchema,
  applicationDefinitionType,
  applicationInstallationType,
  applicationValuesRequestSchema,
} from "@fairlead/resources";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { ApiContext } from "../api-context.ts";
import { type ClusterParams, readableCluster } from "../clusters/cluster-access.ts";
import { inUserCluster } from "../clusters/user-cluster.ts";
import { badRequest, invalidObject, notFound } from "../http/api-error.ts";
import { ifMatchNote, requireMatch, tagged } from "../http/entity-tag.ts";
import { isObject, type JsonObject, requireShallow } from "../http/json-body.ts";
import { dryRunQuery, isDryRun } from "../http/query.ts";
import { signalOf } from "../http/request-signal.ts";
import { retryConflicts } from "../http/retry-conflicts.ts";
import { addWarnings } from "../http/warnings.ts";
import { describeRoute } from "../openapi/describe-route.ts";
import { layeredValues, type ValuesInput, valuesOf } from "./application-values.ts";

interface ApplicationParams extends ClusterParams {
  namespace: string;
  appinstall_name: string;
}

type ApplicationRequest = FastifyRequest<{ Params: ApplicationParams }>;

const tag = "Applications";
const path = "/:cluster_id/applicationinstallations/:namespace/:appinstall_name/values";

/** Fairlead's addition to KKP's API: which value comes from where, and what an edit would do. */
export function applicationValuesRoutes(app: FastifyInstance, context: ApiContext): void {
  const get = describeRoute({
    tag,
    summary: "Show the Helm values of an application, each key with the layer that it comes from",
    answers: { 200: apiApplicationValuesSchema },
  });
  app.get<{ Params: ApplicationParams }>(path, { schema: get }, async (request, reply) =>
    answer(reply, await read(context, request, reply)),
  );

  const preview = describeRoute({
    tag,
    summary: "Say what an edit of an application's Helm values would do, without storing it",
    body: applicationValuesRequestSchema,
    answers: { 200: apiApplicationValuesPreviewSchema },
  });
  app.post<{ Params: ApplicationParams }>(
    path,
    { schema: preview },
    async (request, reply): Promise<ApiApplicationValuesPreview> => {
      const values = valuesBody(request.body);
      const before = await read(context, request, reply);
      const edited = withValues(before.installation, values);
      const errors = await problems(context, request, { before: before.installation, edited });
      const after = { ...before, installation: edited };
      return {
        accepted: errors.length === 0,
        errors: [...errors],
        changes: compareLayers(layeredValues(before), layeredValues(after)),
      };
    },
  );

  const put = describeRoute({
    tag,
    summary: "Replace the Helm values of an application",
    description: `A key that is left out is taken away; the keys that Fairlead manages must stay as they are. ${ifMatchNote}`,
    query: dryRunQuery,
    body: applicationValuesRequestSchema,
    answers: { 200: apiApplicationValuesSchema },
  });
  app.put<{ Params: ApplicationParams }>(path, { schema: put }, async (request, reply) => {
    const values = valuesBody(request.body);
    const dryRun = isDryRun(request.query);
    const { namespace, appinstall_name: name, cluster_id: id } = request.params;
    const what = `application "${namespace}/${name}"`;
    return await retryConflicts(what, async () => {
      const before = await read(context, request, reply);
      requireMatch(request, what, before.installation.spec);
      const edited = withValues(before.installation, values);
      const errors = await problems(context, request, { before: before.installation, edited });
      if (errors.length > 0) throw invalidObject("applicationinstallation", errors);
      const installation = await inUserCluster(context, id, (client) =>
        client.replace(applicationInstallationType, edited, { fieldManager: "fairlead-api", dryRun }),
      );
      return answer(reply, { ...before, installation });
    });
  });
}

async function read(context: ApiContext, request: ApplicationRequest, reply: FastifyReply): Promise<ValuesInput> {
  const { namespace, appinstall_name: name, cluster_id: id } = request.params;
  const signal = signalOf(request);
  const cluster = await readableCluster(context, request, request.params);
  const installation = await inUserCluster(context, id, (client) =>
    client.find(applicationInstallationType, { name, namespace }, { signal }),
  );
  if (!installation) throw notFound("applicationinstallation", `${namespace}/${name}`);
  const chart = await context.chartValues?.(installation.spec.applicationRef, signal).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    addWarnings(reply, [`the chart's own values are left out: ${why}`]);
    return undefined;
  });
  const { configuration } = await context.installation.read();
  return { cluster, installation, chart, overwriteRegistry: configuration?.spec?.userCluster?.overwriteRegistry };
}

/** Asked here since the server writes as Fairlead, whom the webhook lets do everything. */
async function problems(
  context: ApiContext,
  request: ApplicationRequest,
  { before, edited }: { before: ApplicationInstallation; edited: ApplicationInstallation },
) {
  const ref = { name: edited.spec.applicationRef.name };
  const definition = await context.management.find(applicationDefinitionType, ref, { signal: signalOf(request) });
  const write = { operation: "UPDATE", object: edited, oldObject: before, definition, byFairlead: false } as const;
  return admitApplicationInstallation(write).errors;
}

function withValues(installation: ApplicationInstallation, values: JsonObject): ApplicationInstallation {
  const { valuesBlock: _, ...spec } = installation.spec;
  return { ...installation, spec: { ...spec, values } };
}

/** Nulls stay: to Helm they take away what the chart itself sets. */
function valuesBody(body: unknown): JsonObject {
  if (!isObject(body)) throw badRequest("request body: expected a JSON object");
  requireShallow(body);
  const { values, ...others } = body;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw badRequest(`request body: unknown field "${unknown}", expected only "values"`);
  if (!isObject(values)) throw badRequest("request body: values: expected an object of Helm values");
  return values;
}

/** With the tag of the installation, whose spec holds the values. */
function answer(reply: FastifyReply, input: ValuesInput): ApiApplicationValues {
  return tagged(reply, toApiValues(input), input.installation.spec);
}

function toApiValues(input: ValuesInput): ApiApplicationValues {
  return {
    version: input.installation.spec.applicationRef.version,
    values: valuesOf(input.installation),
    chartValuesKnown: input.chart !== undefined,
    keys: layeredValues(input).map((key) => ({ ...key, covers: [...key.covers] })),
  };
}
