import { catalogueFromPlain, type PlainCatalogue, type RuleContext } from "@fairlead/network/rules";
import type { ApiRuleContext } from "@fairlead/resources";

/** What the server tells of a datacenter, as the rules take it. */
export function toRuleContext({ catalogue, ...known }: ApiRuleContext): RuleContext {
  return { ...(known as Omit<RuleContext, "catalogue">), catalogue: catalogueFromPlain(catalogue as PlainCatalogue) };
}
