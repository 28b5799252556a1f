import { formatArguments } from "./arguments.ts";
import { type ServingPlacement, servingFlags } from "./controller-manager.ts";

/** Arguments of kube-scheduler: nothing of the Cluster reaches it but where its API server is. */
export function schedulerArguments(placement: ServingPlacement): string[] {
  return formatArguments(servingFlags(placement));
}
