import type { Informer, KubeClient } from "@fairlead/kube";
import type { Cluster } from "@fairlead/resources";
import helmet from "@fastify/helmet";
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from "fastify";
import { addonCatalogueRoutes, addonRoutes } from "./addons/addon.routes.ts";
import type { ApiContext, ChartSchema, ChartValues } from "./api-context.ts";
import { applicationDefinitionRoutes } from "./applications/application-definition.routes.ts";
import { applicationInstallationRoutes } from "./applications/application-installation.routes.ts";
import { applicationValuesRoutes } from "./applications/application-values.routes.ts";
import { systemApplicationRoutes } from "./applications/system-application.routes.ts";
import { auditRoutes } from "./audit/audit.routes.ts";
import type { AuditLog } from "./audit/audit-log.ts";
import { recordRequests } from "./audit/record.ts";
import { requireAuthentication } from "./authentication/authenticate.ts";
import { type Authenticator, firstOf } from "./authentication/authenticator.ts";
import { allowEverybody, requireAuthorization, requireRoles } from "./authorization/authorize.ts";
import { MembershipReader } from "./authorization/memberships.ts";
import { clusterReaders } from "./authorization/route-rules.ts";
import { clusterTemplateRoutes } from "./cluster-templates/cluster-template.routes.ts";
import { templateInstanceRoutes } from "./cluster-templates/template-instance.routes.ts";
import { clusterRoutes } from "./clusters/cluster.routes.ts";
import { serveClusterRoutes } from "./clusters/cluster-addresses.ts";
import { clusterExplanationRoutes } from "./clusters/cluster-explanation.routes.ts";
import { ClusterNames } from "./clusters/cluster-names.ts";
import { clusterStateRoutes } from "./clusters/cluster-state.routes.ts";
import { clusterUpgradeRoutes } from "./clusters/cluster-upgrade.routes.ts";
import { cniUpgradeRoutes } from "./clusters/cni-upgrade.routes.ts";
import { cniClusterRoutes } from "./cni/cni-cluster.routes.ts";
import { cniVersionRoutes } from "./cni/cni-version.routes.ts";
import { defaultsRoutes } from "./cni/defaults.routes.ts";
import { datacenterRoutes } from "./datacenters/datacenter.routes.ts";
import { handleError } from "./http/error-handler.ts";
import { acceptJsonOnly } from "./http/json-body.ts";
import { defaultRateLimits, limitAddresses, limitIdentities, type RateLimits } from "./http/rate-limit.ts";
import { signalRequests } from "./http/request-signal.ts";
import { traceRequests } from "./http/trace-requests.ts";
import { answerUnknownPaths, trackMethods } from "./http/unmatched-routes.ts";
import { acceptYamlWhereAsked } from "./http/yaml-body.ts";
import { InstallationReader } from "./installation/installation-reader.ts";
import { kubernetesVersionRoutes } from "./kubernetes-versions/kubernetes-version.routes.ts";
import { machineDeploymentRoutes } from "./machine-deployments/machine-deployment.routes.ts";
import { groupBindingRoutes } from "./members/group-binding.routes.ts";
import { memberRoutes } from "./members/member.routes.ts";
import { oidcAuthenticator } from "./oidc/authenticator.ts";
import { IdentityProvider, type KeyTimes } from "./oidc/identity-provider.ts";
import { loginRoutes } from "./oidc/login.routes.ts";
import type { OidcSettings } from "./oidc/settings.ts";
import { collectDescriptions, openApiPage, openApiRoutes } from "./openapi/openapi.ts";
import { projectRoutes } from "./projects/project.routes.ts";
import { cniRolloutRoutes } from "./rollouts/cni-rollout.routes.ts";
import { serviceAccountAuthenticator } from "./service-accounts/authenticator.ts";
import { serviceAccountRoutes } from "./service-accounts/service-account.routes.ts";
import { serviceAccountTokenRoutes } from "./service-accounts/token.routes.ts";
import { SharedReads } from "./shared-reads.ts";
import { healthRoutes, versionRoutes } from "./system/system.routes.ts";
import { administratorRoutes } from "./users/administrator.routes.ts";
import { meRoutes } from "./users/me.routes.ts";
import { RevokedTokens } from "./users/revoked-tokens.ts";
import { UserDirectory } from "./users/user-directory.ts";
import { liveClustersRoutes } from "./web/live-clusters.routes.ts";
import { serveWeb } from "./web/serve-web.ts";
import { sessionRoutes } from "./web/session.routes.ts";

export interface ServerOptions {
  /** With the rights of the manager; users are authorized by the server itself. */
  managementClient: KubeClient;
  /** All Clusters, in a process that alone serves the API; absent: the management API is asked each time whether a name is free. */
  clusters?: Informer<Cluster>;
  /** Client of a user cluster; undefined while its API server cannot be talked to. Closed by its owner. */
  userClusterClient: (clusterId: string) => KubeClient | undefined | Promise<KubeClient | undefined>;
  chartValues?: ChartValues;
  chartSchema?: ChartSchema;
  /** Of those who are neither service accounts nor people that the identity provider knows. */
  authenticator: Authenticator;
  /** Absent: people cannot sign in, service accounts and the `authenticator`'s users can. */
  oidc?: OidcSettings | undefined;
  /** Where it is noted who does what; absent: nowhere. */
  audit?: AuditLog;
  /** How long the provider's keys are kept. */
  oidcKeyTimes?: KeyTimes;
  rateLimits?: RateLimits;
  /** First nodes of a cluster whose creator does not say how many, as the webhooks have it. Default: none. */
  defaultNodes?: number;
  logger: FastifyBaseLogger;
  /** With the built web UI; left out, only the API is served. */
  webDirectory?: string;
  /** Version of Fairlead. */
  version: string;
}

const largestBody = 1024 * 1024;
const longestRequestMs = 60_000;
/** All headers together; a session's cookie takes up to 4 KiB of them. */
const largestHeaders = 16 * 1024;
const longestHeadersMs = 10_000;
const longestIdleMs = 65_000;

/**
 * KKP's REST API. The caller binds it to an address and closes it.
 * @example
 * const server = createServer({ managementClient, userClusterClient, authenticator, logger, version: "0.1.0" });
 * await server.listen({ host: "127.0.0.1", port: 8080 });
 */
export function createServer(options: ServerOptions): FastifyInstance {
  const app = fastify({
    loggerInstance: options.logger,
    logController: new LogController({ disableRequestLogging: true }), // it logs query strings, which can hold tokens
    frameworkErrors: (error, request, reply) => {
      void handleError(error, request, reply);
    },
    bodyLimit: largestBody,
    requestTimeout: longestRequestMs,
    http: { headersTimeout: longestHeadersMs, maxHeaderSize: largestHeaders },
    keepAliveTimeout: longestIdleMs,
    forceCloseConnections: "idle",
  });
  const context: ApiContext = {
    management: options.managementClient,
    reads: new SharedReads(),
    installation: new InstallationReader(options.managementClient),
    clusterNames: new ClusterNames(options.managementClient, options.clusters),
    memberships: new MembershipReader(options.managementClient),
    users: new UserDirectory(options.managementClient),
    revoked: new RevokedTokens(options.managementClient),
    userClusterClient: options.userClusterClient,
    ...(options.chartValues ? { chartValues: options.chartValues } : {}),
    ...(options.chartSchema ? { chartSchema: options.chartSchema } : {}),
    ...(options.audit ? { audit: options.audit } : {}),
    defaultNodes: options.defaultNodes ?? 0,
    version: options.version,
  };
  const provider = options.oidc && new IdentityProvider(options.oidc, options.oidcKeyTimes);
  const authenticators = [
    serviceAccountAuthenticator(options.managementClient),
    ...(provider ? [oidcAuthenticator(provider)] : []),
    options.authenticator,
  ];
  app.setErrorHandler(handleError);
  answerUnknownPaths(app, options.webDirectory);
  acceptJsonOnly(app);
  acceptYamlWhereAsked(app);
  traceRequests(app);
  signalRequests(app, longestRequestMs);
  answerBareJson(app);
  logRequests(app);
  const limits = options.rateLimits ?? defaultRateLimits;
  sendSecurityHeaders(app);
  limitAddresses(app, limits);
  collectDescriptions(app, options.version);
  openApiPage(app);
  app.register(async (open) => {
    allowEverybody(open);
    const answerOtherMethods = trackMethods(open);
    healthRoutes(open, context);
    openApiRoutes(open);
    loginRoutes(open, provider);
    answerOtherMethods();
  });
  const authentication = { ...context, authenticator: firstOf(authenticators) };
  app.register(async (api) => {
    if (options.audit) recordRequests(api, options.audit);
    requireAuthentication(api, authentication);
    limitIdentities(api, limits);
    requireAuthorization(api, context.memberships);
    const answerOtherMethods = trackMethods(api);
    for (const routes of authenticatedRoutes) routes(api, context);
    await serveClusterRoutes(api, context, clusterRouteSets);
    answerOtherMethods();
  });
  if (options.webDirectory !== undefined) {
    serveWeb(app, options.webDirectory);
    app.register(async (open) => sessionRoutes(open, authentication));
    app.register(async (live) => {
      requireAuthentication(live, authentication);
      limitIdentities(live, limits);
      requireRoles(live, context.memberships, clusterReaders);
      liveClustersRoutes(live, context);
    });
  }
  return app;
}

const authenticatedRoutes: readonly ((app: FastifyInstance, context: ApiContext) => void)[] = [
  versionRoutes,
  meRoutes,
  administratorRoutes,
  projectRoutes,
  memberRoutes,
  groupBindingRoutes,
  serviceAccountRoutes,
  serviceAccountTokenRoutes,
  datacenterRoutes,
  kubernetesVersionRoutes,
  cniVersionRoutes,
  cniClusterRoutes,
  systemApplicationRoutes,
  defaultsRoutes,
  clusterTemplateRoutes,
  templateInstanceRoutes,
  addonCatalogueRoutes,
  applicationDefinitionRoutes,
  cniRolloutRoutes,
];

const clusterRouteSets = [
  clusterRoutes,
  clusterStateRoutes,
  clusterUpgradeRoutes,
  cniUpgradeRoutes,
  clusterExplanationRoutes,
  auditRoutes,
  machineDeploymentRoutes,
  applicationValuesRoutes,
  addonRoutes,
  applicationInstallationRoutes,
];

/** kkpctl compares the header for equality and ignores the body otherwise. */
function answerBareJson(app: FastifyInstance): void {
  app.addHook("onSend", async (_request, reply) => {
    if (reply.getHeader("content-type")?.toString().startsWith("application/json")) {
      reply.header("content-type", "application/json");
    }
  });
}

function logRequests(app: FastifyInstance): void {
  app.addHook("onResponse", async (request, reply) => {
    const { method, routeOptions } = request;
    const { statusCode, elapsedTime } = reply;
    request.log.debug(
      { method, route: routeOptions.url, statusCode, ms: Math.round(elapsedTime) },
      "Answering a request",
    );
  });
}

function sendSecurityHeaders(app: FastifyInstance): void {
  app.register(helmet, {
    frameguard: { action: "deny" },
    // Both speak of TLS, which this server leaves to what stands in front of it.
    strictTransportSecurity: false,
    contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } },
  });
}
