export { describeProgress } from "./binaries/describe-progress.ts";
export { type BinaryName, type BinaryPin, binaryPins, kubernetesVersions } from "./binaries/pins.ts";
export type { BinaryPhase, BinaryProgress, OnProgress } from "./binaries/progress.ts";
export { type ProgressDisplay, type ProgressDisplayOptions, renderProgress } from "./binaries/render-progress.ts";
export {
  type BinaryRequest,
  type EnsureOptions,
  ensureBinaries,
  type ResolvedBinary,
  resolveBinary,
} from "./binaries/resolve.ts";
export { BinaryStore, type BinaryStoreOptions } from "./binaries/store.ts";
export { DirectoryLock } from "./directory-lock.ts";
export { checkWritableDirectory } from "./disk.ts";
export { diagnose, type Finding } from "./doctor/diagnose.ts";
export { type Facts, type FactsOptions, gatherFacts } from "./doctor/facts.ts";
export { ComponentError, type ComponentErrorCode } from "./errors.ts";
export { freePort, isPortFree, reservePorts } from "./ports.ts";
export type { BackoffOptions } from "./process/backoff.ts";
export { dieWithParent, type Launch, withLimits } from "./process/launcher.ts";
export type { ManagedProcess } from "./process/managed-process.ts";
export { describeExit, type ProcessExit, type ProcessSpec, type ProcessState } from "./process/spec.ts";
export { Supervisor, type SupervisorOptions } from "./process/supervisor.ts";
