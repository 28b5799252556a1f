import { builtin, type Deployment, type KubeClient } from "@fairlead/kube";
import { KUBE_SYSTEM } from "../names.ts";
import type { ClientState } from "./plan.ts";

/** Looks at a tunnel's clients in the user cluster: a ready one is connected to the control plane. */
export async function readClientState(client: KubeClient, name: string, signal: AbortSignal): Promise<ClientState> {
  const deployment = await client.find(builtin.Deployment, { name, namespace: KUBE_SYSTEM }, { signal });
  if (isAvailable(deployment)) return "connected";
  const { items: nodes } = await client.list(builtin.Node, { signal });
  return nodes.length === 0 ? "idle" : "disconnected";
}

/** At least one pod of the Deployment that is asked for now is available; one that goes away takes its pods with it. */
export function isAvailable({ metadata, status }: Partial<Deployment> = {}): boolean {
  return (
    !metadata?.deletionTimestamp &&
    status !== undefined &&
    status.observedGeneration === metadata?.generation &&
    (status.availableReplicas ?? 0) > 0
  );
}
