import { defineResource } from "../resource-types.ts";
import type { WebhookConfiguration } from "./admission.ts";
import type { ConfigMap, Namespace, Node, Pod, Secret, Service, ServiceAccount } from "./core.ts";
import type { CustomResourceDefinition, Event, Lease } from "./machinery.ts";
import type { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from "./rbac.ts";
import type { DaemonSet, Deployment, StatefulSet } from "./workloads.ts";

const core = { group: "", version: "v1" } as const;
const apps = { group: "apps", version: "v1" } as const;
const rbac = { group: "rbac.authorization.k8s.io", version: "v1" } as const;
const admission = { group: "admissionregistration.k8s.io", version: "v1" } as const;
const cluster = { namespaced: false } as const;
const inNamespace = { namespaced: true } as const;

/** Kubernetes' own kinds, as far as they are used: `client.get(builtin.Pod, { namespace, name })`. */
export const builtin = {
  Namespace: defineResource<Namespace>({ ...core, ...cluster, kind: "Namespace", plural: "namespaces" }),
  Node: defineResource<Node>({ ...core, ...cluster, kind: "Node", plural: "nodes" }),
  Pod: defineResource<Pod>({ ...core, ...inNamespace, kind: "Pod", plural: "pods" }),
  ConfigMap: defineResource<ConfigMap>({ ...core, ...inNamespace, kind: "ConfigMap", plural: "configmaps" }),
  Secret: defineResource<Secret>({ ...core, ...inNamespace, kind: "Secret", plural: "secrets" }),
  Service: defineResource<Service>({ ...core, ...inNamespace, kind: "Service", plural: "services" }),
  ServiceAccount: defineResource<ServiceAccount>({
    ...core,
    ...inNamespace,
    kind: "ServiceAccount",
    plural: "serviceaccounts",
  }),
  DaemonSet: defineResource<DaemonSet>({ ...apps, ...inNamespace, kind: "DaemonSet", plural: "daemonsets" }),
  Deployment: defineResource<Deployment>({ ...apps, ...inNamespace, kind: "Deployment", plural: "deployments" }),
  StatefulSet: defineResource<StatefulSet>({ ...apps, ...inNamespace, kind: "StatefulSet", plural: "statefulsets" }),
  Role: defineResource<Role>({ ...rbac, ...inNamespace, kind: "Role", plural: "roles" }),
  RoleBinding: defineResource<RoleBinding>({ ...rbac, ...inNamespace, kind: "RoleBinding", plural: "rolebindings" }),
  ClusterRole: defineResource<ClusterRole>({ ...rbac, ...cluster, kind: "ClusterRole", plural: "clusterroles" }),
  ClusterRoleBinding: defineResource<ClusterRoleBinding>({
    ...rbac,
    ...cluster,
    kind: "ClusterRoleBinding",
    plural: "clusterrolebindings",
  }),
  CustomResourceDefinition: defineResource<CustomResourceDefinition>({
    group: "apiextensions.k8s.io",
    version: "v1",
    kind: "CustomResourceDefinition",
    plural: "customresourcedefinitions",
    namespaced: false,
  }),
  MutatingWebhookConfiguration: defineResource<WebhookConfiguration>({
    ...admission,
    ...cluster,
    kind: "MutatingWebhookConfiguration",
    plural: "mutatingwebhookconfigurations",
  }),
  ValidatingWebhookConfiguration: defineResource<WebhookConfiguration>({
    ...admission,
    ...cluster,
    kind: "ValidatingWebhookConfiguration",
    plural: "validatingwebhookconfigurations",
  }),
  Lease: defineResource<Lease>({
    group: "coordination.k8s.io",
    version: "v1",
    kind: "Lease",
    plural: "leases",
    namespaced: true,
  }),
  Event: defineResource<Event>({
    group: "events.k8s.io",
    version: "v1",
    kind: "Event",
    plural: "events",
    namespaced: true,
  }),
} as const;
