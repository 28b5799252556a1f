import { z } from "zod";
import { apiObjectMetaShape } from "./object-meta.ts";

/** Body of `POST /api/v1/projects`. */
export const createProjectRequestSchema = z.object({
  ...apiObjectMetaShape,
  labels: z.record(z.string(), z.string()).optional(),
  users: z.array(z.string()).optional().describe("E-mail addresses of first owners."),
});
export type CreateProjectRequest = z.infer<typeof createProjectRequestSchema>;

export interface ApiProject {
  id: string;
  name: string;
  creationTimestamp: string;
  deletionTimestamp?: string;
  /** Empty until the project is set up. */
  status: "" | "Active" | "Inactive" | "Terminating";
  labels?: Record<string, string>;
  owners?: { name: string; creationTimestamp: string; email: string }[];
  clustersNumber?: number;
}

export interface ApiUser {
  id?: string;
  name: string;
  creationTimestamp: string;
  email: string;
  isAdmin?: boolean;
  projects?: { id: string; group: string }[];
  groups?: string[];
}
