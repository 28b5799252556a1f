import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import {
  ConfigurationError,
  managementWebhookPath,
  problem,
  userClusterWebhookPath,
  type WebhookPhase,
} from "@fairlead/admission";
import type { KubeClient } from "@fairlead/kube";
import fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyRequest, LogController } from "fastify";
import type { AuditLog } from "../audit/audit-log.ts";
import { observeWrites } from "../audit/observe-writes.ts";
import { forbidden } from "../http/api-error.ts";
import { handleError } from "../http/error-handler.ts";
import { acceptJsonOnly, deepest, isShallow } from "../http/json-body.ts";
import { signalOf, signalRequests } from "../http/request-signal.ts";
import { InstallationReader } from "../installation/installation-reader.ts";
import { SharedReads } from "../shared-reads.ts";
import { type AdmissionReview, allowed, failed, patched, refused } from "./admission-response.ts";
import { type AdmissionRequest, parseReview } from "./admission-review.ts";
import { managementReviewers, type ReviewContext, type Reviewer, userClusterReviewers } from "./reviewers.ts";

export interface WebhookServerOptions {
  /** What the webhooks read comes over connections of their own: its writes may be what they are asked about. */
  managementClient: KubeClient;
  /** PEM. `authority` signs the certificates of those who may call. */
  tls: { cert: string; key: string; authority: string };
  /**
   * Common names in the client certificates of the API servers. Without one for the management API whoever reaches the
   * server may ask about its objects: Kubernetes clusters that others run do not identify themselves.
   */
  callers: { management?: string; userCluster: (clusterId: string) => string };
  /** User name of Fairlead itself in the management API and in user clusters: it may write what it keeps from users. */
  fairleadUsers: { management: string; userCluster: string };
  /** First nodes of a cluster whose creator does not say how many. Default: none. */
  defaultNodes?: number;
  /** Where writes to the management API by others are noted; absent: nowhere. */
  audit?: AuditLog;
  logger: FastifyBaseLogger;
}

/** An UPDATE carries the object twice, and the API server takes objects of up to 3 MiB. */
const largestBody = 8 * 1024 * 1024;
/** As long as the API server waits. */
const longestReviewMs = 10_000;

/**
 * Serves the admission webhooks over TLS to API servers, and to nobody else as far as those can be told from others. The
 * caller binds it to an address and closes it.
 */
export function createWebhookServer(options: WebhookServerOptions): FastifyInstance {
  const { tls, callers, logger } = options;
  // Were they to share connections, writes that wait for a webhook could take all, and the webhook wait for one of them.
  const managementClient = options.managementClient.separate();
  const app = fastify({
    https: {
      cert: tls.cert,
      key: tls.key,
      ca: tls.authority,
      requestCert: true,
      rejectUnauthorized: callers.management !== undefined,
      minVersion: "TLSv1.2",
      headersTimeout: longestReviewMs,
    },
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: largestBody,
    requestTimeout: longestReviewMs,
    forceCloseConnections: true,
  }) as unknown as FastifyInstance; // Its type says http: nothing here depends on the difference.
  app.addHook("onClose", () => managementClient.close());
  app.setErrorHandler(handleError);
  acceptJsonOnly(app);
  signalRequests(app, longestReviewMs);
  const installation = new InstallationReader(managementClient);
  const reads = new SharedReads();
  const contextFor = (fairleadUser: string) => (request: FastifyRequest) => ({
    management: managementClient,
    reads,
    installation: () => installation.read(),
    defaultNodes: options.defaultNodes ?? 0,
    isFairlead: (username: string) => username === fairleadUser,
    clusterId: (request.params as { cluster_id?: string }).cluster_id,
    signal: signalOf(request),
  });
  const serve = (path: string, route: Route, callerOf: (request: FastifyRequest) => string | undefined) => {
    app.post(path, { onRequest: async (request) => requireCaller(request, callerOf(request)) }, (request) =>
      answer(request, route),
    );
  };
  if (options.audit) {
    const onRequest = async (request: FastifyRequest) => requireCaller(request, callers.management);
    observeWrites(app, { log: options.audit, onRequest });
  }
  const ofManagement = { contextOf: contextFor(options.fairleadUsers.management) };
  const ofUserCluster = { contextOf: contextFor(options.fairleadUsers.userCluster) };
  for (const phase of ["mutate", "validate"] as const) {
    for (const reviewer of managementReviewers) {
      const path = managementWebhookPath(phase, reviewer.type.plural);
      serve(path, { ...ofManagement, phase, reviewer }, () => callers.management);
    }
    for (const reviewer of userClusterReviewers) {
      const path = userClusterWebhookPath(phase, reviewer.type.plural, ":cluster_id");
      serve(path, { ...ofUserCluster, phase, reviewer }, (request) =>
        callers.userCluster((request.params as { cluster_id: string }).cluster_id),
      );
    }
  }
  return app;
}

interface Route {
  phase: WebhookPhase;
  reviewer: Reviewer;
  contextOf: (request: FastifyRequest) => Omit<ReviewContext, "phase">;
}

/** A user cluster's API server must not speak for another one. @throws ApiError 403 */
function requireCaller({ raw: { socket } }: FastifyRequest, expected: string | undefined): void {
  if (expected === undefined) return;
  if (callerOf(socket) !== expected) throw forbidden("this path is for the API server of another cluster");
}

const callers = new WeakMap<Socket, string>();

/** Whoever presented a certificate when the connection began; reading it costs more than judging a write. */
function callerOf(socket: Socket): string | undefined {
  if (!(socket instanceof TLSSocket && socket.authorized)) return undefined;
  const known = callers.get(socket);
  if (known !== undefined) return known;
  const name = socket.getPeerCertificate().subject?.CN;
  if (typeof name !== "string") return undefined;
  callers.set(socket, name);
  return name;
}

async function answer(request: FastifyRequest, { phase, reviewer, contextOf }: Route): Promise<AdmissionReview> {
  const review = parseReview(request.body);
  if (review.operation !== "DELETE" && !isShallow(review.object)) {
    const message = `nested deeper than ${deepest} levels`;
    const errors = [problem("invalid", "spec", { message, code: "nested-too-deep" })];
    return refused(review.uid, errors, { type: reviewer.type, name: nameOf(review) });
  }
  try {
    const admission = await reviewer.review(review, { ...contextOf(request), phase });
    if (admission.errors.length > 0) {
      request.log.debug({ kind: reviewer.type.kind, name: nameOf(review), phase }, "Refusing a write");
      return refused(review.uid, admission.errors, { type: reviewer.type, name: nameOf(review) });
    }
    return phase === "mutate"
      ? patched(review.uid, review.object ?? {}, admission.object)
      : allowed(review.uid, admission.warnings);
  } catch (error) {
    request.log.error({ err: error, kind: reviewer.type.kind, name: nameOf(review), phase }, "Judging a write failed");
    const message =
      error instanceof ConfigurationError
        ? `invalid KubermaticConfiguration: ${error.message}`
        : "the write could not be judged, see Fairlead's log";
    return failed(review.uid, message);
  }
}

function nameOf({ name, object }: AdmissionRequest): string {
  return name || object?.metadata.name || object?.metadata.generateName || "";
}
