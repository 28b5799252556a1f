import type { Project } from "@fairlead/resources";
import { projectType } from "@fairlead/resources";
import type { FastifyRequest } from "fastify";
import type { ApiContext } from "../api-context.ts";
import { conflict, notFound, unavailable } from "../http/api-error.ts";
import { signalOf } from "../http/request-signal.ts";

/** The project of the request's address, which the user may see. @throws ApiError 404 if there is none */
export async function readableProject(context: ApiContext, request: FastifyRequest, id: string): Promise<Project> {
  const project = await context.reads.read(`project ${id}`, (signal) =>
    context.management.find(projectType, { name: id }, { signal }),
  );
  signalOf(request).throwIfAborted();
  if (!project) throw notFound("project", id);
  return project;
}

/** A project that something can be created in. @throws ApiError like `readableProject`; 503 before it is set up */
export async function writableProject(context: ApiContext, request: FastifyRequest, id: string): Promise<Project> {
  const project = await readableProject(context, request, id);
  if (project.metadata.deletionTimestamp) throw conflict(`project "${id}" is being deleted`);
  if (project.status?.phase !== "Active") throw unavailable(`project "${id}" is not set up yet, try again`);
  return project;
}
