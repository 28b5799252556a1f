/**
 * How ClusterTemplates reach a new cluster: the one that it is made from, and below it the one that its seed has for all
 * clusters. Existing clusters are out of their reach (ruling 16). Pure.
 * @module
 */
import { type FieldError, mergeTemplates, type RuleContext } from "@fairlead/network";
import {
  type Cluster,
  type ClusterTemplate,
  clusterTemplateAnnotation,
  initialApplicationsAnnotation,
  initialCniValuesAnnotation,
  initialMachineDeploymentAnnotation,
  projectLabel,
  templateScopeLabel,
} from "@fairlead/resources";
import { type FieldProblem, problem } from "../field-problem.ts";
import { findDatacenter, type Installation, ruleContext } from "../installation.ts";

/**
 * What the rules need to know for a new cluster in that datacenter.
 * @param template the one that the cluster is made from
 */
export function creationContext(installation: Installation, dc: string, template?: ClusterTemplate): RuleContext {
  const context = ruleContext(installation, dc);
  const [stronger, other] = [template, seedTemplate(installation, dc)].flatMap((found) =>
    found ? [layerOf(found)] : [],
  );
  if (stronger === undefined) return context;
  return { ...context, template: other === undefined ? stronger : mergeTemplates(stronger, other) };
}

/** A template's spec as it fills a cluster's. Its name is its own. */
function layerOf({ spec }: ClusterTemplate): Record<string, unknown> {
  const { humanReadableName: _, ...layer } = spec;
  return layer;
}

/** The template that holds for every new cluster of that datacenter; undefined if its seed names none that can be used. */
export function seedTemplate(installation: Installation, dc: string): ClusterTemplate | undefined {
  const template = namedTemplate(installation, findDatacenter(installation, dc)?.seed.spec.defaultClusterTemplate);
  return template && isForSeeds(template) ? template : undefined;
}

/** That the operator's defaults cannot be had stops new clusters: without them they would be other ones. */
export function seedTemplateProblems(installation: Installation, dc: string): FieldError[] {
  const seed = findDatacenter(installation, dc)?.seed;
  const name = seed?.spec.defaultClusterTemplate;
  if (!name) return [];
  const template = namedTemplate(installation, name);
  if (template && isForSeeds(template)) return [];
  const fault = template ? `must have label ${templateScopeLabel}=seed` : "does not exist";
  const message = `seed "${seed.metadata.name}" has the defaults of its clusters in ClusterTemplate "${name}", which ${fault}`;
  const code = "seed-template-unusable";
  return [{ reason: "FieldValueInvalid", field: "spec.cloud.dc", value: dc, message, code, stricter: false }];
}

/** Names of the seeds whose defaults stand in that template. */
export function seedsWithDefault({ seeds }: Installation, template: string): string[] {
  return seeds.flatMap(({ metadata, spec }) => (spec.defaultClusterTemplate === template ? [metadata.name ?? ""] : []));
}

function namedTemplate({ defaultTemplates = [] }: Installation, name: string | undefined): ClusterTemplate | undefined {
  return name ? defaultTemplates.find(({ metadata }) => metadata.name === name) : undefined;
}

function isForSeeds({ metadata }: ClusterTemplate): boolean {
  return metadata.labels?.[templateScopeLabel] === "seed";
}

const annotationField = `metadata.annotations[${clusterTemplateAnnotation}]`;

/**
 * Whether a new cluster may be made from the template that its annotation names.
 * @param template the one of that name, if it exists
 */
export function templateProblems({ metadata }: Cluster, template: ClusterTemplate | undefined): FieldProblem[] {
  const value = metadata.annotations?.[clusterTemplateAnnotation];
  if (!value) return [];
  if (!template) {
    const message = "there is no such ClusterTemplate";
    return [problem("notFound", annotationField, { value, message, code: "template-unknown" })];
  }
  const { labels } = template.metadata;
  const foreign =
    labels?.[templateScopeLabel] === "project" && labels[projectLabel] !== metadata.labels?.[projectLabel];
  if (!foreign && !isForSeeds(template)) return [];
  const message = foreign
    ? "the template belongs to another project"
    : "a template for seeds holds for all their clusters and is not chosen by one";
  return [problem("forbidden", annotationField, { message, code: "template-scope" })];
}

/**
 * A new cluster's annotations, with what its templates ask for beside the spec and it does not itself: Helm values for
 * the CNI if it is of the same type, first nodes, applications. Of a seed's template the Helm values alone.
 */
export function withTemplateRequests(
  own: Readonly<Record<string, string>>,
  {
    spec,
    template,
    installation,
  }: { spec: unknown; template?: ClusterTemplate | undefined; installation: Installation },
): Record<string, string> {
  const annotations = { ...own };
  const { cniPlugin, cloud } = (spec ?? {}) as Partial<Cluster["spec"]>;
  const inherit = (name: string, from: ClusterTemplate | undefined) => {
    const value = from?.metadata.annotations?.[name];
    if (value && annotations[name] === undefined) annotations[name] = value;
  };
  for (const from of [template, seedTemplate(installation, cloud?.dc ?? "")]) {
    const sameCni = (from?.spec.cniPlugin?.type ?? cniPlugin?.type) === cniPlugin?.type;
    if (sameCni) inherit(initialCniValuesAnnotation, from);
  }
  inherit(initialMachineDeploymentAnnotation, template);
  inherit(initialApplicationsAnnotation, template);
  return annotations;
}

/** The Cluster that a template makes of nothing but a name and a project: what `kubectl` would send for it. */
export function clusterFromTemplate(
  template: ClusterTemplate,
  { id, name, project, labels }: { id: string; name: string; project: string; labels?: Record<string, string> },
): Cluster {
  return {
    metadata: {
      name: id,
      labels: { ...template.clusterLabels, ...labels, [projectLabel]: project },
      annotations: { [clusterTemplateAnnotation]: template.metadata.name ?? "" },
    },
    spec: { ...template.spec, humanReadableName: name },
  };
}
