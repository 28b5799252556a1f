import { crds } from "@fairlead/resources";
import { stringify } from "yaml";

/** The definitions of the management API as the chart `fairlead` holds them: file name below `files/crds` -> YAML. */
export function chartCrds(): Map<string, string> {
  return new Map(
    crds().map(({ apiVersion, kind, metadata, spec }) => {
      const annotations = { ...metadata.annotations, "helm.sh/resource-policy": "keep" };
      const definition = { apiVersion, kind, metadata: { name: metadata.name, annotations }, spec };
      return [`${metadata.name}.yaml`, stringify(definition, { lineWidth: 0, aliasDuplicateObjects: false })];
    }),
  );
}
