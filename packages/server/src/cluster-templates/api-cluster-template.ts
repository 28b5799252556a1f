import {
  type ApiClusterTemplate,
  type ClusterTemplate,
  initialApplicationsAnnotation,
  initialCniValuesAnnotation,
  initialMachineDeploymentAnnotation,
  projectLabel,
  templateUserAnnotation,
} from "@fairlead/resources";
import { toApiClusterSpec } from "../clusters/api-cluster.ts";
import { isObject } from "../http/json-body.ts";
import { zeroTime } from "../http/time.ts";
import { scopeOf } from "./template-access.ts";

/** A ClusterTemplate as the REST API shows it: never with credentials. */
export function toApiClusterTemplate(template: ClusterTemplate): ApiClusterTemplate {
  const { metadata } = template;
  const annotations = metadata.annotations ?? {};
  const values = annotations[initialCniValuesAnnotation];
  const user = annotations[templateUserAnnotation];
  const project = metadata.labels?.[projectLabel];
  const applications = parsed(annotations[initialApplicationsAnnotation]);
  return {
    id: metadata.name ?? "",
    name: template.spec.humanReadableName,
    ...(values ? { annotations: { [initialCniValuesAnnotation]: values } } : {}),
    creationTimestamp: metadata.creationTimestamp ?? zeroTime,
    ...(metadata.deletionTimestamp ? { deletionTimestamp: metadata.deletionTimestamp } : {}),
    ...(project ? { projectID: project } : {}),
    ...(user ? { user } : {}),
    ...portable(template),
    ...(Array.isArray(applications) ? { applications } : {}),
  };
}

/** What an export holds, and an import takes: nothing that belongs to this installation's copy. */
export function toExport(template: ClusterTemplate): object {
  const { id: _id, creationTimestamp: _created, deletionTimestamp: _deleted, ...rest } = toApiClusterTemplate(template);
  const { projectID: _project, user: _user, ...exported } = rest;
  return exported;
}

function portable(
  template: ClusterTemplate,
): Pick<ApiClusterTemplate, "scope" | "userSshKeys" | "cluster" | "nodeDeployment"> {
  const { clusterLabels, inheritedClusterLabels, credential, userSSHKeys } = template;
  const scope = scopeOf(template);
  return {
    scope: scope === undefined || scope === "seed" ? "global" : scope,
    ...(userSSHKeys ? { userSshKeys: userSSHKeys } : {}),
    cluster: {
      ...(clusterLabels ? { labels: clusterLabels } : {}),
      ...(inheritedClusterLabels ? { inheritedLabels: inheritedClusterLabels } : {}),
      ...(credential ? { credential } : {}),
      spec: toApiClusterSpec(template.spec),
    },
    nodeDeployment: nodeDeployment(template),
  };
}

/** KKP's clients expect it even where there is none. */
function nodeDeployment({ metadata }: ClusterTemplate): ApiClusterTemplate["nodeDeployment"] {
  const stored = parsed(metadata.annotations?.[initialMachineDeploymentAnnotation]);
  if (isObject(stored) && isObject(stored.spec)) return stored as ApiClusterTemplate["nodeDeployment"];
  return { spec: { replicas: 0, template: { cloud: {}, operatingSystem: {}, versions: {} } } };
}

/** Admission lets no other text through than JSON. */
function parsed(text: string | undefined): unknown {
  return text ? JSON.parse(text) : undefined;
}
