import { chartSource } from "@fairlead/admission";
import {
  type ApiSystemApplications,
  apiSystemApplicationsSchema,
  type Seed,
  systemApplicationsPatchSchema,
  kubermaticConfigurationType as type,
} from "@fairlead/resources";
import type { FastifyInstance, FastifyReply } from "fastify";
import type { ApiContext } from "../api-context.ts";
import { conflict, invalidObject } from "../http/api-error.ts";
import { ifMatchNote, requireMatch, tagged } from "../http/entity-tag.ts";
import { patchBody } from "../http/merge-patch.ts";
import { dryRunQuery, isDryRun } from "../http/query.ts";
import { signalOf } from "../http/request-signal.ts";
import { retryConflicts } from "../http/retry-conflicts.ts";
import { shapeErrors } from "../http/shape-errors.ts";
import { describeRoute } from "../openapi/describe-route.ts";

const tag = "Applications";
const path = "/api/v2/systemapplications";
const what = "the source of system applications";
const condition = "SystemApplicationChartsAvailable";

type Configuration = NonNullable<Awaited<ReturnType<ApiContext["installation"]["read"]>>["configuration"]>;

/** Fairlead's addition to KKP's API: where the charts of the CNIs come from that are applications, for administrators. */
export function systemApplicationRoutes(app: FastifyInstance, context: ApiContext): void {
  const get = describeRoute({
    tag,
    summary: "Show where system applications come from, and whether each seed can fetch them (administrators)",
    answers: { 200: apiSystemApplicationsSchema },
  });
  app.get(path, { schema: get }, async (request, reply) => {
    const { configuration, seeds } = await context.installation.read();
    const now =
      configuration && (await context.management.find(type, refOf(configuration), { signal: signalOf(request) }));
    return answer(reply, now, seeds);
  });

  const patch = describeRoute({
    tag,
    summary: "Change where system applications come from (administrators)",
    description: `What is left out stays, null takes a setting away. Written below spec.userCluster, which wins. ${ifMatchNote}`,
    query: dryRunQuery,
    body: systemApplicationsPatchSchema,
    answers: { 200: apiSystemApplicationsSchema },
  });
  app.patch(path, { schema: patch }, async (request, reply) => {
    const parsed = systemApplicationsPatchSchema.safeParse(patchBody(request.body), { reportInput: true });
    if (!parsed.success) throw invalidObject("system applications", shapeErrors(parsed.error));
    const { configuration, seeds } = await context.installation.read();
    if (!configuration) throw conflict("there is no KubermaticConfiguration yet");
    const dryRun = isDryRun(request.query);
    const ref = refOf(configuration);
    return retryConflicts(what, async () => {
      const { metadata, spec } = await context.management.get(type, ref);
      requireMatch(request, what, chartSource(spec));
      const { resourceVersion } = metadata;
      const patch = { metadata: { resourceVersion }, spec: { userCluster: { systemApplications: parsed.data } } };
      const changed = await context.management.mergePatch(type, ref, patch, { fieldManager: "fairlead-api", dryRun });
      return answer(reply, changed, seeds);
    });
  });
}

function refOf({ metadata: { name = "", namespace = "" } }: Configuration): { name: string; namespace: string } {
  return { name, namespace };
}

function answer(
  reply: FastifyReply,
  configuration: Configuration | undefined,
  seeds: readonly Seed[],
): ApiSystemApplications {
  return tagged(reply, toApi(configuration, seeds), chartSource(configuration?.spec));
}

function toApi(configuration: Configuration | undefined, seeds: readonly Seed[]): ApiSystemApplications {
  const { helmRepository, plainHTTP, registryConfigFile, chartDigests } = chartSource(configuration?.spec);
  return {
    helmRepository,
    plainHTTP,
    ...(registryConfigFile ? { helmRegistryConfigFile: registryConfigFile } : {}),
    ...(chartDigests ? { chartDigests } : {}),
    seeds: seeds.map(({ metadata: { name = "" }, status }) => {
      const { status: state = "Unknown", reason, message } = status?.conditions?.[condition] ?? {};
      return { name, available: state, ...(reason ? { reason } : {}), ...(message ? { message } : {}) };
    }),
  };
}
