import type { KeyPair } from "../pki/certificate.ts";
import { webhookPki } from "../pki/cluster-plan.ts";
import { readPki, writePki } from "../pki/directory.ts";
import { completePki, requirePair } from "../pki/pki.ts";

export interface LocalWebhookPki {
  /** Signs the serving certificate, and the client certificates of the API servers that may call. */
  authority: KeyPair;
  /** For 127.0.0.1 and localhost. */
  serving: KeyPair;
}

/** Keys and certificates of the admission webhooks, kept in `directory` and renewed like those of control planes. */
export async function localWebhookPki(directory: string): Promise<LocalWebhookPki> {
  const files = await completePki(webhookPki(), await readPki(directory), new Date());
  await writePki(directory, files);
  return { authority: requirePair(files, "ca"), serving: requirePair(files, "serving") };
}
