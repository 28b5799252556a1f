import type { KubeObject, ResourceType } from "@fairlead/kube";
import type { z } from "zod";
import { type StructuralSchema, structuralSchema } from "./structural-schema.ts";

/** A column of `kubectl get`. */
export interface PrinterColumn {
  name: string;
  type: "string" | "integer" | "boolean" | "date";
  jsonPath: string;
  description?: string;
  priority?: number;
}

export interface CustomResourceDefinition extends KubeObject {
  apiVersion: "apiextensions.k8s.io/v1";
  kind: "CustomResourceDefinition";
  metadata: { name: string; annotations?: Record<string, string> };
  spec: {
    group: string;
    scope: "Cluster" | "Namespaced";
    names: { kind: string; listKind: string; plural: string; singular: string; shortNames?: string[] };
    versions: {
      name: string;
      served: boolean;
      storage: boolean;
      schema: { openAPIV3Schema: StructuralSchema };
      subresources?: { status?: Record<string, never>; scale?: ScaleSubresource };
      additionalPrinterColumns?: PrinterColumn[];
      selectableFields?: { jsonPath: string }[];
    }[];
  };
}

interface ScaleSubresource {
  specReplicasPath: string;
  statusReplicasPath: string;
  labelSelectorPath?: string;
}

export interface CustomResourceSpec {
  group: string;
  version: string;
  kind: string;
  plural: string;
  namespaced: boolean;
  shortNames?: string[];
  /** What stands in the object beside apiVersion, kind and metadata. */
  schema: z.ZodObject;
  /** Whether `status` is written through its own subresource; by controllers alone then, see {@link ownedAsWhole}. */
  statusSubresource?: boolean;
  scale?: ScaleSubresource;
  columns?: PrinterColumn[];
  /** JSON paths that field selectors may name (KEP-4358). */
  selectableFields?: string[];
  description: string;
  /** Of the CRD itself. */
  annotations?: Record<string, string>;
}

export interface CustomResource<T extends KubeObject> {
  type: ResourceType<T>;
  crd: CustomResourceDefinition;
}

/** Says once what a resource is; the descriptor for clients and the CRD for the API server both come from it. */
export function defineCustomResource<T extends KubeObject>(spec: CustomResourceSpec): CustomResource<T> {
  const { group, version, kind, plural, namespaced } = spec;
  const apiVersion = `${group}/${version}`;
  return { type: Object.freeze({ group, version, apiVersion, kind, plural, namespaced }), crd: definition(spec) };
}

export const ageColumn: PrinterColumn = { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" };

function definition(spec: CustomResourceSpec): CustomResourceDefinition {
  const singular = spec.kind.toLowerCase();
  const subresources = {
    ...(spec.statusSubresource ? { status: {} } : {}),
    ...(spec.scale ? { scale: spec.scale } : {}),
  };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: {
      name: `${spec.plural}.${spec.group}`,
      ...(spec.annotations ? { annotations: spec.annotations } : {}),
    },
    spec: {
      group: spec.group,
      scope: spec.namespaced ? "Namespaced" : "Cluster",
      names: {
        kind: spec.kind,
        listKind: `${spec.kind}List`,
        plural: spec.plural,
        singular,
        ...(spec.shortNames ? { shortNames: spec.shortNames } : {}),
      },
      versions: [
        {
          name: spec.version,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: objectSchema(spec) },
          ...(Object.keys(subresources).length > 0 ? { subresources } : {}),
          ...(spec.columns ? { additionalPrinterColumns: spec.columns } : {}),
          ...(spec.selectableFields
            ? { selectableFields: spec.selectableFields.map((jsonPath) => ({ jsonPath })) }
            : {}),
        },
      ],
    },
  };
}

function objectSchema(spec: CustomResourceSpec): StructuralSchema {
  const body = structuralSchema(spec.schema);
  return {
    type: "object",
    description: spec.description,
    properties: {
      apiVersion: { type: "string" },
      kind: { type: "string" },
      metadata: { type: "object" },
      ...body.properties,
      ...(spec.statusSubresource && body.properties?.status ? { status: ownedAsWhole(body.properties.status) } : {}),
    },
    ...(body.required ? { required: body.required } : {}),
  };
}

/**
 * Field managers own it all or nothing (KEP-555). With each field of its own in `managedFields`, half of a Cluster consists of who
 * wrote which part of its status, which nobody asks, and the API server needs a third more time for each write.
 */
function ownedAsWhole(status: StructuralSchema): StructuralSchema {
  return { ...status, "x-kubernetes-map-type": "atomic" };
}
