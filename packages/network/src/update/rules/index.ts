import type { UpdateRule } from "../change.ts";
import { cniUpdateRules } from "./cni.ts";
import { immutabilityRules } from "./immutable.ts";
import { kubernetesUpdateRules } from "./kubernetes.ts";
import { nodeMaskUpdateRules } from "./node-mask.ts";

/** What may not become of a cluster, whatever it is. */
export const updateRules: readonly UpdateRule[] = [
  ...kubernetesUpdateRules,
  ...immutabilityRules,
  ...cniUpdateRules,
  ...nodeMaskUpdateRules,
];
