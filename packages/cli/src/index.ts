export { ApiError, UnreachableError } from "./api/api-error.ts";
export { ApiClient, type ApiClientOptions } from "./api/client.ts";
export { run } from "./run.ts";
export type { Runtime } from "./session.ts";
