import type { KubeObject } from "@fairlead/kube";

/** What the chart tests look at in a rendered object; everything else is left to the API server's own validation. */
export interface RenderedObject extends KubeObject {
  apiVersion: string;
  kind: string;
  data?: Record<string, string>;
  rules?: PolicyRule[];
  roleRef?: { kind: string; name: string };
  subjects?: { kind: string; name: string; namespace?: string }[];
  spec?: {
    template?: { metadata?: KubeObject["metadata"]; spec?: PodSpec };
    jobTemplate?: { spec?: { template?: { metadata?: KubeObject["metadata"]; spec?: PodSpec } } };
    updateStrategy?: unknown;
    replicas?: number;
    clusterIP?: string;
    ipFamilyPolicy?: string;
    ipFamilies?: string[];
    ports?: { name: string; port: number }[];
    schedule?: string;
  };
}

export interface PolicyRule {
  apiGroups?: string[];
  resources?: string[];
  resourceNames?: string[];
  verbs: string[];
}

export interface PodSpec {
  hostNetwork?: boolean;
  priorityClassName?: string;
  serviceAccountName?: string;
  securityContext?: { seccompProfile?: { type: string } };
  tolerations?: unknown[];
  initContainers?: Container[];
  containers: Container[];
  volumes?: Volume[];
}

export interface Container {
  name: string;
  image: string;
  command?: string[];
  args?: string[];
  env?: { name: string; value?: string }[];
  resources?: { requests?: Record<string, string> };
  securityContext?: {
    privileged?: boolean;
    capabilities?: { drop?: string[]; add?: string[] };
    seccompProfile?: { type: string };
  };
  livenessProbe?: unknown;
  readinessProbe?: { httpGet?: { path?: string }; exec?: { command?: string[] } };
  startupProbe?: unknown;
  volumeMounts?: { name: string; mountPath: string }[];
}

export interface Volume {
  name: string;
  hostPath?: { path: string };
  configMap?: { name: string };
  projected?: unknown;
  emptyDir?: unknown;
}

/** The pod template of a workload; undefined for what runs no pods. */
export function podTemplateOf(
  object: RenderedObject,
): { metadata?: KubeObject["metadata"]; spec?: PodSpec } | undefined {
  return object.spec?.template?.spec ? object.spec.template : object.spec?.jobTemplate?.spec?.template;
}

/** Init containers first, as they run. */
export function containersOf(object: RenderedObject): Container[] {
  const pod = podTemplateOf(object)?.spec;
  return [...(pod?.initContainers ?? []), ...(pod?.containers ?? [])];
}
