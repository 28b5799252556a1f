/**
 * What a CNIRollout asks of a cluster. Pure.
 * @module
 */
import { canonicalJson } from "@fairlead/kube";
import {
  type CniRollout,
  cniRolloutAnnotation,
  cniRolloutUidAnnotation,
  cniTargetVersionAnnotation,
  cniValuesChangeAnnotation,
} from "@fairlead/resources";

/** The annotations of a Cluster that ask for it. */
export function requestOf({ metadata: { name = "", uid = "" }, spec }: CniRollout): Record<string, string> {
  if (spec.values === undefined) {
    return { [cniTargetVersionAnnotation]: spec.version ?? "", [cniRolloutAnnotation]: name };
  }
  return {
    [cniValuesChangeAnnotation]: canonicalJson(spec.values),
    [cniRolloutAnnotation]: name,
    [cniRolloutUidAnnotation]: uid,
  };
}
