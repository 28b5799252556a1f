import type { ClusterTemplateRequest, CreateClusterRequest } from "@fairlead/resources";
import { parse } from "yaml";
import type { ClusterChoices } from "./choices.ts";
import type { DraftSpec } from "./requested-spec.ts";

// As in @fairlead/resources, whose schemas would make every page slower to load.
export const cniValuesAnnotation = "kubermatic.io/initial-cni-values-request";
const machinesAnnotation = "kubermatic.io/initial-machinedeployment-request";
const applicationsAnnotation = "kubermatic.io/initial-application-installations-request";

export type TemplateScope = "user" | "project" | "global";

/** Body of the request that creates the cluster. Only what was chosen is in it, so that the server can say why the rest is as it is. */
export function creationRequest(choices: ClusterChoices, requested: DraftSpec): CreateClusterRequest {
  const { humanReadableName: name, ...spec } = requested;
  const annotations = cniAnnotations(choices);
  return {
    cluster: { name, ...(annotations ? { annotations } : {}), spec },
    ...nodesAndApplications(choices),
  };
}

/** Body of the request that keeps the choices as a template. */
export function templateRequest(
  choices: ClusterChoices,
  { requested, name, scope }: { requested: DraftSpec; name: string; scope: TemplateScope },
): ClusterTemplateRequest {
  const { humanReadableName: _, ...spec } = requested;
  const annotations = cniAnnotations(choices);
  return {
    name,
    scope,
    ...(annotations ? { annotations } : {}),
    cluster: { name, spec },
    ...nodesAndApplications(choices),
  };
}

/** The Cluster object, as `kubectl` would send it. */
export function clusterManifest(
  choices: ClusterChoices,
  { spec, project, id }: { spec: DraftSpec; project: string; id: string },
): object {
  const { nodeDeployment, applications = [] } = nodesAndApplications(choices);
  return {
    apiVersion: "kubermatic.k8c.io/v1",
    kind: "Cluster",
    metadata: {
      name: id,
      labels: { "project-id": project },
      annotations: {
        ...cniAnnotations(choices),
        [machinesAnnotation]: JSON.stringify(nodeDeployment),
        ...(applications.length > 0 ? { [applicationsAnnotation]: JSON.stringify(applications) } : {}),
      },
    },
    spec,
  };
}

function nodesAndApplications({ nodes, applications }: ClusterChoices) {
  return {
    nodeDeployment: { spec: { replicas: Number(nodes) } },
    ...(applications.length > 0
      ? {
          applications: applications.map(({ name, namespace, application, version, values }) => ({
            name,
            spec: {
              applicationRef: { name: application, version },
              namespace: { name: namespace, create: true },
              ...(values.trim() === "" ? {} : { values: parse(values) as Record<string, unknown> }),
            },
          })),
        }
      : {}),
  };
}

function cniAnnotations({ cniValues }: ClusterChoices): Record<string, string> | undefined {
  if (cniValues === undefined || cniValues.trim() === "") return undefined;
  return { [cniValuesAnnotation]: JSON.stringify(parse(cniValues)) };
}
