import type { ApiErrorBody } from "@fairlead/resources";
import type { LightMyRequestResponse } from "fastify";
import { expect } from "vitest";

/** The least that creates a cluster, and what a test adds to its spec. */
export function minimal(name: string, spec: object = {}): { cluster: { name: string; spec: object } } {
  return { cluster: { name, spec: { cloud: { dc: "local", bringyourown: {} }, version: "1.36.3", ...spec } } };
}

/** The error of an answer, in the envelope that every error has. */
export function errorOf(response: LightMyRequestResponse): ApiErrorBody["error"] {
  expect(response.headers["content-type"]).toBe("application/json");
  const { error } = response.json<ApiErrorBody>();
  expect(error.code).toBe(response.statusCode);
  return error;
}

/** Texts of the `Warning:` headers of an answer. */
export function warningsOf(response: LightMyRequestResponse): string[] {
  const headers = [response.headers.warning ?? []].flat();
  return headers.map((header) => header.replace(/^299 - "(.*)"$/, "$1").replaceAll(/\\(.)/g, "$1"));
}
