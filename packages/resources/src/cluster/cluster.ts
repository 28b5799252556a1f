import type { KubeObject } from "@fairlead/kube";
import { z } from "zod";
import { ageColumn, defineCustomResource } from "../crd/custom-resource.ts";
import { kubermaticGroup } from "../groups.ts";
import { type ClusterSpec, clusterSpecSchema } from "./cluster-spec.ts";
import { type ClusterStatus, clusterStatusSchema } from "./cluster-status.ts";

/** A user cluster. Its name is the cluster's id; label `project-id` names its project. */
export interface Cluster extends KubeObject {
  spec: ClusterSpec;
  status?: ClusterStatus;
}

export const clusterResource = defineCustomResource<Cluster>({
  group: kubermaticGroup,
  version: "v1",
  kind: "Cluster",
  plural: "clusters",
  namespaced: false,
  description: "A Kubernetes cluster for one team, with its own control plane and network.",
  schema: z.object({ spec: clusterSpecSchema, status: clusterStatusSchema.optional() }),
  statusSubresource: true,
  selectableFields: [".spec.humanReadableName"],
  columns: [
    { name: "HumanReadableName", type: "string", jsonPath: ".spec.humanReadableName" },
    { name: "Owner", type: "string", jsonPath: ".status.userEmail" },
    { name: "Version", type: "string", jsonPath: ".spec.version" },
    { name: "Provider", type: "string", jsonPath: ".spec.cloud.providerName" },
    { name: "Datacenter", type: "string", jsonPath: ".spec.cloud.dc" },
    { name: "Phase", type: "string", jsonPath: ".status.phase" },
    { name: "Paused", type: "boolean", jsonPath: ".spec.pause" },
    ageColumn,
  ],
});
export const clusterType = clusterResource.type;

/** Finalizer of a Cluster: it goes when its control plane and all that belongs to it is gone. */
export const controlPlaneFinalizer = "fairlead.dev/control-plane";

/** Label of a Cluster: name of its Project. */
export const projectLabel = "project-id";

/** Annotation of a Cluster until it is carried out: Helm values of the system CNI, a JSON object. */
export const initialCniValuesAnnotation = "kubermatic.io/initial-cni-values-request";
/** Annotation beside {@link initialCniValuesAnnotation}: `template` if the values are those of the cluster's template. */
export const initialCniValuesLayerAnnotation = "fairlead.dev/initial-cni-values-layer";
/** Annotation of a Cluster until it is carried out: its first nodes, a NodeDeployment of the REST API as JSON. */
export const initialMachineDeploymentAnnotation = "kubermatic.io/initial-machinedeployment-request";
/** Annotation of a Cluster until it is carried out: a JSON array of applications as in the REST API's `applications`. */
export const initialApplicationsAnnotation = "kubermatic.io/initial-application-installations-request";

/**
 * Annotation of a Cluster: name of the ClusterTemplate that it is made from. What a new Cluster leaves open comes from
 * there; afterwards it only tells where values came from.
 */
export const clusterTemplateAnnotation = "fairlead.dev/cluster-template";

/**
 * Annotation of a Cluster: which trace its last change by the REST API belongs to, as `<traceparent> <time>` (W3C Trace
 * Context, RFC 3339). Only there while requests are traced.
 */
export const traceAnnotation = "fairlead.dev/trace";

/** Labels whose mere presence allows what the network rules otherwise refuse (rulings 3 and 4). */
export const unsafeCniUpgradeLabel = "unsafe-cni-upgrade";
export const unsafeCniMigrationLabel = "unsafe-cni-migration";

/** The Kubernetes version that the whole control plane has, without `v`; at first the one that is asked for. */
export function reachedVersion({ spec, status }: Cluster): string {
  return (status?.versions?.controlPlane || spec.version).replace(/^v/, "");
}

/** Namespace in the management API that holds the objects of a cluster. */
export function clusterNamespace(clusterId: string): string {
  return `cluster-${clusterId}`;
}
