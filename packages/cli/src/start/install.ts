import { installDefinitions } from "@fairlead/controllers";
import { builtin, type KubeClient, type KubeObject, type ResourceType, refOf } from "@fairlead/kube";
import {
  addonConfigType,
  crds,
  installationNamespace,
  kubermaticConfigurationType,
  seedType,
  shippedAddonConfigs,
} from "@fairlead/resources";
import {
  type ConfigurationInput,
  embeddedConfiguration,
  embeddedSeed,
  registryMoved,
} from "./embedded-installation.ts";

const fieldManager = "fairlead";

/**
 * Brings the management API to where the manager can work: definitions, namespace, configuration, seed. What is there
 * already is an operator's and stays, but for the registry's port.
 */
export async function install(client: KubeClient, input: ConfigurationInput, signal: AbortSignal): Promise<void> {
  const options = { fieldManager, force: true, signal };
  await Promise.all([
    installDefinitions(client, crds(), { signal }),
    client.apply(builtin.Namespace, { metadata: { name: installationNamespace } }, options),
  ]);
  const configuration = await createIfMissing(
    client,
    kubermaticConfigurationType,
    embeddedConfiguration(input),
    signal,
  );
  const moved = registryMoved(configuration, input.registry);
  if (moved)
    await client.mergePatch(kubermaticConfigurationType, refOf(configuration), moved, { fieldManager, signal });
  await createIfMissing(client, seedType, embeddedSeed(), signal);
  for (const config of shippedAddonConfigs()) await createIfMissing(client, addonConfigType, config, signal);
}

async function createIfMissing<T extends KubeObject>(
  client: KubeClient,
  type: ResourceType<T>,
  object: T,
  signal: AbortSignal,
): Promise<T> {
  const existing = await client.find(type, refOf(object), { signal });
  return existing ?? (await client.create(type, object, { fieldManager, signal }));
}
