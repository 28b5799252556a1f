import type { WebhookConfigurations } from "@fairlead/admission";
import { applyUnlessCurrent, builtin, type KubeClient, type KubeObject, waitEstablished } from "@fairlead/kube";
import {
  applicationInstallationType,
  type CustomResourceDefinition,
  type MachineDeployment,
  machineDeploymentType,
  userClusterCrds,
} from "@fairlead/resources";
import { FIELD_MANAGER, KUBE_SYSTEM } from "../names.ts";
import { installWebhooks, type WebhookProbe } from "../webhooks.ts";

interface Preparation {
  /** Whether the API server should have nothing of it yet: it is not asked then. */
  expectNew?: boolean;
  signal: AbortSignal;
}

/** Installs CustomResourceDefinitions and waits until their kinds are served. Unchanged ones cost a read each and no write. */
export async function installDefinitions(
  client: KubeClient,
  definitions: readonly CustomResourceDefinition[],
  { expectNew, signal }: Preparation,
): Promise<void> {
  const options = { fieldManager: FIELD_MANAGER, force: true, expectNew, signal };
  await Promise.all(
    definitions.map(async (definition) => {
      const type = builtin.CustomResourceDefinition;
      const stored = await applyUnlessCurrent(client, type, definition, options);
      await waitEstablished(client, stored, { signal });
    }),
  );
}

/** What every user cluster has before its controllers begin. */
export async function prepareUserCluster(
  client: KubeClient,
  webhooks: WebhookConfigurations,
  preparation: Preparation,
): Promise<void> {
  await installDefinitions(client, userClusterCrds(), preparation);
  await installWebhooks(client, { configurations: webhooks, probe: installationProbe, ...preparation });
}

/** Refused for its interval, whatever else it lacks. */
const installationProbe: WebhookProbe = {
  type: applicationInstallationType,
  object: {
    metadata: { name: "fairlead-webhook-probe", namespace: KUBE_SYSTEM },
    spec: { reconciliationInterval: "invalid" },
  } as KubeObject,
};

/** Creates the first group of nodes; one that exists already, from an interrupted try, is left as it is. */
export async function createInitialNodes(
  client: KubeClient,
  machineDeployment: MachineDeployment,
  signal: AbortSignal,
): Promise<void> {
  const { name = "", namespace } = machineDeployment.metadata;
  const existing = await client.find(machineDeploymentType, { name, ...(namespace ? { namespace } : {}) }, { signal });
  if (!existing) await client.create(machineDeploymentType, machineDeployment, { fieldManager: FIELD_MANAGER, signal });
}
