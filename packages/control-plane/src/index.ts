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
export {
  KubernetesControlPlaneProvider,
  type KubernetesControlPlaneProviderOptions,
} from "./kubernetes/provider.ts";
export type { SeedSettings, WebhookDestination } from "./kubernetes/seed-settings.ts";
export { type ConnectedSeed, type SeedState, Seeds, type UnavailableSeed } from "./kubernetes/seeds.ts";
export { type LocalEtcd, type StartEtcdOptions, startEtcd } from "./local/etcd.ts";
export {
  type ManagementApi,
  type StartManagementApiOptions,
  startManagementApi,
} from "./local/management-api.ts";
export { LocalControlPlaneProvider, type LocalControlPlaneProviderOptions } from "./local/provider.ts";
export { type LocalWebhookPki, localWebhookPki } from "./local/webhook-pki.ts";
export type { KeyPair } from "./pki/certificate.ts";
export { identities, webhookCallers, webhookPki } from "./pki/cluster-plan.ts";
export { completePki, type PkiFiles, requirePair } from "./pki/pki.ts";
export {
  type ComponentHealth,
  type ControlPlaneAddress,
  ControlPlaneBlockedError,
  type ControlPlaneHealth,
  type ControlPlaneObservation,
  type ControlPlaneProvider,
  type TunnelObservation,
} from "./provider.ts";
export { type ControlPlaneSpec, controlPlaneSpec, IncompleteClusterError } from "./spec.ts";
export { type TunnelCertificateOptions, tunnelCertificates } from "./tunnel/certificates.ts";
export { tunnelLabel } from "./tunnel/seed-object.ts";
export { seedTunnel, seedTunnelEndpoints, seedTunnelServices } from "./tunnel/seed-tunnel.ts";
export type { ApiServerParts, ExposeStrategy, SeedTunnel, SeedTunnelOptions } from "./tunnel/seed-types.ts";
export {
  otherTunnel,
  serves,
  type Tunnel,
  type TunnelEndpoint,
  type TunnelEndpoints,
  type TunnelStep,
  tunnels,
  wantedTunnel,
} from "./tunnel/tunnel.ts";
export { type TunnelObjectsOptions, tunnelUserClusterObjects } from "./tunnel/user-cluster-objects.ts";
