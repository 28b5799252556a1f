export { ApiClient, type ApiClientOptions, ApiError, UnreachableError } from "@fairlead/api-client";
export { run } from "./run.ts";
export type { Runtime } from "./session.ts";
