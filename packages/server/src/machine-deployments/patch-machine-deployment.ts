import type { KubeClient } from "@fairlead/kube";
import { type Cluster, type MachineDeployment, machineDeploymentType } from "@fairlead/resources";
import { notFound } from "../http/api-error.ts";
import type { JsonObject } from "../http/json-body.ts";
import { retryConflicts } from "../http/retry-conflicts.ts";
import { machineNamespace, toApiNodeDeployment, toMachineDeployment } from "./node-deployment.ts";
import { acceptNodeDeploymentPatch } from "./node-deployment-request.ts";

interface MachineDeploymentPatch {
  /** Of the user cluster. */
  client: KubeClient;
  cluster: Cluster;
  name: string;
  patch: JsonObject;
  dryRun: boolean;
  signal: AbortSignal;
}

/** @throws ApiError 400 if the result is refused, 404 if there is nothing to patch, 409 if every attempt loses a race */
export function patchMachineDeployment(options: MachineDeploymentPatch): Promise<MachineDeployment> {
  const { client, cluster, name, patch, dryRun, signal } = options;
  const ref = { name, namespace: machineNamespace };
  return retryConflicts(`machine deployment "${name}"`, async () => {
    const stored = await client.find(machineDeploymentType, ref, { signal });
    if (!stored) throw notFound("machine deployment", name);
    const accepted = acceptNodeDeploymentPatch(toApiNodeDeployment(stored), patch, cluster);
    const wanted = toMachineDeployment(accepted, name, stored);
    return client.replace(machineDeploymentType, wanted, { fieldManager: "fairlead", dryRun });
  });
}
