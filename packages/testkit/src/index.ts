export { TcpProxy } from "./tcp-proxy.ts";
export {
  type KubectlOutcome,
  startTestApiServer,
  type TestApiServer,
  type TestApiServerOptions,
} from "./test-api-server.ts";
export { TestAuthority, type TestKeyPair } from "./test-pki.ts";
