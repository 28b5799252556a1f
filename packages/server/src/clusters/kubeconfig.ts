import { builtin, type KubeClient } from "@fairlead/kube";
import { clusterNamespace } from "@fairlead/resources";
import { unavailable } from "../http/api-error.ts";

const secretName = "admin-kubeconfig";
const secretKey = "kubeconfig";

/** The administrator's kubeconfig of a cluster. @throws ApiError 503 until its control plane has one */
export async function adminKubeconfig(management: KubeClient, clusterId: string, signal: AbortSignal): Promise<string> {
  const ref = { name: secretName, namespace: clusterNamespace(clusterId) };
  const secret = await management.find(builtin.Secret, ref, { signal });
  const encoded = secret?.data?.[secretKey];
  if (!encoded) throw unavailable(`cluster "${clusterId}" has no kubeconfig yet: its control plane is being created`);
  return Buffer.from(encoded, "base64").toString("utf8");
}
