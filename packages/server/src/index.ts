export { createWebhookServer, type WebhookServerOptions } from "./admission/create-webhook-server.ts";
export { AuditLog } from "./audit/audit-log.ts";
export { type AuthenticatedUser, AuthenticationError, type Authenticator } from "./authentication/authenticator.ts";
export { localAdminAuthenticator } from "./authentication/local-admin.ts";
export { createServer, type ServerOptions } from "./create-server.ts";
export { createMetricsServer, type MetricsServerOptions } from "./metrics/create-metrics-server.ts";
export type { OidcSettings } from "./oidc/settings.ts";
