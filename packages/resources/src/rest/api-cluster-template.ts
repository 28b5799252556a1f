import { z } from "zod";
import { stringMap } from "../schema/building-blocks.ts";
import { apiClusterRequestSchema, apiClusterSpecSchema, applicationRequestSchema } from "./api-cluster.ts";
import { nodeDeploymentSchema } from "./api-node.ts";
import { answeredMetaShape, apiObjectMetaShape } from "./object-meta.ts";

const scopes = ["user", "project", "global"] as const;
const sshKeySchema = z.object({ id: z.string(), name: z.string() });

/**
 * Body of `POST /api/v2/projects/{project_id}/clustertemplates`, of `PUT` and of `…/import`. Helm values for the CNI stand
 * in `annotations`, as they do in the cluster of a creation request.
 */
export const clusterTemplateRequestSchema = z.object({
  ...apiObjectMetaShape,
  projectID: z.string().optional().describe("Ignored: the address says which project."),
  user: z.string().optional().describe("Ignored: the author is who sends the request."),
  scope: z.enum(scopes).describe("Who may use it: its author, its project, or everybody."),
  userSshKeys: z.array(sshKeySchema).optional().describe("Kept for scope project only."),
  cluster: apiClusterRequestSchema,
  nodeDeployment: nodeDeploymentSchema.optional(),
  applications: z.array(applicationRequestSchema).optional(),
});
export type ClusterTemplateRequest = z.infer<typeof clusterTemplateRequestSchema>;

/** A cluster template as the REST API answers it. Never holds credentials. */
export const apiClusterTemplateSchema = z
  .object({
    ...answeredMetaShape,
    id: z.string(),
    projectID: z.string().optional(),
    user: z.string().optional().describe("E-mail address of the author."),
    scope: z.enum(scopes),
    userSshKeys: z.array(sshKeySchema).optional(),
    cluster: z.object({
      labels: stringMap().optional(),
      inheritedLabels: stringMap().optional(),
      credential: z.string().optional(),
      spec: apiClusterSpecSchema,
    }),
    nodeDeployment: nodeDeploymentSchema,
    applications: z.array(applicationRequestSchema).optional(),
  })
  .meta({ id: "ClusterTemplate" });
export type ApiClusterTemplate = z.infer<typeof apiClusterTemplateSchema>;

/** Body of `POST …/clustertemplates/{template_id}/instances`. */
export const createTemplateInstanceRequestSchema = z.object({ replicas: z.int().min(1).max(500) });

/** A request for several clusters of one template, and how far it is. */
export const apiTemplateInstanceSchema = z
  .object({
    name: z.string(),
    spec: z.object({
      projectID: z.string(),
      clusterTemplateID: z.string(),
      clusterTemplateName: z.string(),
      replicas: z.int(),
    }),
    status: z
      .object({
        complete: z.boolean().describe("Every cluster is created."),
        message: z.string().optional().describe("What is missing."),
        created: z.int(),
        refused: z.int(),
        clusters: z.array(
          z.object({
            name: z.string(),
            state: z.enum(["Created", "Refused"]),
            id: z.string().optional(),
            message: z.string().optional().describe("Why it is refused."),
          }),
        ),
      })
      .describe("Fairlead's addition: how far it is."),
  })
  .meta({ id: "ClusterTemplateInstance" });
export type ApiTemplateInstance = z.infer<typeof apiTemplateInstanceSchema>;
