export { ChartValuesReader } from "./charts/chart-values.ts";
export { type PackagedChart, type PackageOptions, packageCharts } from "./charts/package-charts.ts";
export { type PublishedChart, type PublishOptions, publishCharts } from "./charts/publish-charts.ts";
export type { GitRef, ResolvedCommit } from "./git/resolve-commit.ts";
export {
  RegistryClient,
  type RegistryClientOptions,
  RegistryError,
  type StoredChart,
} from "./registry/registry-client.ts";
export { type RegistryOptions, type RunningRegistry, startRegistry } from "./registry/start-registry.ts";
export {
  applyRelease,
  type DesiredRelease,
  observeRelease,
  type ReleaseContext,
  type ReleaseOutcome,
  type ReleaseWait,
  removeRelease,
} from "./release/apply-release.ts";
export { type ObservedRelease, planRelease, type ReleasePlan } from "./release/plan-release.ts";
export { releaseName } from "./release/release-name.ts";
export {
  listRevisions,
  type ReleaseRef,
  type ReleaseRevision,
  type ReleaseStatus,
  readRevision,
  type StoredRelease,
} from "./release/release-storage.ts";
export {
  type Capabilities,
  ChartRenderer,
  type DigestedChart,
  type RenderOptions,
} from "./render/chart-renderer.ts";
export { parseManifests, type RenderedChart } from "./render/parse-manifests.ts";
export type {
  ChangeOptions,
  DeployOptions,
  RollbackOptions,
  TemplateOptions,
  UninstallOptions,
  UpgradeOptions,
  WaitStrategy,
} from "./runner/arguments.ts";
export {
  type ChartReference,
  type GitAccess,
  type GitChart,
  type LocalChart,
  type OciChart,
  type RegistryAccess,
  type RepositoryChart,
  registryConfigFor,
} from "./runner/chart-reference.ts";
export { HelmError, type HelmErrorKind, isHelmError } from "./runner/helm-error.ts";
export {
  type ClusterTarget,
  HelmRunner,
  type HelmRunnerOptions,
  type Kubeconfig,
  type ReleaseTarget,
  type Values,
} from "./runner/helm-runner.ts";
export type { HistoryEntry, ListedRelease } from "./runner/queries.ts";
