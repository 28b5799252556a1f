export { type ApiServerPlacement, type ApiServerSpec, apiServerArguments } from "./flags/api-server.ts";
export type { KeyPairFiles } from "./flags/arguments.ts";
export {
  type ControllerManagerPlacement,
  type ControllerManagerSpec,
  controllerManagerArguments,
  type ServingPlacement,
} from "./flags/controller-manager.ts";
export { type EtcdPlacement, etcdArguments } from "./flags/etcd.ts";
export { schedulerArguments } from "./flags/scheduler.ts";
export { type LocalEtcd, type StartEtcdOptions, startEtcd } from "./local/etcd.ts";
export {
  type ManagementApi,
  type StartManagementApiOptions,
  startManagementApi,
} from "./local/management-api.ts";
export { LocalControlPlaneProvider, type LocalControlPlaneProviderOptions } from "./local/provider.ts";
export { type LocalWebhookPki, localWebhookPki } from "./local/webhook-pki.ts";
export type { KeyPair } from "./pki/certificate.ts";
export { identities, webhookCallers } from "./pki/cluster-plan.ts";
export type {
  ComponentHealth,
  ControlPlaneAddress,
  ControlPlaneHealth,
  ControlPlaneObservation,
  ControlPlaneProvider,
} from "./provider.ts";
export { type ControlPlaneSpec, controlPlaneSpec, IncompleteClusterError } from "./spec.ts";
