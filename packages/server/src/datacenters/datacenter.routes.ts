import { type ApiDatacenter, apiDatacenterSchema } from "@fairlead/resources";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import type { ApiContext } from "../api-context.ts";
import { userOf } from "../authentication/authenticate.ts";
import { notFound } from "../http/api-error.ts";
import { describeRoute } from "../openapi/describe-route.ts";
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

  const tag = "Catalogues";
  const list = describeRoute({
    tag,
    summary: "List the datacenters that one may use, by name",
    answers: { 200: z.array(apiDatacenterSchema) },
  });
  app.get("/api/v1/dc", { schema: list }, visible);

  const get = describeRoute({ tag, summary: "Show a datacenter", answers: { 200: apiDatacenterSchema } });
  app.get<{ Params: { dc: string } }>("/api/v1/dc/:dc", { schema: get }, async (request) => {
    const { dc } = request.params;
    const found = (await visible(request)).find(({ metadata }) => metadata.name === dc);
    if (!found) throw notFound("datacenter", dc);
    return found;
  });

  const seeds = describeRoute({ tag, summary: "List the names of the seeds", answers: { 200: z.array(z.string()) } });
  app.get("/api/v1/seed", { schema: seeds }, async () => {
    const { seeds } = await installation.read();
    return seeds.map(({ metadata }) => metadata.name ?? "").sort((a, b) => a.localeCompare(b));
  });

  const ofSeed = describeRoute({
    tag,
    summary: "List the datacenters of a seed",
    answers: { 200: z.array(apiDatacenterSchema) },
  });
  app.get<{ Params: { seed: string } }>("/api/v1/seed/:seed/dc", { schema: ofSeed }, async (request) => {
    const { seed } = request.params;
    const { seeds } = await installation.read();
    if (!seeds.some(({ metadata }) => metadata.name === seed)) throw notFound("seed", seed);
    return (await visible(request)).filter(({ spec }) => spec.seed === seed);
  });
}
