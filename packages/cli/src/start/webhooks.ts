import type { Server as HttpsServer } from "node:https";
import { managementWebhooks, userClusterWebhooks, type WebhookConfigurations } from "@fairlead/admission";
import { identities, type LocalWebhookPki, webhookCallers } from "@fairlead/control-plane";
import { installWebhooks, type WebhookProbe } from "@fairlead/controllers";
import type { KubeClient, KubeObject } from "@fairlead/kube";
import { clusterType } from "@fairlead/resources";
import { createWebhookServer, type WebhookServerOptions } from "@fairlead/server";

interface WebhooksOptions extends Pick<WebhookServerOptions, "audit" | "defaultNodes" | "logger"> {
  pki: LocalWebhookPki;
  /** Fairlead's own name there, if it is not that of its certificate. */
  ownUser?: string;
  signal: AbortSignal;
}

export interface RunningWebhooks {
  /** For the user cluster with this id. */
  readonly userCluster: (clusterId: string) => WebhookConfigurations;
  /** Connections from now on are served with this certificate. */
  renew(pki: LocalWebhookPki): void;
  close(): Promise<void>;
}

/** Refused for all that it lacks. */
export const managementProbe: WebhookProbe = {
  type: clusterType,
  object: { metadata: { name: "fairlead-webhook-probe" }, spec: {} } as KubeObject,
};

/**
 * Serves the admission webhooks on a free port of loopback, and has the management API ask them there. What is stored of
 * an earlier run points to a port that is gone: until here no write that webhooks cover gets through.
 */
export async function startWebhooks(
  client: KubeClient,
  { pki, ownUser = identities.managerUser, signal, ...options }: WebhooksOptions,
): Promise<RunningWebhooks> {
  const server = createWebhookServer({
    managementClient: client,
    tls: { ...pki.serving, authority: pki.authority.cert },
    callers: webhookCallers,
    fairleadUsers: { management: ownUser, userCluster: identities.managerUser },
    ...options,
  });
  try {
    const endpoint = { url: await server.listen({ host: "127.0.0.1", port: 0 }), authority: pki.authority.cert };
    const configurations = managementWebhooks(endpoint, ownUser);
    await installWebhooks(client, { configurations, probe: managementProbe, signal });
    return {
      userCluster: (id) => userClusterWebhooks(endpoint, id),
      renew: (renewed) => useCertificates(server.server, renewed),
      close: () => server.close(),
    };
  } catch (error) {
    await server.close();
    throw error;
  }
}

/** Of a server that serves TLS: connections from now on get this certificate. */
export function useCertificates(server: unknown, { serving, authority }: LocalWebhookPki): void {
  (server as HttpsServer).setSecureContext({ ...serving, ca: authority.cert });
}
