/** A template as the text that is edited: what the API exports of it, and takes. Pure. */
import type { ApiClusterTemplate, ApiFieldError, ClusterTemplateRequest } from "@fairlead/resources";
import { stringify } from "yaml";
import { fieldPointer } from "../values-editor/field-pointer.ts";
import type { ValuesProblem } from "../values-editor/values-editor.tsx";

/** Without what belongs to this copy of it. */
export function templateDocument(template: ApiClusterTemplate, name = template.name): ClusterTemplateRequest {
  const { scope, annotations, userSshKeys, cluster, nodeDeployment, applications } = template;
  return {
    name,
    scope,
    ...(annotations ? { annotations } : {}),
    ...(userSshKeys ? { userSshKeys } : {}),
    cluster: { ...cluster, name },
    nodeDeployment,
    ...(applications ? { applications } : {}),
  };
}

/** The cluster's name is the template's, so the text has it once. */
export function templateText(template: ApiClusterTemplate, name?: string): string {
  const { name: own, scope, cluster, ...others } = templateDocument(template, name);
  const { name: _, ...rest } = cluster;
  return stringify({ name: own, scope, cluster: rest, ...others }, { lineWidth: 0 });
}

/** What a text asks for; whatever else is in it is the server's to refuse. */
export function templateOfText(values: Record<string, unknown>): ClusterTemplateRequest {
  const { cluster } = values;
  const isMap = typeof cluster === "object" && cluster !== null && !Array.isArray(cluster);
  return { ...values, ...(isMap ? { cluster: { ...cluster, name: values.name } } : {}) } as ClusterTemplateRequest;
}

/** What the server refuses, where it stands in the text. Its fields are those of the cluster that the template makes. */
export function templateProblems(errors: readonly ApiFieldError[]): ValuesProblem[] {
  return errors.map(({ field, message }) => ({
    pointer: fieldPointer(
      field === "spec.humanReadableName" ? "name" : field.replace(/^(spec|labels)\b/, "cluster.$1"),
    ),
    message: `${field}: ${message}`,
  }));
}
