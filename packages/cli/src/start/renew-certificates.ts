import { type LocalEtcd, localWebhookPki, type ManagementApi } from "@fairlead/control-plane";
import type { KubeClient } from "@fairlead/kube";
import type { Logger } from "pino";
import type { RunningWebhooks } from "./webhooks.ts";

export interface Renewable {
  management: ManagementApi;
  /** Fairlead's own, of the management API. */
  client: KubeClient;
  /** Of the user clusters; their own certificates are renewed when they are looked at. */
  etcd: LocalEtcd;
  webhooks: RunningWebhooks;
  webhookDirectory: string;
}

/** Far more often than certificates last beyond the moment from which they are renewed. */
const intervalMs = 12 * 60 * 60_000;

/** Replaces every certificate of the embedded mode that is near its end, while everything serves. */
async function renewCertificates(
  { management, client, etcd, webhooks, webhookDirectory }: Renewable,
  signal: AbortSignal,
): Promise<void> {
  const before = management.managerKubeconfig;
  await Promise.all([management.renew(signal), etcd.renew()]);
  if (management.managerKubeconfig !== before) client.renew(management.managerKubeconfig);
  webhooks.renew(await localWebhookPki(webhookDirectory));
}

/** @returns how to stop that */
export function renewRegularly(renewable: Renewable, logger: Logger): () => void {
  const stop = new AbortController();
  const timer = setInterval(() => {
    renewCertificates(renewable, stop.signal).catch((error: unknown) => {
      if (!stop.signal.aborted) logger.error({ err: error }, "Renewing certificates failed");
    });
  }, intervalMs);
  timer.unref();
  return () => {
    clearInterval(timer);
    stop.abort();
  };
}
