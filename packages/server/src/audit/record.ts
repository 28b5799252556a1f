import type { ApiAuditEntry, Cluster } from "@fairlead/resources";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { knownUser } from "../authentication/authenticate.ts";
import { ApiError } from "../http/api-error.ts";
import { isDryRun } from "../http/query.ts";
import type { AuditLog } from "./audit-log.ts";
import { networkChange } from "./network-change.ts";

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
 * bodies, no headers and no query strings: nothing that could hold a secret. While entries cannot be written, such requests
 * are 503.
 */
export function recordRequests(app: FastifyInstance, log: AuditLog): void {
  app.addHook("onRequest", async (request) => {
    if (isRecorded(request) && !(await log.isWritable())) {
      throw new ApiError(503, "the audit log cannot be written: nothing is changed meanwhile");
    }
  });
  app.addHook("onResponse", async (request, reply) => {
    if (!isRecorded(request)) return;
    const audit = entryOf(request, reply.statusCode);
    await log.add(audit).catch((error: unknown) => {
      request.log.error({ err: error, audit }, "Writing the audit log failed");
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
