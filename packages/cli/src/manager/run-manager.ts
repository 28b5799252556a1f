import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { managementWebhooks, userClusterWebhooks, type WebhookEndpoint } from "@fairlead/admission";
import { resolveBinary } from "@fairlead/components";
import { identities, KubernetesControlPlaneProvider, Seeds, webhookCallers } from "@fairlead/control-plane";
import {
  addonCharts,
  createManager,
  installWebhooks,
  type OwnSeed,
  type SeedOptions,
  usualSleepAfterMs,
} from "@fairlead/controllers";
import { ChartRenderer, HelmRunner, packageCharts } from "@fairlead/helm";
import { inClusterOptions, KubeClient } from "@fairlead/kube";
import {
  AuditLog,
  createMetricsServer,
  createServer,
  createWebhookServer,
  localAdminAuthenticator,
} from "@fairlead/server";
import type { Logger } from "pino";
import { collectDefaultMetrics, Registry } from "prom-client";
import { oidcSettings } from "../sign-in/server-flags.ts";
import { shippedCharts } from "../start/charts.ts";
import { managementProbe, useCertificates } from "../start/webhooks.ts";
import { version } from "../version.ts";
import { KubeconfigClients } from "./kubeconfig-clients.ts";
import type { Listener, ManagerFlags } from "./options.ts";
import { followWebhookCertificates, webhookCertificates } from "./webhook-certificates.ts";

export interface ManagerContext {
  env: NodeJS.ProcessEnv;
  logger: Logger;
  /** Aborted to stop. */
  signal: AbortSignal;
}

const leaseName = "fairlead";
const webhookServicePort = 443;

/**
 * Runs one replica: REST API, admission webhooks and metrics at once, the controllers when it leads. Resolves after the
 * signal, when all has stopped.
 * @throws LeadershipLostError, or whatever keeps it from working: the process should end then
 */
export async function runManager(flags: ManagerFlags, { env, logger, signal }: ManagerContext): Promise<void> {
  process.umask(0o077); // Files of calls and caches are this process's alone.
  await using stack = new AsyncDisposableStack();
  const client = await managementClient(flags, env);
  stack.defer(() => client.close());
  const token = (await readFile(flags.adminTokenFile, "utf8")).trim();
  if (token === "") throw new Error(`--admin-token-file: ${flags.adminTokenFile} is empty`);
  const oidc = await oidcSettings(flags);
  const addresses = webhookAddresses(flags);
  const secret = { client, namespace: flags.namespace, hosts: addresses.hosts };
  const certificates = await webhookCertificates(secret, signal);
  const { authority } = certificates;

  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  let isReady = false;
  const metrics = createMetricsServer({ registry, isReady: () => isReady, logger });
  stack.defer(() => metrics.close());
  await metrics.listen({ ...flags.metricsListen });

  const ownUser = await ownName(client, signal);
  const audit = new AuditLog({
    file: join(flags.cache, "audit.jsonl"),
    onEntry: (entry) => logger.info({ audit: entry }, "Noting a request"),
  });
  const webhooks = createWebhookServer({
    managementClient: client,
    tls: { ...certificates.serving, authority: authority.cert },
    // The management API's cluster is not ours, and does not say who it is: the network has to keep others out.
    callers: { userCluster: webhookCallers.userCluster },
    fairleadUsers: { management: ownUser, userCluster: identities.managerUser },
    audit,
    logger,
  });
  stack.defer(() => webhooks.close());
  await webhooks.listen({ ...flags.webhookListen });
  void followWebhookCertificates(
    { ...secret, current: certificates, logger },
    { signal, onRenewed: (renewed) => useCertificates(webhooks.server, { ...renewed, authority }) },
  );

  const seeds = new Seeds();
  const runner = new HelmRunner({
    helmBinary: await resolveBinary("helm", { signal }),
    cacheDirectory: join(flags.cache, "helm"),
    logger,
  });
  const packages = await packageCharts({
    runner,
    chartsDirectory: flags.charts ?? shippedCharts,
    cacheDirectory: join(flags.cache, "charts"),
    signal,
  });
  const ofUserClusters: WebhookEndpoint = { url: addresses.url, authority: authority.cert };
  const ofManagement: WebhookEndpoint = { ...addresses.management, authority: authority.cert };
  const manager = createManager({
    management: client,
    provider: new KubernetesControlPlaneProvider({ seeds, webhookAuthority: authority, logger }),
    charts: addonCharts(packages, new ChartRenderer({ runner })),
    runner,
    webhooks: (clusterId) => userClusterWebhooks(ofUserClusters, clusterId),
    logger,
    registry,
    simulateNodes: false,
    sleepAfterMs: usualSleepAfterMs,
    seeds: { ...seedOptions(flags, env), registry: seeds, version },
    workerName: flags.workerName,
    leaderElection: { client, namespace: flags.namespace, name: leaseOf(flags.workerName), identity: flags.identity },
    onLead: (leading) =>
      installWebhooks(client, {
        configurations: managementWebhooks(ofManagement, ownUser),
        probe: managementProbe,
        signal: leading,
      }),
  });

  const followers = new KubeconfigClients(client);
  stack.defer(() => followers.close());
  const api = createServer({
    managementClient: client,
    userClusterClient: (id) => manager.userClusters.use(id)?.client ?? followers.get(id),
    chartValues: manager.chartValues,
    chartSchema: manager.chartSchema,
    authenticator: localAdminAuthenticator(token),
    oidc,
    audit,
    logger,
    ...(flags.web ? { webDirectory: flags.web } : {}),
    version,
  });
  stack.defer(() => api.close());
  await api.listen({ ...flags.apiListen });
  isReady = true;
  logger.info({ version, identity: flags.identity, api: describe(flags.apiListen) }, "Serving");
  await manager.run(signal);
}

/** Managers with the same name share one lease. */
function leaseOf(workerName: string): string {
  return workerName === "" ? leaseName : `${leaseName}-${workerName}`;
}

async function managementClient(flags: ManagerFlags, env: NodeJS.ProcessEnv): Promise<KubeClient> {
  if (flags.kubeconfig !== undefined) {
    return KubeClient.fromKubeconfig(await readFile(flags.kubeconfig, "utf8"), { userAgent: "fairlead" });
  }
  return new KubeClient({ ...inClusterOptions(env, flags.serviceAccount), userAgent: "fairlead" });
}

/** The management API knows best as whom it sees this process. */
async function ownName(client: KubeClient, signal: AbortSignal): Promise<string> {
  const review = await client.request<{ status?: { userInfo?: { username?: string } } }>({
    method: "POST",
    path: "/apis/authentication.k8s.io/v1/selfsubjectreviews",
    body: { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" },
    signal,
  });
  const username = review.status?.userInfo?.username;
  if (!username) throw new Error("the management API does not say as whom it sees Fairlead");
  return username;
}

/** How the two kinds of API servers reach the webhooks: the management API finds the Service without its cluster's DNS. */
function webhookAddresses({ webhookService: name, webhookUrl, namespace }: ManagerFlags) {
  const service = `${name}.${namespace}.svc`;
  const names = [service, `${service}.cluster.local`];
  if (webhookUrl === undefined) {
    const management = { service: { namespace, name, port: webhookServicePort } };
    return { management, url: `https://${service}:${webhookServicePort}`, hosts: names };
  }
  const host = new URL(webhookUrl).hostname.replace(/^\[(.*)\]$/, "$1");
  return { management: { url: webhookUrl }, url: webhookUrl, hosts: [...names, host] };
}

function seedOptions(flags: ManagerFlags, env: NodeJS.ProcessEnv): Pick<SeedOptions, "own" | "others"> {
  const { webhookUrl, namespace, podLabel, webhookListen } = flags;
  const [labelName = "", labelValue = ""] = podLabel.split("=");
  const outside = webhookUrl && ({ kind: "outside", port: Number(new URL(webhookUrl).port) || 443 } as const);
  const own: OwnSeed = {
    // Only a pod finds the Services of its cluster.
    inside: flags.kubeconfig === undefined && env.KUBERNETES_SERVICE_HOST !== undefined,
    webhooks: outside || {
      kind: "pods",
      namespace,
      labels: { [labelName]: labelValue },
      port: webhookListen.port,
    },
  };
  return outside ? { own, others: { inside: false, webhooks: outside } } : { own };
}

function describe({ host, port }: Listener): string {
  return `${host}:${port}`;
}
