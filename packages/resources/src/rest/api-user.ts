import { z } from "zod";
import { projectRoles } from "../identity/project-role.ts";
import { answeredMetaShape, apiObjectMetaShape } from "./object-meta.ts";

const membershipSchema = z.object({ id: z.string().describe("Of the project."), group: z.string() });

/** A person, as answers have it. */
export const apiUserSchema = z
  .object({
    ...answeredMetaShape,
    email: z.string(),
    isAdmin: z.boolean().optional(),
    projects: z.array(membershipSchema).optional().describe("What the user is in which project."),
    groups: z.array(z.string()).optional().describe("As the identity provider names them."),
    lastSeen: z.string().optional().describe("Absent for somebody who was invited and has not signed in yet."),
  })
  .meta({ id: "User" });
export type ApiUser = z.infer<typeof apiUserSchema>;

/** Body of `POST` and `PUT …/users[/{user_id}]`. */
export const memberRequestSchema = z.object({
  ...apiObjectMetaShape,
  name: z.string().optional(),
  email: z.string().optional().describe("Required to add a member; they may sign in for the first time later."),
  projects: z
    .array(membershipSchema)
    .describe(`One entry: this project, and the role there, one of ${projectRoles.join(", ")}.`),
});

/** Body of `POST` and `PATCH …/groupbindings[/{binding_name}]`; KKP's UI sends the project's id, too. */
export const groupBindingRequestSchema = z.object({
  group: z.string().optional().describe("As the identity provider names it; required to bind one, and it stays."),
  role: z.enum(projectRoles),
  projectID: z.string().optional(),
});

/** What a whole group of the identity provider is in a project. */
export const apiGroupBindingSchema = z
  .object({ name: z.string(), group: z.string(), projectID: z.string(), role: z.enum(projectRoles) })
  .meta({ id: "GroupProjectBinding" });
export type ApiGroupBinding = z.infer<typeof apiGroupBindingSchema>;

export const administratorRequestSchema = z.object({ email: z.string(), isAdmin: z.boolean() });
export const apiAdministratorSchema = z
  .object({ name: z.string(), email: z.string(), isAdmin: z.boolean() })
  .meta({ id: "Admin" });

export const serviceAccountGroups = ["editors", "viewers", "projectmanagers"] as const;

/** Body of `POST` and `PUT …/serviceaccounts[/{serviceaccount_id}]`. */
export const serviceAccountRequestSchema = z.object({
  ...apiObjectMetaShape,
  group: z.string().describe(`One of ${serviceAccountGroups.join(", ")}.`),
});

export const apiServiceAccountSchema = z
  .object({
    ...answeredMetaShape,
    id: z.string(),
    status: z.enum(["Active", "Inactive", "Terminating"]),
    group: z.string().describe("Role and project: editors-<project id>."),
  })
  .meta({ id: "ServiceAccount" });
export type ApiServiceAccount = z.infer<typeof apiServiceAccountSchema>;

/** Body of `POST`, `PUT` and `PATCH …/tokens[/{token_id}]`. */
export const serviceAccountTokenRequestSchema = z.object({
  ...apiObjectMetaShape,
  expiry: z
    .string()
    .optional()
    .describe("When it ends, RFC 3339; in three years unless it says otherwise. Fairlead's addition."),
});

export const apiServiceAccountTokenSchema = z
  .object({
    ...answeredMetaShape,
    id: z.string(),
    expiry: z.string(),
    invalidated: z.boolean().optional().describe("It has expired."),
    lastUsed: z.string().optional().describe("To the minute. Fairlead's addition."),
    token: z.string().optional().describe("Only in the answer that makes it: it is not kept."),
  })
  .meta({ id: "ServiceAccountToken" });
export type ApiServiceAccountToken = z.infer<typeof apiServiceAccountTokenSchema>;

/** How people sign in: what `fairlead login` and a browser need to know. */
export const apiSignInSchema = z
  .object({
    oidc: z
      .object({ issuer: z.string(), clientId: z.string(), scopes: z.array(z.string()) })
      .optional()
      .describe("The public client for programs. Absent: there is no identity provider."),
    loginUrl: z.string().optional().describe("Where a browser begins to sign in. Absent: by token only."),
  })
  .meta({ id: "SignIn" });
export type ApiSignIn = z.infer<typeof apiSignInSchema>;
