import type { Rule } from "../rule.ts";
import { basicRules } from "./basics.ts";
import { cidrRules } from "./cidr.ts";
import { cloudRules } from "./cloud.ts";
import { cniRules } from "./cni.ts";
import { dnsRules } from "./dns.ts";
import { exposeStrategyRules } from "./expose-strategy.ts";
import { nodeMaskRules } from "./node-mask.ts";
import { nodePortRules } from "./nodeports.ts";
import { overlapRules } from "./overlap.ts";
import { proxyModeRules } from "./proxy-mode.ts";
import { servicesSizeRules } from "./services-size.ts";

/** Everything that a new cluster must obey. */
export const creationRules: readonly Rule[] = [
  ...basicRules,
  ...cloudRules,
  ...exposeStrategyRules,
  ...cniRules,
  ...cidrRules,
  ...overlapRules,
  ...servicesSizeRules,
  ...nodeMaskRules,
  ...proxyModeRules,
  ...dnsRules,
  ...nodePortRules,
];
