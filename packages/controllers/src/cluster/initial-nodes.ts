/**
 * The first nodes of a cluster. A creation request carries them as annotation, KKP's way, since they can be created only
 * once the user cluster's API is up. Pure.
 * @module
 */
import { type Cluster, initialMachineDeploymentAnnotation, type MachineDeployment } from "@fairlead/resources";
import { KUBE_SYSTEM } from "../names.ts";

/** KKP's NodeDeployment as far as it matters for nodes. */
interface NodeDeployment {
  name?: string | null;
  spec?: {
    replicas?: number | null;
    template?: {
      labels?: Record<string, string> | null;
      taints?: { key: string; value?: string; effect: string }[] | null;
      versions?: { kubelet?: string } | null;
    } | null;
  } | null;
}

/**
 * The MachineDeployment that the annotation asks for; undefined if there is no annotation.
 * @throws SyntaxError if the annotation is no JSON object
 */
export function initialMachineDeployment(cluster: Cluster): MachineDeployment | undefined {
  const request = cluster.metadata.annotations?.[initialMachineDeploymentAnnotation];
  if (request === undefined) return undefined;
  const { name, spec } = parseRequest(request);
  const labels = spec?.template?.labels;
  const taints = spec?.template?.taints;
  return {
    apiVersion: "cluster.k8s.io/v1alpha1",
    kind: "MachineDeployment",
    metadata: { name: name || `${cluster.metadata.name}-workers`, namespace: KUBE_SYSTEM },
    spec: {
      replicas: Math.max(0, spec?.replicas ?? 0),
      template: {
        spec: {
          ...(labels && Object.keys(labels).length > 0 ? { metadata: { labels } } : {}),
          ...(taints?.length ? { taints } : {}),
          versions: { kubelet: spec?.template?.versions?.kubelet || cluster.spec.version },
        },
      },
    },
  };
}

function parseRequest(text: string): NodeDeployment {
  const parsed: unknown = JSON.parse(text);
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    throw new SyntaxError(`metadata.annotations["${initialMachineDeploymentAnnotation}"]: expected a JSON object`);
  }
  return parsed;
}
