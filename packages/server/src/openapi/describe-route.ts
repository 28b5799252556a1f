import { apiErrorBodySchema } from "@fairlead/resources";
import type { FastifySchema } from "fastify";
import { z } from "zod";

type Tag =
  | "Add-ons"
  | "Applications"
  | "Clusters"
  | "Fleet"
  | "Templates"
  | "Network"
  | "Nodes"
  | "Projects"
  | "Catalogues"
  | "Members"
  | "Users"
  | "System";

interface RouteDescription {
  summary: string;
  description?: string;
  tag: Tag;
  query?: z.ZodRawShape;
  body?: z.ZodType;
  /** By HTTP status. Text is an answer of another type than JSON. */
  answers: Readonly<Record<number, z.ZodType | OtherContent>>;
  /** Whether it answers without a token. */
  open?: true;
}

interface OtherContent {
  content: Readonly<Record<string, { schema: z.ZodType }>>;
}

export function otherContent(mediaType: string, schema: z.ZodType): OtherContent {
  return { content: { [mediaType]: { schema } } };
}

/**
 * What the OpenAPI document says of a route. It describes and does not act: routes judge requests themselves, with more to
 * say than a schema can.
 */
export function describeRoute(route: RouteDescription): FastifySchema {
  const { summary, description, tag, query, body, answers, open } = route;
  return {
    summary,
    ...(description ? { description } : {}),
    tags: [tag],
    ...(query ? { querystring: z.object(query) } : {}),
    ...(body ? { body } : {}),
    response: { ...answers, default: apiErrorBodySchema },
    ...(open ? { security: [] } : {}),
  };
}
