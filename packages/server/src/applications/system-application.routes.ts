import { chartSource } from "@fairlead/admission";
import {
  type ApiSystemApplications,
  apiSystemApplicationsSchema,
  kubermaticConfigurationType,
  type Seed,
  systemApplicationsPatchSchema,
} from "@fairlead/resources";
import type { FastifyInstance } from "fastify";
import type { ApiContext } from "../api-context.ts";
import { conflict, invalidObject } from "../http/api-error.ts";
import { objectBody } from "../http/json-body.ts";
import { dryRunQuery, isDryRun } from "../http/query.ts";
import { shapeErrors } from "../http/shape-errors.ts";
import { describeRoute } from "../openapi/describe-route.ts";

const tag = "Applications";
const path = "/api/v2/systemapplications";
const condition = "SystemApplicationChartsAvailable";

type Configuration = NonNullable<Awaited<ReturnType<ApiContext["installation"]["read"]>>["configuration"]>;

/** Fairlead's addition to KKP's API: where the charts of the CNIs come from that are applications, for administrators. */
export function systemApplicationRoutes(app: FastifyInstance, context: ApiContext): void {
  const get = describeRoute({
    tag,
    summary: "Show where system applications come from, and whether each seed can fetch them (administrators)",
    answers: { 200: apiSystemApplicationsSchema },
  });
  app.get(path, { schema: get }, async () => {
    const { configuration, seeds } = await context.installation.read();
    return toApi(configuration, seeds);
  });

  const patch = describeRoute({
    tag,
    summary: "Change where system applications come from (administrators)",
    description: "What is left out stays, null takes a setting away. Written below spec.userCluster, which wins.",
    query: dryRunQuery,
    body: systemApplicationsPatchSchema,
    answers: { 200: apiSystemApplicationsSchema },
  });
  app.patch(path, { schema: patch }, async (request) => {
    const parsed = systemApplicationsPatchSchema.safeParse(objectBody(request.body), { reportInput: true });
    if (!parsed.success) throw invalidObject("system applications", shapeErrors(parsed.error));
    const { configuration, seeds } = await context.installation.read();
    if (!configuration) throw conflict("there is no KubermaticConfiguration yet");
    const { name = "", namespace = "" } = configuration.metadata;
    const changed = await context.management.mergePatch(
      kubermaticConfigurationType,
      { name, namespace },
      { spec: { userCluster: { systemApplications: parsed.data } } },
      { fieldManager: "fairlead-api", dryRun: isDryRun(request.query) },
    );
    return toApi(changed, seeds);
  });
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
