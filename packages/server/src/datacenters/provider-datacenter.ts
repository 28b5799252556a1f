import { findDatacenter } from "@fairlead/admission";
import type { ProviderName } from "@fairlead/network";
import type { ApiContext } from "../api-context.ts";
import { badRequest, notFound } from "../http/api-error.ts";
import { requireProvider } from "../provider.ts";

export interface ProviderDatacenterParams {
  provider: string;
  dc: string;
}

/** @throws ApiError 400 unless the datacenter is of that provider, 404 if there is none of that name */
export async function requireProviderDatacenter(
  { installation }: ApiContext,
  params: ProviderDatacenterParams,
): Promise<{ provider: ProviderName; dc: string }> {
  const provider = requireProvider(params.provider);
  const { dc } = params;
  const located = findDatacenter(await installation.read(), dc);
  if (!located) throw notFound("datacenter", dc);
  if (located.datacenter.provider !== provider) {
    throw badRequest(`datacenter "${dc}" is of provider ${located.datacenter.provider}, not ${provider}`);
  }
  return { provider, dc };
}
