import { catalogueOf, targetProblems } from "@fairlead/admission";
import { type Catalogue, upgradePath } from "@fairlead/network";
import {
  type ApiCniUpgrade,
  apiCniUpgradeSchema,
  type Cluster,
  clusterType,
  cniTargetVersionAnnotation,
  cniUpgradePatchSchema,
  cniUpgradePausedAnnotation,
  cniUpgradeRequestSchema,
} from "@fairlead/resources";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import type { ApiContext } from "../api-context.ts";
import { ApiError, conflict, invalidObject } from "../http/api-error.ts";
import { objectBody } from "../http/json-body.ts";
import { booleanParameter, dryRunQuery, isDryRun } from "../http/query.ts";
import { signalOf } from "../http/request-signal.ts";
import { shapeErrors } from "../http/shape-errors.ts";
import { withTrace } from "../http/trace-requests.ts";
import { describeRoute } from "../openapi/describe-route.ts";
import { type ClusterParams, readableCluster } from "./cluster-access.ts";
import { cniOnNodes } from "./cni-nodes.ts";
import { inUserCluster } from "./user-cluster.ts";

type ClusterRequest = FastifyRequest<{ Params: ClusterParams }>;

const tag = "Network";
const path = "/:cluster_id/cniupgrade";
const query = dryRunQuery;

/** Fairlead's addition to KKP's API: the CNI is raised over several versions, one legal step after another. */
export function cniUpgradeRoutes(app: FastifyInstance, context: ApiContext): void {
  const get = describeRoute({
    tag,
    summary: "Say how a cluster's CNI stands, and how far an upgrade of it is",
    query: { nodes: z.stringbool().optional().describe("Whether to tell of each node, too.") },
    answers: { 200: apiCniUpgradeSchema },
  });
  app.get<{ Params: ClusterParams }>(path, { schema: get }, async (request): Promise<ApiCniUpgrade> => {
    const cluster = await readableCluster(context, request, request.params);
    const upgrade = toApi(cluster, await catalogue(context));
    if (!booleanParameter(request.query, "nodes") || upgrade.type === "none") return upgrade;
    const nodes = await inUserCluster(context, request.params.cluster_id, (client) =>
      cniOnNodes(client, upgrade, signalOf(request)),
    ).catch(notYet);
    return { ...upgrade, ...(nodes ? { nodes } : {}) };
  });

  const start = describeRoute({
    tag,
    summary: "Bring a cluster's CNI to a version, step by step",
    description:
      "Each step is a change of spec.cniPlugin.version that is legal by itself, and is taken when the one before runs on all nodes. A dry run answers the steps.",
    query,
    body: cniUpgradeRequestSchema,
    answers: { 201: apiCniUpgradeSchema },
  });
  app.post<{ Params: ClusterParams }>(path, { schema: start }, async (request, reply) => {
    const { target, paused = false } = parse(cniUpgradeRequestSchema, request);
    const pause = paused ? "true" : null;
    const changed = await annotate(context, request, {
      [cniTargetVersionAnnotation]: target,
      [cniUpgradePausedAnnotation]: pause,
    });
    return reply.code(201).send(toApi(changed, await catalogue(context)));
  });

  const patch = describeRoute({
    tag,
    summary: "Pause or resume an upgrade of a cluster's CNI",
    query,
    body: cniUpgradePatchSchema,
    answers: { 200: apiCniUpgradeSchema },
  });
  app.patch<{ Params: ClusterParams }>(path, { schema: patch }, async (request) => {
    const { paused } = parse(cniUpgradePatchSchema, request);
    const changed = await annotate(context, request, { [cniUpgradePausedAnnotation]: paused ? "true" : null });
    return toApi(changed, await catalogue(context));
  });

  const stop = describeRoute({
    tag,
    summary: "Stop an upgrade of a cluster's CNI",
    description: "The step that is being taken is finished; the cluster stays at its version.",
    query,
    answers: { 200: apiCniUpgradeSchema },
  });
  app.delete<{ Params: ClusterParams }>(path, { schema: stop }, async (request) => {
    const annotations = { [cniTargetVersionAnnotation]: null, [cniUpgradePausedAnnotation]: null };
    return toApi(await annotate(context, request, annotations), await catalogue(context));
  });
}

/** A cluster whose API server does not answer is told of without its nodes. */
function notYet(error: unknown): undefined {
  if (error instanceof ApiError && error.statusCode === 503) return undefined;
  throw error;
}

async function catalogue(context: ApiContext): Promise<Catalogue> {
  return catalogueOf(await context.installation.read());
}

/** @throws ApiError 400 with every field that is wrong */
function parse<T>(schema: z.ZodType<T>, request: ClusterRequest): T {
  const parsed = schema.safeParse(objectBody(request.body), { reportInput: true });
  if (parsed.success) return parsed.data;
  throw invalidObject("cniupgrade", shapeErrors(parsed.error));
}

/** @throws ApiError 400 if no legal steps lead to the target, 409 while the cluster is being deleted */
async function annotate(
  context: ApiContext,
  request: ClusterRequest,
  annotations: Record<string, string | null>,
): Promise<Cluster> {
  const cluster = await readableCluster(context, request, request.params);
  if (cluster.metadata.deletionTimestamp) throw conflict(`cluster "${cluster.metadata.name}" is being deleted`);
  const target = annotations[cniTargetVersionAnnotation];
  if (target) {
    const wanted = {
      ...cluster,
      metadata: { ...cluster.metadata, annotations: { [cniTargetVersionAnnotation]: target } },
    };
    const problems = targetProblems(wanted, await catalogue(context));
    if (problems.length > 0) {
      throw invalidObject(
        "cniupgrade",
        problems.map((problem) => ({ ...problem, field: "target" })),
      );
    }
  }
  const options = { fieldManager: "fairlead-api", dryRun: isDryRun(request.query) };
  const ref = { name: cluster.metadata.name ?? "" };
  const metadata = withTrace({ annotations });
  return await context.management.mergePatch(clusterType, ref, { metadata }, options);
}

function toApi({ metadata, spec, status }: Cluster, known: Catalogue): ApiCniUpgrade {
  const { type = "none", version = "" } = spec.cniPlugin ?? {};
  const target = metadata.annotations?.[cniTargetVersionAnnotation];
  const ready = status?.conditions?.CNIReady;
  const kubernetes = spec.version.replace(/^v/, "");
  const { steps } =
    target === undefined ? { steps: [] } : upgradePath({ type, from: version, to: target, kubernetes }, known);
  return {
    type,
    version,
    ready: ready?.status === "True",
    reason: ready?.reason ?? "Unknown",
    message: ready?.message ?? "",
    ...(target === undefined ? {} : { target }),
    paused: metadata.annotations?.[cniUpgradePausedAnnotation] !== undefined,
    steps: steps.map((step) => ({
      version: step.version,
      warnings: step.warnings.map(({ message }) => message),
    })),
    ...(status?.cniUpgrade ? { upgrade: status.cniUpgrade } : {}),
  };
}
