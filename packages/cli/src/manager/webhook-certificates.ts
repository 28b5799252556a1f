import { isIP } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { completePki, type KeyPair, type PkiFiles, requirePair, webhookPki } from "@fairlead/control-plane";
import { builtin, isAlreadyExists, isConflict, type KubeClient } from "@fairlead/kube";
import type { Logger } from "pino";

export interface WebhookCertificatesOptions {
  client: KubeClient;
  namespace: string;
  /** Names and addresses under which API servers call the webhooks. */
  hosts: readonly string[];
}

export interface WebhookCertificates {
  /** Signs the serving certificate, and the client certificates of user clusters' API servers. */
  authority: KeyPair;
  serving: KeyPair;
}

const secretName = "fairlead-webhook";
const fieldManager = "fairlead";
const renewIntervalMs = 60 * 60 * 1000;
const tries = 5;

/**
 * Keys and certificates of the admission webhooks, kept in a Secret that all replicas share. Whoever is first creates it; a
 * certificate is renewed 90 days before its end.
 */
export async function webhookCertificates(
  options: WebhookCertificatesOptions,
  signal: AbortSignal,
): Promise<WebhookCertificates> {
  for (let attempt = 1; ; attempt++) {
    try {
      const files = await complete(options, signal);
      return { authority: requirePair(files, "ca"), serving: requirePair(files, "serving") };
    } catch (error) {
      // Another replica was faster: what it has written is as good.
      if (attempt === tries || !(isConflict(error) || isAlreadyExists(error))) throw error;
    }
  }
}

/** Looks at the certificates every hour, and tells of those that were renewed, by whichever replica. */
export async function followWebhookCertificates(
  options: WebhookCertificatesOptions & { current: WebhookCertificates; logger: Logger },
  { signal, onRenewed }: { signal: AbortSignal; onRenewed: (certificates: WebhookCertificates) => void },
): Promise<void> {
  let { current } = options;
  while (!signal.aborted) {
    await sleep(renewIntervalMs, undefined, { signal, ref: false }).catch(() => {});
    if (signal.aborted) return;
    try {
      const next = await webhookCertificates(options, signal);
      if (!isDeepStrictEqual(next, current)) onRenewed(next);
      current = next;
    } catch (error) {
      options.logger.warn({ err: error }, "Looking at the webhooks' certificates failed");
    }
  }
}

async function complete(
  { client, namespace, hosts }: WebhookCertificatesOptions,
  signal: AbortSignal,
): Promise<PkiFiles> {
  const stored = await client.find(builtin.Secret, { name: secretName, namespace }, { signal });
  const files = Object.fromEntries(
    Object.entries(stored?.data ?? {}).map(([file, text]) => [file, Buffer.from(text, "base64").toString("utf8")]),
  );
  const names = {
    dnsNames: hosts.filter((host) => isIP(host) === 0),
    ips: hosts.filter((host) => isIP(host) !== 0),
  };
  const completed = await completePki(webhookPki(names), files, new Date());
  if (isDeepStrictEqual(files, completed)) return completed;
  const data = Object.fromEntries(
    Object.entries(completed).map(([file, text]) => [file, Buffer.from(text).toString("base64")]),
  );
  const { resourceVersion } = stored?.metadata ?? {};
  const metadata = { name: secretName, namespace, ...(resourceVersion ? { resourceVersion } : {}) };
  const write = stored ? client.replace.bind(client) : client.create.bind(client);
  await write(builtin.Secret, { metadata, type: "Opaque", data }, { fieldManager, signal });
  return completed;
}
