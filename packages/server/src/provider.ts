import { type ProviderName, providers } from "@fairlead/network";
import { badRequest } from "./http/api-error.ts";

/** @throws ApiError 400 that lists the providers there are */
export function requireProvider(name: string): ProviderName {
  const provider = providers.get(name);
  if (!provider) {
    throw badRequest(
      `unsupported provider: "${name}", supported providers: ${[...providers.keys()].sort().join(", ")}`,
    );
  }
  return provider.name;
}
