export { freePorts } from "./free-ports.ts";
export { startTestApiServer, type TestApiServer, type TestApiServerOptions } from "./test-api-server.ts";
