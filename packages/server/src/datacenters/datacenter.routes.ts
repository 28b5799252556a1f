import type { ApiDatacenter } from "@fairlead/resources";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { ApiContext } from "../api-context.ts";
import { userOf } from "../authentication/authenticate.ts";
import { notFound } from "../http/api-error.ts";
import { apiDatacenters } from "./api-datacenter.ts";
import { mayUseDatacenter } from "./datacenter-access.ts";

export function datacenterRoutes(app: FastifyInstance, { installation }: ApiContext): void {
  const visible = async (request: FastifyRequest): Promise<ApiDatacenter[]> => {
    const { seeds } = await installation.read();
    const user = userOf(request);
    const allowed = (name: string) =>
      seeds.some(({ spec }) => {
        const datacenter = spec.datacenters?.[name];
        return datacenter !== undefined && mayUseDatacenter(user, datacenter);
      });
    return apiDatacenters(seeds).filter(({ metadata }) => allowed(metadata.name));
  };

  app.get("/api/v1/dc", visible);

  app.get<{ Params: { dc: string } }>("/api/v1/dc/:dc", async (request) => {
    const { dc } = request.params;
    const found = (await visible(request)).find(({ metadata }) => metadata.name === dc);
    if (!found) throw notFound("datacenter", dc);
    return found;
  });

  app.get("/api/v1/seed", async () => {
    const { seeds } = await installation.read();
    return seeds.map(({ metadata }) => metadata.name ?? "").sort((a, b) => a.localeCompare(b));
  });

  app.get<{ Params: { seed: string } }>("/api/v1/seed/:seed/dc", async (request) => {
    const { seed } = request.params;
    const { seeds } = await installation.read();
    if (!seeds.some(({ metadata }) => metadata.name === seed)) throw notFound("seed", seed);
    return (await visible(request)).filter(({ spec }) => spec.seed === seed);
  });
}
