export {
  type ApplyObjectsOptions,
  type ApplyResult,
  type ApplySetOptions,
  type ApplyStage,
  applyObjects,
  applyStages,
  deleteApplySet,
} from "./apply-set/apply-set.ts";
export { ApplySetError, type ApplySetFailure } from "./apply-set/apply-set-error.ts";
export { ApplySetVersions } from "./apply-set/apply-set-versions.ts";
export { ApplySets } from "./apply-set/apply-sets.ts";
export type { SetPlace } from "./apply-set/desired.ts";
export { type ApplySetParent, applySetId, partOfLabel } from "./apply-set/parent.ts";
export { appliedHashOf, hashOf } from "./apply-set/unchanged.ts";
export { applyUnlessCurrent } from "./apply-unless-current.ts";
export { exponentialDelayMs } from "./backoff.ts";
export type * from "./builtin/admission.ts";
export * from "./builtin/builtin-types.ts";
export type * from "./builtin/core.ts";
export type * from "./builtin/machinery.ts";
export type * from "./builtin/pod-spec.ts";
export type * from "./builtin/rbac.ts";
export type * from "./builtin/workloads.ts";
export { canonicalJson } from "./canonical-json.ts";
export { inClusterOptions, serviceAccountDirectory } from "./client/in-cluster.ts";
export * from "./client/kube-client.ts";
export { parseKubeconfig } from "./client/kubeconfig.ts";
export type {
  ApplyOptions,
  CallOptions,
  DeleteOptions,
  ListOptions,
  Patch,
  PatchOptions,
  WatchOptions,
  WriteOptions,
} from "./client/options.ts";
export { NoKindMatchError } from "./client/rest-mapper.ts";
export type { HttpMethod, HttpRequest } from "./client/transport.ts";
export type { WatchEvent } from "./client/watch-stream.ts";
export { forEachConcurrently } from "./concurrently.ts";
export {
  type CacheSource,
  Controller,
  type ControllerOptions,
  type WatchSourceOptions,
} from "./controller/controller.ts";
export { takeBreath } from "./controller/event-loop.ts";
export { LeadershipLostError, Manager, type ManagerOptions, type Runnable } from "./controller/manager.ts";
export { type ReconcileContext, type Reconciler, type Result, TerminalError } from "./controller/reconciler.ts";
export { type Request, requestKey } from "./controller/request.ts";
export { establishDefinitions, isEstablished, waitEstablished } from "./establish-definitions.ts";
export { EventRecorder, type EventRecorderOptions, type EventText } from "./events.ts";
export { imagesOf } from "./images.ts";
export { Informer, type InformerHandler, type InformerOptions } from "./informer/informer.ts";
export { LeaderElector, type LeaderElectorOptions } from "./leader-election/leader-elector.ts";
export * from "./objects.ts";
export {
  defineResource,
  groupKindOf,
  parseApiVersion,
  type ResourceType,
  type ResourceTypeSpec,
} from "./resource-types.ts";
export * from "./status-error.ts";
export { activeTraceparent, traceFields, withinSpan } from "./tracing/tracing.ts";
export { Turns } from "./turns.ts";
export * from "./wait-for.ts";
export type { GroupPath } from "./workqueue/fair-fifo.ts";
export { type Fairness, type Priority, WorkQueue, type WorkQueueOptions } from "./workqueue/work-queue.ts";
