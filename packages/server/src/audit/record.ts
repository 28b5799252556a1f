import { isDeepStrictEqual } from "node:util";
import { type ApiAuditEntry, type Cluster, type NetworkFields, networkFieldNames } from "@fairlead/resources";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { knownUser } from "../authentication/authenticate.ts";
import { isDryRun } from "../http/query.ts";
import type { AuditLog } from "./audit-log.ts";

const changes = new WeakMap<FastifyRequest, Change>();

interface Change {
  before?: Cluster | undefined;
  after?: Cluster | undefined;
}

/** What a request does to a cluster, for the audit log. */
export function noteChange(request: FastifyRequest, change: Change): void {
  changes.set(request, change);
}

/** Reading these gives access to more than they show. */
const recordedReads: ReadonlySet<string> = new Set(["kubeconfig"]);

/**
 * Writes an entry for every request that changes something or tries to, and for every kubeconfig that is handed out. No
 * bodies, no headers and no query strings: nothing that could hold a secret.
 */
export function recordRequests(app: FastifyInstance, log: AuditLog): void {
  app.addHook("onResponse", async (request, reply) => {
    if (!isRecorded(request)) return;
    await log.add(entryOf(request, reply.statusCode)).catch((error: unknown) => {
      request.log.error({ err: error }, "Writing the audit log failed");
    });
  });
}

function isRecorded({ method, routeOptions: { url = "", config } }: FastifyRequest): boolean {
  if (config.refusesMethod) return false;
  const reads = method === "GET" || method === "HEAD" || method === "OPTIONS";
  return !reads || recordedReads.has(url.split("/").at(-1) ?? "");
}

function entryOf(request: FastifyRequest, status: number): ApiAuditEntry {
  const { project_id: project, cluster_id: named } = request.params as { project_id?: string; cluster_id?: string };
  const { before, after } = changes.get(request) ?? {};
  const user = knownUser(request);
  const cluster = named ?? after?.metadata.name;
  return {
    time: new Date().toISOString(),
    ...(user ? { user: user.email } : {}),
    from: request.ip,
    action: `${request.method} ${request.routeOptions.url ?? ""}`,
    path: request.url.split("?")[0] ?? "",
    ...(project ? { project } : {}),
    ...(cluster ? { cluster } : {}),
    status,
    ...(dryRun(request) ? { dryRun: true } : {}),
    ...(status < 400 ? networkChange(before, after) : {}),
  };
}

function dryRun(request: FastifyRequest): boolean {
  try {
    return isDryRun(request.query);
  } catch {
    return false; // It was refused for that.
  }
}

/** The fields of the network that differ, each as it was and as it is. */
function networkChange(
  before: Cluster | undefined,
  after: Cluster | undefined,
): Pick<ApiAuditEntry, "before" | "after"> {
  const old = networkFields(before);
  const now = networkFields(after);
  const differing = networkFieldNames.filter((name) => !isDeepStrictEqual(old[name], now[name]));
  if (differing.length === 0) return {};
  const pick = (fields: NetworkFields) =>
    Object.fromEntries(differing.flatMap((name) => (fields[name] === undefined ? [] : [[name, fields[name]]])));
  return { ...(before ? { before: pick(old) } : {}), ...(after ? { after: pick(now) } : {}) };
}

function networkFields(cluster: Cluster | undefined): NetworkFields {
  if (!cluster) return {};
  const { spec, metadata } = cluster;
  const unsafeLabels = Object.keys(metadata.labels ?? {})
    .filter((name) => name.startsWith("unsafe-"))
    .sort();
  return {
    version: spec.version,
    cniPlugin: spec.cniPlugin,
    clusterNetwork: spec.clusterNetwork,
    exposeStrategy: spec.exposeStrategy,
    apiServerAllowedIPRanges: spec.apiServerAllowedIPRanges,
    unsafeLabels: unsafeLabels.length > 0 ? unsafeLabels : undefined,
  };
}
