import type { WebhookConfigurations } from "@fairlead/admission";
import {
  applyUnlessCurrent,
  builtin,
  isInvalid,
  type KubeClient,
  type KubeObject,
  type ResourceType,
  waitFor,
} from "@fairlead/kube";
import { FIELD_MANAGER } from "./names.ts";

/** A write that a webhook in effect refuses; it is only tried. */
export interface WebhookProbe {
  readonly type: ResourceType;
  readonly object: KubeObject;
}

/**
 * Tells an API server of the webhooks and waits until it asks them: it learns of a configuration a moment after that is
 * stored, and may know an older one whose address is no longer served.
 */
export async function installWebhooks(
  client: KubeClient,
  {
    configurations,
    probe,
    expectNew,
    signal,
  }: { configurations: WebhookConfigurations; probe: WebhookProbe; expectNew?: boolean; signal: AbortSignal },
): Promise<void> {
  const options = { fieldManager: FIELD_MANAGER, force: true, expectNew, signal };
  await Promise.all([
    applyUnlessCurrent(client, builtin.MutatingWebhookConfiguration, configurations.mutating, options),
    applyUnlessCurrent(client, builtin.ValidatingWebhookConfiguration, configurations.validating, options),
  ]);
  await waitFor(() => isRefusedByWebhook(client, probe, signal), {
    what: `the admission webhook of ${probe.type.plural} to be in effect`,
    signal,
  });
}

async function isRefusedByWebhook(
  client: KubeClient,
  { type, object }: WebhookProbe,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await client.create(type, object, { dryRun: true, fieldManager: FIELD_MANAGER, signal });
    return false;
  } catch (error) {
    // The schema refuses it, too; but only a webhook's answer begins like this.
    if (isInvalid(error) && error instanceof Error && error.message.startsWith("admission webhook ")) return true;
    throw error;
  }
}
