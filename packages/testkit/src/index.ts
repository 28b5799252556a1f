export { AwsEmulator } from "./aws-emulator.ts";
export { startChartRepository } from "./chart-sources/chart-repository.ts";
export { GitRepository } from "./chart-sources/git-repository.ts";
export { startGitServer } from "./chart-sources/git-server.ts";
export { startWebServer, type WebServer } from "./chart-sources/web-server.ts";
export { letPodsRun } from "./let-pods-run.ts";
export { createSimulatedDisks } from "./simulated-disks.ts";
export { TcpProxy } from "./tcp-proxy.ts";
export {
  type KubectlOutcome,
  startTestApiServer,
  type TestApiServer,
  type TestApiServerOptions,
} from "./test-api-server.ts";
export { testLogin } from "./test-login.ts";
export { TestAuthority, type TestKeyPair } from "./test-pki.ts";
