import { z } from "zod";
import { stringMap } from "../schema/building-blocks.ts";
import { answeredMetaShape, apiObjectMetaShape } from "./object-meta.ts";

/** Body of `POST` and `PUT /api/v1/projects[/{project_id}]`. */
export const createProjectRequestSchema = z.object({
  ...apiObjectMetaShape,
  labels: stringMap().optional(),
  users: z.array(z.string()).optional().describe("E-mail addresses of first owners."),
});
export type CreateProjectRequest = z.infer<typeof createProjectRequestSchema>;

export const apiProjectSchema = z
  .object({
    ...answeredMetaShape,
    id: z.string(),
    status: z.enum(["", "Active", "Inactive", "Terminating"]).describe("Empty until the project is set up."),
    labels: stringMap().optional(),
    owners: z.array(z.object({ name: z.string(), creationTimestamp: z.string(), email: z.string() })).optional(),
    clustersNumber: z.int().optional(),
  })
  .meta({ id: "Project" });
export type ApiProject = z.infer<typeof apiProjectSchema>;
