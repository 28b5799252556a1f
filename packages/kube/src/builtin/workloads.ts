import type { KubeObject } from "../objects.ts";
import type { LabelSelector, PodTemplateSpec } from "./pod-spec.ts";

export interface DaemonSet extends KubeObject {
  spec?: { selector: LabelSelector; template: PodTemplateSpec; updateStrategy?: unknown };
  status?: {
    observedGeneration?: number;
    desiredNumberScheduled?: number;
    currentNumberScheduled?: number;
    updatedNumberScheduled?: number;
    numberReady?: number;
    numberAvailable?: number;
  };
}

export interface Deployment extends KubeObject {
  spec?: { replicas?: number; selector: LabelSelector; template: PodTemplateSpec; strategy?: unknown };
  status?: {
    observedGeneration?: number;
    replicas?: number;
    updatedReplicas?: number;
    readyReplicas?: number;
    availableReplicas?: number;
    conditions?: { type: string; status: string; reason?: string; message?: string }[];
  };
}

export interface StatefulSet extends KubeObject {
  spec?: {
    replicas?: number;
    serviceName: string;
    selector: LabelSelector;
    template: PodTemplateSpec;
    volumeClaimTemplates?: KubeObject[];
    podManagementPolicy?: "OrderedReady" | "Parallel";
    updateStrategy?: unknown;
  };
  status?: {
    observedGeneration?: number;
    replicas?: number;
    updatedReplicas?: number;
    readyReplicas?: number;
    availableReplicas?: number;
  };
}
