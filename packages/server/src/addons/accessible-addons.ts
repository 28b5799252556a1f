import { accessibleAddons } from "@fairlead/admission";
import type { ApiContext } from "../api-context.ts";
import { ApiError } from "../http/api-error.ts";

/** Names of the add-ons that users may install, sorted. */
export async function accessibleAddonNames({ installation }: ApiContext): Promise<string[]> {
  return accessibleAddons(await installation.read());
}

/** What users may not install, they do not see either: a cluster's CNI and what else the platform keeps. @throws ApiError 401, as KKP */
export async function requireAccessible(context: ApiContext, name: string): Promise<void> {
  if (!(await accessibleAddonNames(context)).includes(name)) throw new ApiError(401, `addon not accessible: ${name}`);
}
