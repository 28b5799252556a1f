import { type KubeObject, keyOf } from "../objects.ts";
import { parseApiVersion } from "../resource-types.ts";

/** Kinds of a phase stand on those of the phases before it. What is not named here comes in `custom`. */
const phaseKinds = [
  ["namespaces", ["Namespace", "PriorityClass.scheduling.k8s.io", "RuntimeClass.node.k8s.io"]],
  ["definitions", ["CustomResourceDefinition.apiextensions.k8s.io"]],
  [
    "configuration",
    [
      "ServiceAccount",
      "Secret",
      "ConfigMap",
      "ResourceQuota",
      "LimitRange",
      "ClusterRole.rbac.authorization.k8s.io",
      "Role.rbac.authorization.k8s.io",
      "StorageClass.storage.k8s.io",
      "NetworkPolicy.networking.k8s.io",
    ],
  ],
  [
    "bindings",
    [
      "ClusterRoleBinding.rbac.authorization.k8s.io",
      "RoleBinding.rbac.authorization.k8s.io",
      "Service",
      "PersistentVolumeClaim",
    ],
  ],
  ["custom", []],
  [
    "workloads",
    [
      "DaemonSet.apps",
      "Deployment.apps",
      "StatefulSet.apps",
      "ReplicaSet.apps",
      "Pod",
      "Job.batch",
      "CronJob.batch",
      "PodDisruptionBudget.policy",
      "HorizontalPodAutoscaler.autoscaling",
    ],
  ],
  [
    "interception",
    [
      "APIService.apiregistration.k8s.io",
      "MutatingWebhookConfiguration.admissionregistration.k8s.io",
      "ValidatingWebhookConfiguration.admissionregistration.k8s.io",
    ],
  ],
] as const;

export type Phase = (typeof phaseKinds)[number][0];

export const applyOrder: readonly Phase[] = phaseKinds.map(([phase]) => phase);

/**
 * Custom resources go first, while the controllers that clear their finalizers and the webhooks that watch over them
 * still run; then the reverse of the apply order, so that definitions and namespaces go last.
 */
export const pruneOrder: readonly Phase[] = [
  "custom",
  ...[...applyOrder].reverse().filter((phase) => phase !== "custom"),
];

const phaseByKind = new Map<string, Phase>(phaseKinds.flatMap(([phase, kinds]) => kinds.map((kind) => [kind, phase])));

/** `groupKind` as `Deployment.apps`. */
export function phaseOf(groupKind: string): Phase {
  return phaseByKind.get(groupKind) ?? "custom";
}

/** `Deployment.apps`, or `Pod`. @throws TypeError that names the missing field */
export function groupKindOfObject(object: KubeObject): string {
  const { apiVersion, kind, metadata } = object;
  if (!apiVersion) throw new TypeError(`apiVersion: required (${kind ?? "object"} ${keyOf(metadata)})`);
  if (!kind) throw new TypeError(`kind: required (${apiVersion} ${keyOf(metadata)})`);
  const { group } = parseApiVersion(apiVersion);
  return group ? `${kind}.${group}` : kind;
}
