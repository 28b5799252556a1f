import { yamlObjection } from "@fairlead/network";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { parse } from "yaml";
import { ApiError, badRequest } from "./api-error.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Whether the route takes YAML beside JSON. */
    takesYaml?: true;
  }
}

/** In characters; JSON may be as long as a body. */
const longest = 256 * 1024;

const mediaTypes = ["application/yaml", "application/x-yaml", "text/yaml"];

/** Bodies may also be YAML, on routes that say so in their `config`. */
export function acceptYamlWhereAsked(app: FastifyInstance): void {
  app.addContentTypeParser(mediaTypes, { parseAs: "string" }, async (request: FastifyRequest, body: string) => {
    if (!request.routeOptions.config.takesYaml) {
      throw new ApiError(415, "request header Content-Type: must be application/json");
    }
    const objection = yamlObjection(body, longest);
    if (objection) throw badRequest(`request body: YAML: ${objection}`);
    try {
      return parse(body, { uniqueKeys: false }) as unknown;
    } catch (cause) {
      const [why] = String(cause instanceof Error ? cause.message : cause).split("\n");
      throw badRequest(`request body: malformed YAML: ${why}`, { cause });
    }
  });
}
