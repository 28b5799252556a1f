export { type AddonCharts, addonCharts, type RenderRequest } from "./addon/charts.ts";
export { ADMIN_KUBECONFIG_SECRET } from "./cluster/reconcile.ts";
export { SPEC_VALID } from "./cluster/status.ts";
export { createManager, type FairleadManager, type ManagerOptions, type SeedOptions } from "./manager.ts";
export type { OwnSeed } from "./seed/plan.ts";
export { installDefinitions } from "./user-clusters/prepare.ts";
export { installWebhooks, type WebhookProbe } from "./webhooks.ts";
