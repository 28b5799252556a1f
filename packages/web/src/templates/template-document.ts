/** A template as the text that is edited: what the API exports of it, and takes. Pure. */
import { isObject } from "@fairlead/network/rules";
import type { ApiClusterTemplate, ApiFieldError, ClusterTemplateRequest } from "@fairlead/resources";
import { stringify } from "yaml";
import { cniValuesAnnotation } from "../create-cluster/creation-request.ts";
import { fieldPointer } from "../values-editor/field-pointer.ts";
import type { ValuesProblem } from "../values-editor/values-editor.tsx";

type Values = Record<string, unknown>;

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

/** As {@link templateText}, with the CNI's Helm values as values: the API has them as JSON in an annotation, which nobody can edit. */
export function editableText(template: ApiClusterTemplate, name?: string): string {
  const { [cniValuesAnnotation]: json, ...annotations } = template.annotations ?? {};
  const { annotations: _, ...rest } = template;
  const values = json === undefined ? undefined : parsedMap(json);
  if (!values) return templateText(template, name);
  const others = Object.keys(annotations).length > 0 ? { annotations } : {};
  return templateText({ ...rest, ...others }, name) + stringify({ [cniValuesKey]: values }, { lineWidth: 0 });
}

/** Of the text, where the CNI's Helm values stand. */
export const cniValuesKey = "cniValues";

/** What a text asks for; whatever else is in it is the server's to refuse. */
export function templateOfText({ [cniValuesKey]: cniValues, ...values }: Values): ClusterTemplateRequest {
  const { cluster, annotations } = values;
  return {
    ...values,
    ...(isObject(cluster) ? { cluster: { ...cluster, name: values.name } } : {}),
    ...(cniValues == null
      ? {}
      : {
          annotations: {
            ...(isObject(annotations) ? annotations : {}),
            [cniValuesAnnotation]: JSON.stringify(cniValues),
          },
        }),
  } as ClusterTemplateRequest;
}

/** What the server refuses, where it stands in the text. Its fields are those of the cluster that the template makes. */
export function templateProblems(errors: readonly ApiFieldError[]): ValuesProblem[] {
  return errors.map(({ field, message }) => ({
    pointer: fieldPointer(fieldOfText(field)),
    message: `${field}: ${message}`,
  }));
}

function fieldOfText(field: string): string {
  if (field === "spec.humanReadableName") return "name";
  if (field === `annotations["${cniValuesAnnotation}"]`) return cniValuesKey;
  return field.replace(/^(spec|labels)\b/, "cluster.$1");
}

function parsedMap(json: string): Values | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined; // stored past the API's rules: it stays the text that it is
  }
}
