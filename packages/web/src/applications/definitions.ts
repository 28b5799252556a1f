import type { ApiApplicationDefinition } from "@fairlead/resources";
import { useQuery } from "@tanstack/react-query";
import { stringify } from "yaml";
import { api } from "../app/api.ts";

// As in @fairlead/resources, whose schemas would make every page slower to load.
const typeLabel = "apps.kubermatic.k8c.io/type";
const managedByLabel = "apps.kubermatic.k8c.io/managed-by";

/** What users may install: all but CNIs, which are chosen as such. */
export function useInstallableApplications() {
  return useQuery({ queryKey: ["installable-applications"], queryFn: installable });
}

async function installable(): Promise<ApiApplicationDefinition[]> {
  const list = await api.applicationDefinitions();
  const all = await Promise.all(list.map(({ name }) => api.applicationDefinition(name)));
  return all.filter(({ labels, name }) => labels?.[typeLabel] !== "cni" && name !== "cilium");
}

/** Whether Fairlead keeps it. */
export function isSystemApplication({ labels }: { labels?: Record<string, string> | undefined }): boolean {
  return labels?.[managedByLabel] === "kkp";
}

/** What a definition proposes as Helm values, as YAML. KKP's newer ones have it as text, with comments. */
export function proposedValues(spec: { defaultValues?: unknown; defaultValuesBlock?: unknown }): string {
  const { defaultValuesBlock: block, defaultValues = {} } = spec;
  if (typeof block === "string" && block.trim() !== "") return block;
  return isEmpty(defaultValues) ? "" : stringify(defaultValues, { lineWidth: 0 });
}

function isEmpty(values: unknown): boolean {
  return typeof values !== "object" || values === null || Object.keys(values).length === 0;
}
