import type { FastifyInstance } from "fastify";
import type { ApiContext } from "../api-context.ts";
import { notFound } from "../http/api-error.ts";

/** Routes below the address of a project's clusters, as relative paths. */
export type ClusterRoutes = (app: FastifyInstance, context: ApiContext) => void;

/** KKP's older clients say `/api/v1/projects/{p}/dc/{seed}/clusters`; what they call `dc` is the seed. */
const older = "/api/v1/projects/:project_id/dc/:seed/clusters";
const newer = "/api/v2/projects/:project_id/clusters";

/** Serves every route of clusters at both addresses that KKP has for them. */
export async function serveClusterRoutes(
  app: FastifyInstance,
  context: ApiContext,
  routes: readonly ClusterRoutes[],
): Promise<void> {
  await app.register(
    async (api) => {
      for (const add of routes) add(api, context);
    },
    { prefix: newer },
  );
  await app.register(
    async (api) => {
      api.addHook<{ Params: { seed: string } }>("preHandler", async ({ params: { seed } }) => {
        const { seeds } = await context.installation.read();
        if (!seeds.some(({ metadata }) => metadata.name === seed)) throw notFound("seed", seed);
      });
      for (const add of routes) add(api, context);
    },
    { prefix: older },
  );
}
