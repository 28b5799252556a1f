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
  chartArgument,
  type LocalChart,
  type OciChart,
  type RegistryAccess,
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
